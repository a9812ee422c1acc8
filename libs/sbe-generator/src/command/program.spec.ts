import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { schemaText } from "../spec-support/memory-schema.js";
import { runCommand } from "./program.js";
import { existingFiles } from "./write-output.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sbe-schema-ts-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runCommand(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

function schemaFile(messages: string, types = ""): string {
  const path = join(folder, "schema.xml");
  writeFileSync(path, schemaText(types, messages));
  return path;
}

const message = (name: string, id: number) =>
  `<message name="${name}" id="${id}"><field name="f" id="1" type="int8"/></message>`;

describe("sbe-schema-ts", () => {
  it("writes what changed and removes what the schema no longer has, but no file of others", async () => {
    const out = join(folder, "out");
    const args = ["--out", out, "--runtime", "runtime"];
    expect(await run("generate", schemaFile(message("A", 1) + message("B", 2)), ...args)).toMatchObject({
      code: 0,
    });
    writeFileSync(join(out, "notes.txt"), "mine");
    const again = await run("generate", schemaFile(message("A", 1) + message("B", 2)), ...args);
    expect(again.out).toContain("4 files in");
    expect(again.out).toContain(" 0 changed");
    await run("generate", schemaFile(message("A", 1)), ...args);
    expect([...existingFiles(out)].sort()).toEqual([
      "index.ts",
      "messages/a.ts",
      "notes.txt",
      "types/message-header.ts",
    ]);
    expect(readFileSync(join(out, "index.ts"), "utf8")).not.toContain("messages/b");
  });

  it("prints tokens", async () => {
    const { code, out } = await run("ir", schemaFile(message("A", 1)));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ irVersion: 1, id: 7, byteOrder: "littleEndian" });
  });

  it("names every fault and fails", async () => {
    const { code, err } = await run(
      "ir",
      schemaFile('<message name="A" id="1"><field name="f" id="1" type="No"/></message>'),
    );
    expect(code).toBe(1);
    expect(err).toMatch(/schema\.xml:4: error: .*type "No" is not defined/);
  });

  it("fails on warnings where asked to, and writes nothing", async () => {
    const path = schemaFile(message("A", 1), '<type name="T" primitiveType="int8" color="red"/>');
    const out = join(folder, "strict");
    const strict = await run("generate", path, "--out", out, "--runtime", "r", "--warnings-as-errors");
    expect([strict.code, existingFiles(out)]).toEqual([1, []]);
    const lax = await run("generate", path, "--out", out, "--runtime", "r");
    expect(lax.code).toBe(0);
    expect(lax.err).toContain('warning: /messageSchema/types/type[T]: attribute "color"');
  });

  it("says what is missing", async () => {
    expect(await run("generate", "schema.xml")).toMatchObject({
      code: 1,
      err: expect.stringContaining("--out"),
    });
    expect(await run("ir", join(folder, "no.xml"))).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot read"),
    });
    expect(await run("--help")).toMatchObject({ code: 0, out: expect.stringContaining("generate") });
  });
});
