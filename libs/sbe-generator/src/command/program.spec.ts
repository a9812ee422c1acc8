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
      out += String(text);
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

  it("generates with a runtime of its own, or writes the runtime alone", async () => {
    const out = join(folder, "own");
    expect(await run("generate", schemaFile(message("A", 1)), "--out", out)).toMatchObject({ code: 0 });
    expect(existingFiles(out)).toContain("runtime/index.ts");
    const runtime = join(folder, "runtime");
    expect(await run("runtime", "--out", runtime, "--errors", "../errors.js")).toMatchObject({ code: 0 });
    expect(existingFiles(runtime)).toContain("index.ts");
  });

  it("encodes what it decodes, in octets and hexadecimal text", async () => {
    const schema = schemaFile(message("A", 1));
    const values = join(folder, "values.json");
    writeFileSync(values, '{"f": -2}');
    const frame = join(folder, "frame.bin");
    const written = await run("encode", "--schema", schema, "--message", "A", values, "--out", frame);
    expect(written).toEqual({ code: 0, out: "", err: "" });
    const { code, out } = await run("decode", "--schema", schema, frame);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        message: "A",
        templateId: 1,
        schemaId: 7,
        version: 3,
        blockLength: 1,
        length: 9,
        values: { f: -2 },
      },
    ]);
    writeFileSync(values, out);
    const hex = await run("encode", "--schema", schema, "--hex", values);
    expect(hex.out).toBe("0100010007000300fe\n");
    writeFileSync(frame, `${hex.out} ${hex.out}`);
    const both = await run("decode", "--schema", schema, "--hex", frame);
    expect(both.out).toBe(out + out);
  });

  it("reads standard input where the file is -", async () => {
    let out = "";
    const code = await runCommand(["decode", "--schema", schemaFile(message("A", 1)), "--hex", "-"], {
      out: (text) => {
        out += String(text);
      },
      err: () => undefined,
      readInput: () => new TextEncoder().encode("0100010007000300 05"),
    });
    expect([code, JSON.parse(out).values]).toEqual([0, { f: 5 }]);
  });

  it.each([
    ["no hexadecimal text", ["decode", "--hex"], "0x10", "is no hexadecimal text"],
    ["a truncated frame", ["decode", "--hex"], "0100010007", "the frame ends at 5"],
    ["no JSON", ["encode", "--message", "A"], "{", "is no JSON"],
    ["a list", ["encode", "--message", "A"], "[]", "holds no object"],
    ["no message", ["encode"], '{"f": 1}', "which message to write is not said"],
    ["an unknown message", ["encode", "--message", "B"], "{}", "no such message"],
    [
      "a value that does not fit",
      ["encode", "--message", "A"],
      '{"f": 128}',
      "A.f: 128 is not a value of int8",
    ],
  ])("refuses %s in one line, without a stack trace", async (_, args, content, words) => {
    const input = join(folder, "input");
    writeFileSync(input, content);
    const { code, err } = await run(...args, "--schema", schemaFile(message("A", 1)), input);
    expect(code).toBe(1);
    expect(err).toContain(words);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("checks versions: 0 compatible, 1 not, 2 not comparable", async () => {
    const write = (name: string, messages: string) => {
      const path = join(folder, name);
      writeFileSync(path, schemaText("", messages));
      return path;
    };
    const before = write("before.xml", message("A", 1));
    const after = write("after.xml", message("B", 2));
    expect(await run("check", before, before)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^compatible/),
    });
    const broken = await run("check", before, after, "--json");
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out)).toMatchObject({ compatible: false });
    expect(await run("check", before, join(folder, "no.xml"))).toMatchObject({ code: 2 });
    expect(await run("check", before)).toMatchObject({ code: 2 });
  });
});
