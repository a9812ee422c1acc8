import { join } from "node:path";
import { runRecordings } from "@ims/integration-kit/conformance";
import { RecordingsCopy } from "@ims/testkit";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { VENUE_RECORDINGS } from "./run-recordings.js";

const sharedDir = inject("sharedDir");
const folder = join(sharedDir, "exchanges/recordings");
const NAME = "bitstamp-ten-pairs-20220105";

describe.skipIf(sharedDir === "")("the recordings of Bitstamp", () => {
  let copy: RecordingsCopy;
  beforeEach(() => {
    copy = new RecordingsCopy(folder, NAME);
  });
  afterEach(() => copy.remove());

  it("meet what an independent replay found, all of them", async () => {
    const reports = await runRecordings(VENUE_RECORDINGS, folder);
    const own = reports.filter(({ verdict }) => verdict !== "skipped");
    expect(own.filter(({ verdict }) => verdict === "failed")).toEqual([]);
    expect(own.map(({ name }) => name)).toEqual([
      "bitstamp-ten-pairs-20210405",
      NAME,
      "bitstamp/rest-bodies-mixed.jsonl.gz",
      "bitstamp/single-frames.jsonl.gz",
      "bitstamp/trading-pairs-info-20220105.json.gz",
    ]);
  });

  it.each([
    ["a hash", /"sha256":"./, '"sha256":"g', "sha256 is"],
    ["a count of diffs", '"dropped":12', '"dropped":13', "dropped is 12, expected 13"],
    ["a count of trades", '"n":10', '"n":11', "n is 10, expected 11"],
    ["a sum", "34.91894724", "34.91894725", 'amount is "34.91894724"'],
    ["a pair", '"ethusd":{"n"', '"ethbtc":{"n"', "trades of ethbtc: there is none"],
  ])("fail where they differ in %s, and say so", async (_, from, to, detail) => {
    copy.change(from, to);
    const [report] = await runRecordings(VENUE_RECORDINGS, copy.root);
    expect(report).toMatchObject({ name: NAME, verdict: "failed" });
    expect(report!.details.join("\n")).toContain(detail);
  });
});
