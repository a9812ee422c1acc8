import { join } from "node:path";
import { runRecordings } from "@ims/integration-kit/conformance";
import { RecordingsCopy } from "@ims/testkit";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { VENUE_RECORDINGS } from "./run-recordings.js";

const sharedDir = inject("sharedDir");
const folder = join(sharedDir, "exchanges/recordings");
const NAME = "spot-nkn-blz-lrc-rune-20211012";

describe.skipIf(sharedDir === "")("the recordings of Binance", () => {
  let copy: RecordingsCopy;
  beforeEach(() => {
    copy = new RecordingsCopy(folder, NAME);
  });
  afterEach(() => copy.remove());

  const run = () => runRecordings(VENUE_RECORDINGS, copy.root);

  it("pass where a session meets its expectations", async () => {
    const details = ["265 frames (0 of unusual shape), 2 trades of 2 streams, 4 books"];
    expect(await run()).toEqual([{ name: NAME, verdict: "passed", details }]);
  });

  it.each([
    ["a hash", /"sha256":"./, '"sha256":"g', "sha256 is"],
    ["a count of trades", '"n":1', '"n":2', "n is 1, expected 2"],
    ["a sum", '"58.00000000"', '"58.00000001"', 'baseQty is "58", expected "58.00000001"'],
    ["a best price", '["0.3527","9602"]', '["0.3527","9603"]', "best is"],
    ["a stream that has no trades", "NKNUSDT|aggTrade", "NKNUSDT|trade", "there is none"],
  ])("fail where they differ in %s, and say so", async (_, from, to, detail) => {
    copy.change(from, to);
    const [report] = await run();
    expect(report).toMatchObject({ name: NAME, verdict: "failed" });
    expect(report!.details.join("\n")).toContain(detail);
  });

  it("are all taken where there are no expectations", async () => {
    copy.expect({});
    const details = ["265 frames (0 of unusual shape), all taken"];
    expect(await run()).toMatchObject([{ verdict: "passed", details }]);
  });
});
