import type { BarMessage, TradeMessage } from "ims-client";
import { describe, expect, it } from "vitest";
import { startMarketRun } from "./support/market-run.js";

describe("a synthetic market through the whole system", () => {
  it.each(["spot", "usd-future", "coin-future"] as const)(
    "%s: trades equal what the market traded, bars arrive at the resolution asked for",
    { timeout: 60_000 },
    async (market) => {
      const run = await startMarketRun(market, { kind: "synthetic", seed: 7, tradesPerSecond: 2000 });
      try {
        const client = await run.connectClient();
        await client.login();
        const [symbol] = run.simulator.symbols;
        await client.startTradeData(symbol!);
        await client.startOhlcvData(symbol!, "1m");
        const trades: TradeMessage[] = [];
        const bars: BarMessage[] = [];
        for await (const message of client.messages()) {
          if (message.type === "trade") trades.push(message);
          else if (message.type === "bar") bars.push(message);
          if (trades.length >= 500 && bars.length >= 1) break;
        }
        const truth = run.simulator.truth(symbol!, {
          fromTradeId: trades[0]!.tradeId,
          toTradeId: trades.at(-1)!.tradeId,
        });
        expect(trades.length).toBe(truth.tradeCount);
        expect(sumAt(trades, truth.quantityScale)).toBe(truth.quantitySum);
        expect(bars.every((bar) => bar.symbol === symbol && bar.resolution === "1m")).toBe(true);
      } finally {
        await run.close();
      }
    },
  );
});

function sumAt(trades: readonly TradeMessage[], scale: number): bigint {
  return trades.reduce((sum, trade) => sum + trade.quantity.rescale(scale).mantissa, 0n);
}
