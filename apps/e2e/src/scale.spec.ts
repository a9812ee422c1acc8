import { describe, expect, it } from "vitest";
import { Child } from "./support/child.js";

interface ScaleFigures {
  readonly symbols: number;
  readonly state: {
    readonly tradeCount: number;
    readonly topCount: number;
    readonly connectionCount: number;
  };
  readonly framesSent: number;
  /** What is missing or wrong, in sentences. */
  readonly faults: readonly string[];
}

/** The scale measurement in small: the market in one process, the integration with a counting sink in another. */
async function runScale(market: object): Promise<{ code: number | string; figures: ScaleFigures }> {
  const options = { seed: 11, bookUpdatesPerOrder: 1, warmUpSeconds: 0, seconds: 1, ...market };
  const run = Child.node("bench/binance-scale/main.mjs", ["--short", JSON.stringify(options)]);
  const code = await run.exited;
  if (run.output === "") throw new Error(run.errors);
  return { code, figures: JSON.parse(run.output) as ScaleFigures };
}

describe("trades and tops of many symbols at once", () => {
  it("all arrive, over as many connections as the venue's limit asks for", { timeout: 60_000 }, async () => {
    const { code, figures } = await runScale({ symbols: 600, tradesPerSecond: 3000 });
    const { connectionCount, topCount, tradeCount } = figures.state;
    expect(figures.faults).toEqual([]);
    expect(code).toBe(0);
    expect(connectionCount).toBe(2);
    expect(tradeCount).toBeGreaterThan(500);
    expect(topCount).toBeGreaterThan(100);
    expect(tradeCount + topCount).toBe(figures.framesSent);
  });

  it("one record that gets lost on the way is noticed", { timeout: 60_000 }, async () => {
    const rule = { fault: "drop", stream: "btcusdt@bookTicker", skip: 5, count: 1 };
    const { code, figures } = await runScale({
      symbols: 20,
      tradesPerSecond: 500,
      faults: { rules: [rule] },
    });
    expect(code).toBe(1);
    expect(figures.faults).toEqual([`${figures.framesSent} frames sent, ${figures.framesSent - 1} records`]);
  });
});
