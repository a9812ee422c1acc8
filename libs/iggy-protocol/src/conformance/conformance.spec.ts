import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { COMMANDS } from "../command-table.js";
import { printConformance } from "./print-conformance.js";
import { runConformance } from "./run-conformance.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iggy-vectors-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(at = folder): { lines: string[]; exitCode: number } {
  const lines: string[] = [];
  const exitCode = printConformance(at, (line) => lines.push(line));
  return { lines, exitCode };
}

function write(name: string, vectors: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify({ vectors }));
}

describe("a folder of vectors", () => {
  it("may hold any of the files, and others that are left alone", () => {
    write("hashes-xxh32.json", [{ text: "abc", xxh32: 852_579_327 }]);
    write("exchange.json", [{ exchange: [] }]);
    expect(run()).toEqual({
      lines: ["ok   hashes-xxh32.json: 1 passed, 0 failed", "1 passed, 0 failed"],
      exitCode: 0,
    });
  });

  it("fails when it holds no vectors, is none, or holds a file that is none", () => {
    expect(run().exitCode).toBe(1);
    expect(run(join(folder, "missing")).exitCode).toBe(2);
    writeFileSync(join(folder, "batches.json"), "{");
    writeFileSync(join(folder, "reply-bodies.json"), "{}");
    const { lines, exitCode } = run();
    expect(exitCode).toBe(1);
    expect(lines.filter((line) => line.startsWith("FAIL"))).toHaveLength(2);
    expect(lines.at(-1)).toBe("0 passed, 2 failed");
  });

  it("reports a value that is not met, and a command that is not in the table", () => {
    write("hashes-xxh3-64.json", [{ length: 3, xxh3_64: "1" }]);
    write("request-bodies.json", [{ command: "NEW", code: 9999, operation: 2, args: null, body: "" }]);
    const { lines, exitCode } = run();
    expect(exitCode).toBe(1);
    expect(lines.join("\n")).toMatch(/length 3: 13250221893863231051, 1 expected/);
    expect(lines.join("\n")).toMatch(/NEW \(0\): command code 9999/);
    expect(lines.at(-1)).toBe("0 passed, 2 failed");
  });

  it("allows bytes behind a body only where every server ignores them", () => {
    const topic = { operation: 134, args: { streamId: "s", topicId: "t" } };
    write("request-bodies.json", [
      { command: "DELETE_TOPIC", code: 303, ...topic, body: "02017302017403000000" },
      { command: "DELETE_TOPIC", code: 303, ...topic, body: "0201730201740300000000" },
      { command: "PURGE_TOPIC", code: 305, ...topic, operation: 135, body: "02017302017403000000" },
    ]);
    const [report] = runConformance(folder);
    expect(report!.failures.map((failure) => failure.split(",")[0])).toEqual([
      "DELETE_TOPIC (1)",
      "DELETE_TOPIC (1)",
      "PURGE_TOPIC (2)",
      "PURGE_TOPIC (2)",
    ]);
  });
});

/** Leaves that say something about a vector without being one of its values. */
const NOT_VALUES = /^(name|command|acceptedByServer|args\.compressionAlgorithm)$/;

/**
 * What no check can notice: get me and get client have one layout and the first one's groups are not listed; words that
 * name no partitioning leave the body to its other checks.
 */
const UNNOTICED: Readonly<Record<string, readonly string[]>> = {
  "reply-bodies.json": ["GET_ME code", "GET_ME body"],
  "request-bodies.json": Array(3).fill("SEND_MESSAGES args.partitioning"),
};

describe.skipIf(!inject("sharedDir"))("the recorded vectors", () => {
  const recorded = join(inject("sharedDir") || ".", "iggy/vectors");
  const files = inject("sharedDir") ? readdirSync(recorded).filter((name) => name.endsWith(".json")) : [];

  it("are met, all eight files", () => {
    const { lines, exitCode } = run(recorded);
    expect(lines.filter((line) => line.startsWith("FAIL") || line.startsWith("   "))).toEqual([]);
    expect(lines.filter((line) => line.startsWith("ok"))).toHaveLength(8);
    expect(lines.at(-1)).toMatch(/^4\d\d passed, 0 failed$/);
    expect(exitCode).toBe(0);
  });

  it("speak of every command but those that their recorder lacks", () => {
    const codes = new Set(
      ["request-bodies.json", "reply-bodies.json"].flatMap((name) =>
        (JSON.parse(readFileSync(join(recorded, name), "utf8")).vectors as { code: number }[]).map(
          ({ code }) => code,
        ),
      ),
    );
    expect(
      Object.values(COMMANDS)
        .filter(({ code }) => !codes.has(code))
        .map(({ name }) => name),
    ).toEqual(["session.logout", "session.login", "system.snapshot", "user.password", "segment.delete"]);
  });

  it("fail in a changed copy", () => {
    cpSync(recorded, folder, { recursive: true });
    for (const name of files) {
      const { vectors } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { vectors: unknown[] };
      const leaf = leavesOf(vectors[0]).find(({ path }) => !NOT_VALUES.test(path) && path !== "args")!;
      leaf.change();
      rmSync(join(folder, name));
      write(name, vectors);
    }
    const { lines, exitCode } = run();
    expect(exitCode).toBe(1);
    expect(lines.filter((line) => line.startsWith("FAIL"))).toHaveLength(8);
  });

  it.each(files)("%s: no listed value can change unnoticed", (name) => {
    const { vectors } = JSON.parse(readFileSync(join(recorded, name), "utf8")) as { vectors: unknown[] };
    const unnoticed: string[] = [];
    for (const vector of vectors) {
      for (const leaf of leavesOf(vector)) {
        if (NOT_VALUES.test(leaf.path)) continue;
        const restore = leaf.change();
        write(name, [vector]);
        if (runConformance(folder)[0]!.failures.length === 0)
          unnoticed.push(`${(vector as { command: string }).command} ${leaf.path}`);
        restore();
      }
    }
    expect(unnoticed).toEqual(UNNOTICED[name] ?? []);
  });
});

interface Leaf {
  readonly path: string;
  /** Makes the value another one of the same form; the returned function takes that back. */
  change(): () => void;
}

function leavesOf(value: unknown, path = ""): Leaf[] {
  if (typeof value !== "object" || value === null) return [];
  const owner = value as Record<string, unknown>;
  return Object.entries(owner).flatMap(([key, field]) => {
    const at = path === "" ? key : `${path}.${key}`;
    if (typeof field === "object" && field !== null) return leavesOf(field, at);
    const change = () => {
      owner[key] = another(field);
      return () => {
        owner[key] = field;
      };
    };
    return field === null ? [] : [{ path: at, change }];
  });
}

function another(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  const text = String(value);
  if (text === "") return "00";
  const last = text.charCodeAt(text.length - 1);
  return text.slice(0, -1) + String.fromCharCode(last === 0x30 ? 0x31 : last - 1);
}
