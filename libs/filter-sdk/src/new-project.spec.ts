import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRecord } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newProject, SAMPLE_RECORDS } from "./new-project.js";
import { sampleOptions } from "./spec-support/sample-options.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ims-project-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a new project", () => {
  it("has all files, under its own name", () => {
    const files = newProject("cheap-calls", join(folder, "made"));
    expect(files).toEqual([
      ".gitignore",
      "README.md",
      "assembly/index.ts",
      "package.json",
      "test/expected.jsonl",
      "test/options.jsonl",
    ]);
    const text = (file: string) => readFileSync(join(folder, "made", file), "utf8");
    for (const file of files) expect(text(file)).not.toContain("strike-above");
    expect(text("assembly/index.ts")).toContain('defineFilter("cheap-calls", "1.0.0"');
    expect(JSON.parse(text("package.json"))).toMatchObject({
      name: "cheap-calls",
      scripts: { build: "ims filter build" },
    });
  });

  it.each(["", "Cheap", "1st", "a b", "../up", "a".repeat(65)])("is not made under the name %j", (name) => {
    expect(() => newProject(name, folder)).toThrow(expect.objectContaining({ code: "filter-sdk.bad-name" }));
  });

  it("leaves what is there alone", () => {
    writeFileSync(join(folder, "mine"), "");
    expect(() => newProject("name", folder)).toThrow(
      expect.objectContaining({ code: "filter-sdk.folder-in-use" }),
    );
  });
});

describe("the sample", () => {
  const lines = sampleOptions();

  it("is the committed one", () => {
    expect(readFileSync(SAMPLE_RECORDS, "utf8")).toBe(lines);
  });

  it("holds option tickers with strikes below, at and above 85, of several scales", () => {
    const records = lines
      .trim()
      .split("\n")
      .map((line) => Buffer.from((JSON.parse(line) as { payload: string }).payload, "hex"))
      .map((bytes) => decodeRecord(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length));
    expect(records).toHaveLength(24);
    const strikes = records.map((record) => (record?.type === "option-ticker" ? record.strike : undefined));
    expect(new Set(strikes.map((strike) => strike?.scale))).toEqual(new Set([2, 4]));
    expect(new Set(strikes.map(Number).map((strike) => Math.sign(strike - 85)))).toEqual(new Set([-1, 0, 1]));
  });
});
