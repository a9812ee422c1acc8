import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Child } from "./support/child.js";
import { type MarketRun, startMarketRun } from "./support/market-run.js";

const IMS = "apps/ims-client/bin/ims.js";

let run: MarketRun;
beforeAll(async () => {
  run = await startMarketRun("spot", { kind: "synthetic", seed: 5, tradesPerSecond: 500 });
}, 60_000);
afterAll(async () => {
  await run.close();
}, 30_000);

const ims = (...args: string[]) => Child.node(IMS, args, { IGGY_URL: run.brokerUrl });

describe("the ims command in a pipe", { timeout: 60_000 }, () => {
  it("prints trades of several symbols as JSON lines with exact texts", async () => {
    const [first, second] = run.simulator.symbols;
    const child = ims("trades", first!, second!, "--count", "50");
    expect(await child.exited, child.errors).toBe(0);
    const lines = child.output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(50);
    for (const trade of lines) {
      expect([first, second]).toContain(trade.symbol);
      expect(trade.price).toMatch(/^\d+(\.\d+)?$/);
      expect(trade.quantity).toMatch(/^\d+(\.\d+)?$/);
    }
  });

  it("prints bars", async () => {
    const child = ims("bars", run.simulator.symbols[0]!, "1m", "--count", "2");
    expect(await child.exited, child.errors).toBe(0);
    const [bar] = child.output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(bar).toMatchObject({ type: "bar", symbol: run.simulator.symbols[0], resolution: "1m" });
  });

  it("lists the symbols of the venue", async () => {
    const child = ims("symbols", "--json");
    expect(await child.exited, child.errors).toBe(0);
    const symbols = child.output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).symbol);
    expect(symbols).toEqual(expect.arrayContaining([...run.simulator.symbols]));
  });

  it("ends quietly when its reader goes away", async () => {
    const child = new Child(
      "bash",
      ["-c", `set -o pipefail; '${process.execPath}' ${IMS} trades ${run.simulator.symbols[0]} | head -n 1`],
      { IGGY_URL: run.brokerUrl },
    );
    expect(await child.exited).toBe(0);
    expect(child.errors).toBe("");
    expect(child.output.trim().split("\n")).toHaveLength(1);
  });

  it("logs out on Ctrl-C and exits 0", async () => {
    const child = ims("trades", run.simulator.symbols[0]!);
    await child.printed(/"type":"trade"/);
    child.kill("SIGINT");
    expect(await child.exited).toBe(0);
  });
});

describe("the ims command given something wrong", { timeout: 60_000 }, () => {
  it("suggests near symbols", async () => {
    const child = ims("trades", "BTCUSTD", "--count", "1");
    expect(await child.exited).toBe(1);
    expect(child.errors).toContain("BTCUSDT");
  });

  it("says which service to start when none answers", async () => {
    const child = ims("trades", "BTCUSDT", "--exchange", "binanceusdmarginfuture", "--count", "1");
    expect(await child.exited).toBe(1);
    expect(child.errors).toContain("nx run binance-usd-future:serve");
  });

  it("suggests near exchanges and resolutions", async () => {
    const exchange = ims("trades", "BTCUSDT", "--exchange", "binancespto");
    expect(await exchange.exited).toBe(2);
    expect(exchange.errors).toContain("binancespot");
    const resolution = ims("bars", "BTCUSDT", "1minute");
    expect(await resolution.exited).toBe(2);
    expect(resolution.errors).toContain("1m");
  });

  it("says what to do when no broker answers", async () => {
    const child = Child.node(IMS, ["trades", "BTCUSDT"], { IGGY_URL: "iggy://iggy:iggy@127.0.0.1:1" });
    expect(await child.exited).toBe(1);
    expect(child.errors).toMatch(/127\.0\.0\.1:1/);
    expect(child.errors).toMatch(/IGGY_URL/);
  });
});
