import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { type RecordingReport, runRecordings } from "./run-recordings.js";

const sharedDir = inject("sharedDir");
const folder = join(sharedDir, "exchanges/recordings");
const NAME = "deribit-options-20210405";
const FILE = "deribit/options-20210405.jsonl.gz";

async function run(root: string): Promise<RecordingReport[]> {
  const reports: RecordingReport[] = [];
  for await (const report of runRecordings(root)) reports.push(report);
  return reports;
}

describe.skipIf(sharedDir === "")("recordings of Deribit", () => {
  let root = "";

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "recordings-"));
    mkdirSync(join(root, "deribit"));
    cpSync(join(folder, FILE), join(root, FILE));
    const all = JSON.parse(readFileSync(join(folder, "expectations.json"), "utf8")) as Record<string, object>;
    writeFileSync(
      join(root, "expectations.json"),
      JSON.stringify({ [NAME]: all[NAME], "spot-x": { files: ["binance-spot/x"] } }),
    );
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("all pass", async () => {
    const reports = await run(folder);
    expect(reports.filter(({ verdict }) => verdict === "failed")).toEqual([]);
    expect(reports).toHaveLength(7);
  });

  it("gives the final books of a session, and takes every ticker", async () => {
    expect(await run(root)).toEqual([
      {
        name: NAME,
        verdict: "passed",
        details: ["460 frames, 0 bodies: 273 option-tickers, 187 book; 10 books as expected"],
      },
    ]);
  });

  it.each([
    ["a hash", '"sha256":"', '"sha256":"x', "sha256 is"],
    ["a count of changes", '"changes":69', '"changes":70', "changes is 69, expected 70"],
    ["a best price", '"0.079"', '"0.0791"', "best is"],
  ])("fails on %s that differs", async (_what, from, to, detail) => {
    const file = join(root, "expectations.json");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
    const [report] = await run(root);
    expect(report?.verdict).toBe("failed");
    expect(report?.details.join("\n")).toContain(detail);
  });

  it("fails on a frame that is missing, and on one that cannot be read", async () => {
    const lines = gunzipSync(readFileSync(join(root, FILE)))
      .toString("utf8")
      .split("\n");
    const at = lines.findIndex((line) => line.includes('"type":"change"'));
    writeFileSync(join(root, FILE), gzipSync(lines.filter((_, index) => index !== at).join("\n")));
    expect((await run(root))[0]?.details.join("\n")).toMatch(/gaps is 1, expected 0/);
    lines[at] = lines[at]!.replace(/"change_id":\d+/, '"change_id":"x"');
    writeFileSync(join(root, FILE), gzipSync(lines.join("\n")));
    expect((await run(root))[0]?.details.join("\n")).toMatch(/refused: .*change_id is not a number/);
  });
});

describe("a folder with recordings of other venues only", () => {
  it("has nothing of Deribit in it, and that is no failure", async () => {
    const root = mkdtempSync(join(tmpdir(), "recordings-"));
    writeFileSync(
      join(root, "expectations.json"),
      JSON.stringify({ "spot-x": { files: ["binance-spot/x"] } }),
    );
    expect(await run(root)).toEqual([]);
    rmSync(root, { recursive: true });
  });
});
