import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Child } from "./support/child.js";
import { type MarketRun, startMarketRun } from "./support/market-run.js";

const IMS = "apps/ims-client/bin/ims.js";
const PRICE = /^\d+(\.\d+)?$/;

let run: MarketRun;
let symbol: string;
beforeAll(async () => {
  run = await startMarketRun("spot", { kind: "synthetic", seed: 6, tradesPerSecond: 500 });
  symbol = run.simulator.symbols[0]!;
}, 60_000);
afterAll(async () => {
  await run.close();
}, 30_000);

/** The lines of a run of `ims` that has to end well. */
async function linesOf(...args: string[]): Promise<string[]> {
  const child = Child.node(IMS, args, { IGGY_URL: run.brokerUrl });
  expect(await child.exited, child.errors).toBe(0);
  return child.output.trim().split("\n");
}

const jsonOf = async (...args: string[]) => (await linesOf(...args)).map((line) => JSON.parse(line));

describe("the ims command on a real service", { timeout: 60_000 }, () => {
  it("top: best prices that do not cross", async () => {
    for (const { bid, ask } of await jsonOf("top", symbol, "--count", "5")) {
      expect(bid.price).toMatch(PRICE);
      expect(Number(bid.price)).toBeLessThan(Number(ask.price));
    }
  });

  it("book: a valid book at every change", async () => {
    const books = await jsonOf("book", symbol, "--depth", "3", "--count", "20");
    expect(books).toHaveLength(20);
    const last = books.at(-1);
    expect([last.state, last.bids.length, last.asks.length]).toEqual(["valid", 3, 3]);
    const prices = [...last.asks].reverse().concat(last.bids);
    const numbers = prices.map(({ price }: { price: string }) => Number(price));
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  });

  it("trades: CSV from the first that the broker holds", async () => {
    await linesOf("trades", symbol, "--count", "20");
    const [header, ...rows] = await linesOf("trades", symbol, "--from", "first", "--count", "20", "--csv");
    const names = header!.split(",");
    expect(rows).toHaveLength(20);
    const offsets = rows.map((row) => Number(row.split(",")[names.indexOf("offset")]));
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    for (const row of rows) expect(row.split(",")[names.indexOf("price")]).toMatch(PRICE);
  });

  it("status: the service's own report", async () => {
    const { host } = new URL(run.service.healthUrl);
    const [report] = await jsonOf("status", "--service", host);
    expect(report).toMatchObject({
      address: host,
      status: "ready",
      exchange: "binancespot",
      broker: { connected: true, embedded: false },
      venue: { connected: expect.any(Boolean), instrumentCount: expect.any(Number) },
    });
    const table = await linesOf("status", "--service", host, "--table");
    expect(table[0]).toMatch(/^SERVICE +STATUS +UP +BROKER /);
    expect(table[1]).toMatch(/^binancespot +ready +.* connected /);
  });

  it("gaps: none", async () => {
    const child = Child.node(IMS, ["gaps"], { IGGY_URL: run.brokerUrl });
    expect(await child.exited).toBe(0);
    expect(child.errors).toMatch(/^ims: binancespot has told of no such losses$/m);
  });

  it("tail: records of any topic, decoded", async () => {
    const trades = await jsonOf("tail", "binancespot-market-data/trades", "--count", "3");
    expect(trades.map(({ kind }) => kind)).toEqual(["trade", "trade", "trade"]);
    const [first] = await jsonOf("tail", "binancespot-market-data/trades", "--count", "1", "--decode", "hex");
    expect(first).toMatchObject({ kind: "bytes", payload: expect.stringMatching(/^[0-9a-f]{256}$/) });
  });

  it("completion: a script for the shell", async () => {
    expect((await linesOf("completion", "bash"))[0]).toBe(
      "# bash completion of ims: source <(ims completion bash)",
    );
  });

  it.each([
    [["trdes", "BTCUSDT"], 2, /Did you mean trades\?/],
    [["book", "BTCUSTD", "--count", "1"], 1, /BTCUSDT/],
    [["mark", "BTCUSDT", "--count", "1"], 1, /mark-price.*(trades|offers)/s],
  ])("%j is refused with a suggestion", async (args, code, message) => {
    const child = Child.node(IMS, args, { IGGY_URL: run.brokerUrl });
    expect(await child.exited).toBe(code);
    expect(child.errors).toMatch(message);
  });
});
