import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { type ExpectedSession, runRecordings } from "./run-recordings.js";

const sharedDir = inject("sharedDir");
const folder = join(sharedDir, "exchanges/recordings");
const NAME = "bitstamp-ten-pairs-20220105";
const FILE = "bitstamp/ten-pairs-20220105.jsonl.gz";

describe.skipIf(sharedDir === "")("the recordings of Bitstamp", () => {
  let root = "";
  let session: ExpectedSession;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "recordings-"));
    mkdirSync(join(root, "bitstamp"));
    cpSync(join(folder, FILE), join(root, FILE));
    const all = JSON.parse(readFileSync(join(folder, "expectations.json"), "utf8")) as Record<
      string,
      ExpectedSession
    >;
    session = all[NAME]!;
  });

  afterEach(() => rmSync(root, { recursive: true }));

  const run = (expected: ExpectedSession) => {
    writeFileSync(join(root, "expectations.json"), JSON.stringify({ [NAME]: expected }));
    return [...runRecordings(root)];
  };

  it("meet what an independent replay found, all of them", () => {
    const reports = [...runRecordings(folder)];
    expect(reports.filter(({ verdict }) => verdict === "failed")).toEqual([]);
    expect(reports.map(({ name }) => name)).toEqual([
      "bitstamp-ten-pairs-20210405",
      NAME,
      "bitstamp/rest-bodies-mixed.jsonl.gz",
      "bitstamp/single-frames.jsonl.gz",
      "bitstamp/trading-pairs-info-20220105.json.gz",
    ]);
  });

  it.each([
    ["a hash", (text: string) => text.replace(/"sha256":"./, '"sha256":"g'), "sha256 is"],
    [
      "a count of diffs",
      (text: string) => text.replace('"dropped":12', '"dropped":13'),
      "dropped is 12, expected 13",
    ],
    ["a count of trades", (text: string) => text.replace('"n":10', '"n":11'), "n is 10, expected 11"],
    ["a sum", (text: string) => text.replace("34.91894724", "34.91894725"), 'amount is "34.91894724"'],
    [
      "a pair",
      (text: string) => text.replace('"ethusd":{"n"', '"ethbtc":{"n"'),
      "trades of ethbtc: there is none",
    ],
  ])("fail where they differ in %s, and say so", (_, change, detail) => {
    const changed = change(JSON.stringify(session));
    expect(changed).not.toBe(JSON.stringify(session));
    const [report] = run(JSON.parse(changed) as ExpectedSession);
    expect(report).toMatchObject({ name: NAME, verdict: "failed" });
    expect(report!.details.join("\n")).toContain(detail);
  });
});

describe("a folder with recordings of other venues only", () => {
  it("has nothing of Bitstamp in it, and that is no failure", () => {
    const root = mkdtempSync(join(tmpdir(), "recordings-"));
    writeFileSync(
      join(root, "expectations.json"),
      JSON.stringify({ "spot-x": { files: ["binance-spot/x"] } }),
    );
    expect([...runRecordings(root)]).toEqual([]);
    rmSync(root, { recursive: true });
  });
});
