import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

const tool = resolve(import.meta.dirname, "../../../tools/conformance.mjs");
const vectors = join(inject("sharedDir"), "sbe/vectors");

/** Runs the command as `npm run conformance` does; compiling all generated code takes a few seconds. */
function runConformance(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly out: string }> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [tool, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on("error", failed);
    child.on("close", (code) => done({ code, out }));
  });
}

const TIMEOUT_MILLIS = 180_000;

describe.skipIf(!inject("sharedDir"))("golden vectors of SBE", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ims-conformance-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("pass both ways, by tokens and by generated code", { timeout: TIMEOUT_MILLIS }, async () => {
    const { code, out } = await runConformance("sbe", vectors);
    expect(out.split("\n").filter((line) => line.startsWith("FAIL"))).toEqual([]);
    expect(out).toMatch(/^ok {3}car: [1-9]\d* passed, 0 failed$/m);
    expect(out).toMatch(/^[1-9]\d{3,} passed, 0 failed\n$/m);
    expect(code).toBe(0);
  });

  it("fail where one octet of an expectation differs", { timeout: TIMEOUT_MILLIS }, async () => {
    cpSync(join(vectors, "sets"), join(folder, "sets"), { recursive: true });
    const path = join(folder, "sets/vectors.json");
    const text = readFileSync(path, "utf8").replace('"s8": ["b7"]', '"s8": ["b3"]');
    writeFileSync(path, text.replace('"s8":["b7"]', '"s8":["b3"]'));
    const { code, out } = await runConformance("sbe", folder);
    expect(out).toMatch(/^FAIL sets: \d+ passed, [24] failed$/m);
    expect(code).toBe(1);
  });

  it("say how they are run", async () => {
    const { code, out } = await runConformance("nothing", folder);
    expect([code, out]).toEqual([2, expect.stringContaining("Usage:")]);
  });
});
