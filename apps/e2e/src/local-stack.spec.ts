import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExchangeId } from "@ims/common";
import { IggyClient } from "@ims/iggy-client";
import { decodeRecord, type MergedBookRecord } from "@ims/sbe";
import { describe, expect, inject, it } from "vitest";
import { Child } from "./support/child.js";

const MAIN = "apps/local-stack/dist/main.js";
const IMS = "apps/ims-client/dist/cli/main.js";
const sharedDir = inject("sharedDir");

/** The first merged book with both sides that is published. */
async function publishedBook(url: string): Promise<MergedBookRecord> {
  const client = await IggyClient.connect(url);
  const start = { kind: "first" } as const;
  const consumer = client.createConsumer({ stream: "merged-books", topic: "books", consumer: "spec", start });
  try {
    for await (const { payload } of consumer) {
      const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
      const record = decodeRecord(view, 0, payload.byteLength);
      if (record?.type === "merged-book" && record.spread !== undefined) return record;
    }
    throw new Error("the consumer ended without a merged book");
  } finally {
    await consumer.close();
    await client.close();
  }
}

describe("the local stack", { timeout: 60_000 }, () => {
  it("prints trades and bars of the simulated market and exits 0", async () => {
    const child = Child.node(MAIN, ["--seconds", "8"]);
    expect(await child.exited, child.errors).toBe(0);
    expect(child.output).toMatch(/^trade {2}\d\d:\d\d:\d\d\.\d{3} {2}BTCUSDT/m);
    expect(child.output).toMatch(/^bar .*ETHUSDT .*open \d/m);
    expect(child.errors).toBe("");
  });

  it("prints moving averages of the simulated market's trades and exits 0", async () => {
    const child = Child.node(MAIN, ["--stack", "averages", "--seconds", "10"]);
    expect(await child.exited, child.errors).toBe(0);
    expect(child.output).toMatch(/npx ims averages BTCUSDT$/m);
    expect(child.output).toMatch(/^average .*BTCUSDT .* 1 s .*vwap \d.*twap \d.*trades [1-9]/m);
    expect(child.output).toMatch(/^average .*exponential \d.*half-life 20 trades/m);
    expect(child.errors).toBe("");
  });

  it("shows and publishes one book merged of three simulated venues, and ends when it is told to", async () => {
    const child = Child.node(MAIN, ["--stack", "books"]);
    const [line] = await child.printed(
      /^book .* BTCUSDT .*binancespot fresh, bitstamp fresh, deribit fresh$/m,
    );
    expect(line).toMatch(/bid \d\S* @ \d\S* (binancespot|bitstamp|deribit) {2}ask \d\S* @ \d/);
    // One price moves all three: they differ by less than what a real market would allow for long.
    const [, spread, mid] = /spread (\S+) {2}mid (\S+)/.exec(line)!;
    expect(Math.abs(Number(spread) / Number(mid))).toBeLessThan(0.001);
    const [, address] = /^Broker: .*?(\d+\.\d+\.\d+\.\d+:\d+)/m.exec(child.output)!;
    const published = await publishedBook(`iggy://iggy:iggy@${address}`);
    expect(published).toMatchObject({ type: "merged-book", symbol: "BTCUSDT", exchangeId: 0 });
    expect(published.venues.map(({ exchangeId }) => exchangeId)).toEqual([
      ExchangeId.BinanceSpot,
      ExchangeId.Bitstamp,
      ExchangeId.Deribit,
    ]);
    child.kill("SIGINT");
    expect(await child.exited, child.errors).toBe(0);
    expect(child.errors).toBe("");
  });

  it("prints options of a simulated venue that a filter in WebAssembly lets through, and no others", async () => {
    const child = Child.node(MAIN, ["--stack", "options"]);
    const row =
      /^SOL_USDC-\w+-(\d+)-[CP] +SOL_USDC-\w+ +\d{4}-\d\d-\d\d +(\d+) +(?:call|put)(?: +\S+){12}$/gm;
    await child.printed(/(?:^SOL_USDC.*\n){120}/m);
    child.kill("SIGINT");
    expect(await child.exited, child.errors).toBe(0);
    expect(child.errors).toBe("");
    const rows = [...child.output.matchAll(row)];
    expect(rows.length).toBeGreaterThanOrEqual(120);
    for (const [line, name, strike] of rows) {
      expect(strike, line).toBe(name);
      expect(Number(strike), line).toBeGreaterThanOrEqual(85);
    }
  });

  it("takes no live data for the merged books", async () => {
    const child = Child.node(MAIN, ["--stack", "books", "--live"]);
    expect(await child.exited).toBe(2);
    expect(child.errors).toContain("--live");
  });

  it("names the symbols that there are for one that is not", async () => {
    const child = Child.node(MAIN, ["--stack", "books", "--symbols", "NOPE"]);
    expect(await child.exited).toBe(1);
    expect(child.errors).toMatch(/no simulated venue lists NOPE; there are .*BTCUSDT.* --symbols/);
  });

  it.each([
    [["--speed", "2"], "--recording"],
    [["--stack", "books", "--symbols", "BTCUSDT,ETHBTC"], "one symbol"],
  ])("says that %j shows nothing", async (args, words) => {
    const child = Child.node(MAIN, args);
    expect(await child.exited).toBe(2);
    expect(child.errors).toContain(words);
  });

  it("uses a broker that is given, and shows no password of it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ims-e2e-"));
    const broker = Child.node(IMS, ["broker", "--port", "0", "--data-dir", folder]);
    const [, address] = await broker.printed(/^listening on iggy:\/\/([\d.:]+)/m);
    const env = { IGGY_URL: `iggy://iggy:iggy@${address}` };
    const child = Child.node(MAIN, ["--stack", "books"], env);
    await child.printed(/^book /m);
    expect(child.output).toContain(`\nBroker:   iggy://${address} `);
    expect(child.output).toContain("with the same IGGY_URL: npx ims merged");
    expect(child.output).not.toContain("iggy:iggy");
    for (const process of [child, broker]) {
      process.kill("SIGINT");
      expect(await process.exited, process.errors).toBe(0);
    }
    expect(child.errors).toBe("");
    await rm(folder, { recursive: true });
  });

  it.skipIf(!sharedDir)("replays a recording and ends with it", async () => {
    const file = join(sharedDir, "exchanges/recordings/binance-usdm/sushi-akro-keep-ctk-20210722.jsonl.gz");
    const child = Child.node(MAIN, ["--recording", file, "--speed", "max"]);
    expect(await child.exited, child.errors).toBe(0);
    // What the recording's description counts: 91 aggregate trades and 67 one-minute bar updates of four symbols.
    expect(child.output.match(/^trade /gm)).toHaveLength(91);
    expect(child.output.match(/^bar /gm)).toHaveLength(67);
  });

  it("names a wrong argument and exits 2", async () => {
    const child = Child.node(MAIN, ["--second", "5"]);
    expect(await child.exited).toBe(2);
    expect(child.errors).toContain("--second");
    expect(child.errors).toContain("--help");
  });

  it("names a recording that is none", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ims-e2e-"));
    const child = Child.node(MAIN, ["--recording", join(folder, "absent.jsonl.gz")]);
    expect(await child.exited).toBe(1);
    expect(child.errors).toContain("absent.jsonl.gz");
    await rm(folder, { recursive: true });
  });
});
