import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type ErrorTableEntry,
  type ErrorTableLocation,
  findErrorTables,
  type LoadedErrorTable,
  renderErrorReference,
} from "./error-codes/index.mjs";

const workspaceDir = dirname(import.meta.dirname);

describe("error codes", () => {
  let found: ErrorTableLocation[];
  let tables: LoadedErrorTable[];

  beforeAll(async () => {
    found = findErrorTables(workspaceDir);
    tables = await Promise.all(
      found.map(async ({ project, file, exportName }) => {
        const module: Record<string, Record<string, ErrorTableEntry>> = await import(
          join(workspaceDir, file)
        );
        return { project, entries: module[exportName]! };
      }),
    );
  });

  it("are collected from every library that has some", () => {
    expect(found).toContainEqual({
      project: "libs/common",
      file: "libs/common/src/errors/common-errors.ts",
      exportName: "COMMON_ERRORS",
    });
    expect(found.length).toBeGreaterThan(5);
  });

  it("are unique over all libraries and of the form subject.reason", () => {
    const codes = tables.flatMap(({ entries }) => Object.keys(entries));
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(codes.filter((code) => !/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(code))).toEqual([]);
  });

  it("each say what they mean and what to do", () => {
    for (const { entries } of tables) {
      for (const [code, { summary, action, retryable }] of Object.entries(entries)) {
        expect(summary.length, code).toBeGreaterThan(10);
        expect(action.length, code).toBeGreaterThan(10);
        expect(typeof retryable, code).toBe("boolean");
      }
    }
  });

  it("stand in docs/reference/errors.md as the tables have them (node tools/error-reference.mjs)", () => {
    expect(readFileSync(join(workspaceDir, "docs/reference/errors.md"), "utf8")).toBe(
      renderErrorReference(tables),
    );
  });
});

describe("renderErrorReference", () => {
  it("sorts codes, ends sentences and escapes what would break the table", () => {
    const page = renderErrorReference([
      {
        project: "libs/x",
        entries: {
          "b.two": { summary: "a|b", action: "Do.", retryable: true },
          "a.one": { summary: "Is wrong", action: "Stop", retryable: false },
        },
      },
    ]);
    expect(page.split("\n").filter((line) => line.startsWith("| `"))).toEqual([
      "| `a.one` | Is wrong. | Stop. | no |",
      "| `b.two` | a\\|b. | Do. | yes |",
    ]);
    expect(page).toContain("\n## libs/x\n");
    expect(page.endsWith("\n")).toBe(true);
  });
});
