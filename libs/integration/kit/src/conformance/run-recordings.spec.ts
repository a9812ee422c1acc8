import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { differences } from "./differences.js";
import type { ExpectedSession } from "./expectations.js";
import { printRecordings } from "./print-recordings.js";
import { recordedLines } from "./recorded-lines.js";
import { runRecordings, type VenueRecordings } from "./run-recordings.js";

interface CountedSession extends ExpectedSession {
  readonly lines: number;
}

/** Counts lines: a session has as many as is expected, any other file has one at least. */
const venue: VenueRecordings<CountedSession> = {
  venue: "Mars",
  folders: ["mars"],
  checkSession(root, { files, lines }) {
    const count = files.reduce((sum, file) => sum + linesOf(root, file).length, 0);
    return { seen: `${count} lines`, failures: [...differences("session", { lines }, { lines: count })] };
  },
  async checkFile(root, file) {
    const lines = linesOf(root, file);
    if (lines.length === 0) return undefined;
    return { seen: `${lines.length} lines`, failures: lines.filter((data) => data.includes("bad")) };
  },
};

const linesOf = (root: string, file: string) => [...recordedLines(join(root, file))].map(({ data }) => data);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "recordings-"));
  for (const folder of ["mars", "venus"]) mkdirSync(join(root, folder));
  expectations({});
});
afterEach(() => rmSync(root, { recursive: true }));

const expectations = (sessions: unknown) =>
  writeFileSync(join(root, "expectations.json"), JSON.stringify(sessions));

function record(file: string, ...frames: readonly unknown[]): void {
  const lines = frames.map(
    (frame) => `{"t":"1","dir":"in","url":"wss://m\\"ars","data":${JSON.stringify(frame)}}`,
  );
  const sent = '{"t":null,"dir":"out","url":"wss://mars","data":"sub"}';
  writeFileSync(join(root, file), gzipSync([sent, ...lines, ""].join("\n")));
}

describe("the replay of a venue's recordings", () => {
  it("takes each message byte for byte, and what was received alone", () => {
    record("mars/a.jsonl.gz", { data: 'x"}' }, "text");
    expect([...recordedLines(join(root, "mars/a.jsonl.gz"))]).toEqual([
      { url: 'wss://m\\"ars', data: '{"data":"x\\"}"}' },
      { url: 'wss://m\\"ars', data: '"text"' },
    ]);
  });

  it("checks sessions first, then what they do not name, and skips what is of others", async () => {
    record("mars/a.jsonl.gz", 1, 2);
    record("mars/b.jsonl.gz", 3);
    record("mars/c.jsonl.gz", "bad");
    record("mars/d.jsonl.gz");
    record("venus/e.json.gz", 1);
    writeFileSync(join(root, "mars/README"), "no recording");
    expectations({
      "in-two": { files: ["mars/a.jsonl.gz", "mars/b.jsonl.gz"], lines: 3 },
      wrong: { files: ["mars/b.jsonl.gz"], lines: 2 },
      lost: { files: ["mars/none.jsonl.gz"], lines: 1 },
      theirs: { files: ["venus/x.jsonl.gz"] },
    });
    expect(await runRecordings(venue, root)).toEqual([
      { name: "in-two", verdict: "passed", details: ["3 lines"] },
      { name: "wrong", verdict: "failed", details: ["session: lines is 1, expected 2"] },
      { name: "lost", verdict: "failed", details: [expect.stringContaining("none.jsonl.gz")] },
      { name: "theirs", verdict: "skipped", details: ["not of Mars"] },
      { name: "mars/c.jsonl.gz", verdict: "failed", details: ['"bad"'] },
      { name: "mars/d.jsonl.gz", verdict: "skipped", details: ["no frames of streams"] },
      { name: "venus/e.json.gz", verdict: "skipped", details: ["not of Mars"] },
    ]);
  });

  it.each([
    ["[]", /is not an object of sessions/],
    ['{"a":{}}', /a names no files/],
    ["{", /JSON/],
  ])("does not begin with the expectations %s", async (text, reason) => {
    writeFileSync(join(root, "expectations.json"), text);
    await expect(runRecordings(venue, root)).rejects.toThrow(reason);
  });
});

describe("the program that prints them", () => {
  async function print(folder: string | undefined): Promise<{ code: number; out: string; error: string }> {
    const texts = { out: "", error: "" };
    const code = await printRecordings(venue, folder, {
      out: (text) => {
        texts.out += text;
      },
      error: (text) => {
        texts.error += text;
      },
    });
    return { code, ...texts };
  }

  it("gives a line for each, what differs below it, and the sums last", async () => {
    record("mars/a.jsonl.gz", 1);
    record("venus/b.jsonl.gz", 1);
    const sums = "skip venus/b.jsonl.gz: not of Mars\nMars: 1 passed, 0 failed\n";
    expect(await print(root)).toEqual({ code: 0, out: `ok   mars/a.jsonl.gz: 1 lines\n${sums}`, error: "" });
    record("mars/c.jsonl.gz", ...Array.from({ length: 22 }, (_, index) => `bad ${index}`));
    const { code, out } = await print(root);
    expect(code).toBe(1);
    expect(out).toContain('FAIL mars/c.jsonl.gz: 22 differences\n     "bad 0"\n     "bad 1"\n');
    expect(out).toContain('     "bad 19"\n     and 2 more\nskip');
    expect(out).toMatch(/\nMars: 1 passed, 1 failed\n$/);
  });

  it("fails where there is nothing of the venue, or no folder, or nothing that can be read", async () => {
    expect(await print(root)).toEqual({ code: 1, out: "Mars: 0 passed, 0 failed\n", error: "" });
    expect(await print(undefined)).toMatchObject({ code: 2, error: expect.stringContaining("Usage") });
    const lost = await print(join(root, "lost"));
    expect(lost).toMatchObject({ code: 2, out: "", error: expect.stringContaining("ENOENT") });
  });
});

it("differences names what is missing on either side, and compares the fields it is told to", () => {
  const lines = (...args: Parameters<typeof differences>) => [...differences(...args)];
  expect(lines("a", undefined, { x: 1 })).toEqual(["a: is not expected"]);
  expect(lines("a", { x: 1 }, undefined)).toEqual(["a: there is none"]);
  expect(lines("a", { x: 1, y: [2] }, { y: [2] })).toEqual([]);
  expect(lines("a", { y: [2] }, { x: 1, y: [3] })).toEqual([
    "a: x is 1, expected none",
    "a: y is [3], expected [2]",
  ]);
  expect(lines("a", { x: 1 }, {}, ["x"])).toEqual(["a: x is none, expected 1"]);
});
