import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { runRecordings } from "@ims/integration-kit/conformance";
import { RecordingsCopy } from "@ims/testkit";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { VENUE_RECORDINGS } from "./run-recordings.js";

const sharedDir = inject("sharedDir");
const folder = join(sharedDir, "exchanges/recordings");
const NAME = "deribit-options-20210405";
const FILE = "deribit/options-20210405.jsonl.gz";

describe.skipIf(sharedDir === "")("the recordings of Deribit", () => {
  let copy: RecordingsCopy;
  beforeEach(() => {
    copy = new RecordingsCopy(folder, NAME);
  });
  afterEach(() => copy.remove());

  const run = () => runRecordings(VENUE_RECORDINGS, copy.root);

  it("all pass", async () => {
    const reports = await runRecordings(VENUE_RECORDINGS, folder);
    const own = reports.filter(({ verdict }) => verdict !== "skipped");
    expect(own.filter(({ verdict }) => verdict === "failed")).toEqual([]);
    expect(own).toHaveLength(7);
  });

  it("give the final books of a session, and every ticker", async () => {
    const details = ["460 frames, 0 bodies: 273 option-tickers, 187 book; 10 books as expected"];
    expect(await run()).toEqual([{ name: NAME, verdict: "passed", details }]);
  });

  it.each([
    ["a hash", '"sha256":"', '"sha256":"x', "sha256 is"],
    ["a count of changes", '"changes":69', '"changes":70', "changes is 69, expected 70"],
    ["a best price", '"0.079"', '"0.0791"', "best is"],
    ["a field that no book has", '"crossed":', '"x":1,"crossed":', "x is none, expected 1"],
  ])("fail where they differ in %s, and say so", async (_, from, to, detail) => {
    copy.change(from, to);
    const [report] = await run();
    expect(report).toMatchObject({ name: NAME, verdict: "failed" });
    expect(report!.details.join("\n")).toContain(detail);
  });

  it("fail on a frame that is missing, and on one that cannot be read", async () => {
    const file = join(copy.root, FILE);
    const lines = gunzipSync(readFileSync(file)).toString("utf8").split("\n");
    const at = lines.findIndex((line) => line.includes('"type":"change"'));
    writeFileSync(file, gzipSync(lines.filter((_, index) => index !== at).join("\n")));
    expect((await run())[0]?.details.join("\n")).toMatch(/gaps is 1, expected 0/);
    lines[at] = lines[at]!.replace(/"change_id":\d+/, '"change_id":"x"');
    writeFileSync(file, gzipSync(lines.join("\n")));
    expect((await run())[0]?.details.join("\n")).toMatch(/refused: .*change_id is not a number/);
  });
});
