import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import type { ExpectedSession } from "./expectations.js";
import { runRecordings } from "./run-recordings.js";

const sharedDir = inject("sharedDir");
const folder = join(sharedDir, "exchanges/recordings");
const NAME = "spot-nkn-blz-lrc-rune-20211012";
const FILE = "binance-spot/nkn-blz-lrc-rune-20211012.jsonl.gz";

describe.skipIf(sharedDir === "")("runRecordings", () => {
  let root = "";
  let session: ExpectedSession;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "recordings-"));
    mkdirSync(join(root, "binance-spot"));
    cpSync(join(folder, FILE), join(root, FILE));
    const all = JSON.parse(readFileSync(join(folder, "expectations.json"), "utf8")) as Record<
      string,
      ExpectedSession
    >;
    session = all[NAME]!;
  });

  afterEach(() => rmSync(root, { recursive: true }));

  const run = (sessions: Record<string, ExpectedSession>) => {
    writeFileSync(join(root, "expectations.json"), JSON.stringify(sessions));
    return [...runRecordings(root)];
  };

  it("passes a session that meets its expectations", () => {
    expect(run({ [NAME]: session })).toEqual([
      {
        name: NAME,
        verdict: "passed",
        details: ["265 frames (0 of unusual shape), 2 trades of 2 streams, 4 books"],
      },
    ]);
  });

  it.each([
    ["a hash", (text: string) => text.replace(/"sha256":"./, '"sha256":"g'), "sha256 is"],
    ["a count of trades", (text: string) => text.replace('"n":1', '"n":2'), "n is 1, expected 2"],
    [
      "a sum",
      (text: string) => text.replace('"58.00000000"', '"58.00000001"'),
      'baseQty is "58", expected "58.00000001"',
    ],
    ["a best price", (text: string) => text.replace('["0.3527","9602"]', '["0.3527","9603"]'), "best is"],
    [
      "a stream that has no trades",
      (text: string) => text.replace("NKNUSDT|aggTrade", "NKNUSDT|trade"),
      "there is none",
    ],
  ])("fails one that differs in %s, and says so", (_, change, detail) => {
    const [report] = run(
      JSON.parse(change(JSON.stringify({ [NAME]: session }))) as Record<string, ExpectedSession>,
    );
    expect(report).toMatchObject({ name: NAME, verdict: "failed" });
    expect(report!.details.join("\n")).toContain(detail);
  });

  it("fails a session without its file, and goes on with recordings that have no expectations", () => {
    const reports = run({
      lost: { files: ["binance-spot/none.jsonl.gz"] },
      other: { files: ["elsewhere/x.jsonl.gz"] },
    });
    expect(reports).toMatchObject([
      { name: "lost", verdict: "failed", details: [expect.stringContaining("none.jsonl.gz")] },
      { name: "other", verdict: "skipped" },
      { name: FILE, verdict: "passed", details: ["265 frames (0 of unusual shape), all taken"] },
    ]);
  });
});
