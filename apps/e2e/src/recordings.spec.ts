import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BinanceMarketName } from "@ims/exchange-simulator";
import type { TradeMessage } from "ims-client";
import { describe, expect, inject, it } from "vitest";
import { canonical, totalsOf } from "./support/exact-sums.js";
import { startMarketRun } from "./support/market-run.js";

const sharedDir = inject("sharedDir");
const recordings = join(sharedDir, "exchanges/recordings");

/** Sessions of the recordings, by their names in expectations.json. */
const SESSIONS: readonly (readonly [string, BinanceMarketName, string])[] = [
  ["spot-btcusdt-202408", "spot", "BTCUSDT"],
  ["usdm-btcusdt-20240808", "usd-future", "BTCUSDT"],
  ["usdm-btcusdt-202304", "usd-future", "BTCUSDT"],
  ["coinm-btcusd_perp-202408", "coin-future", "BTCUSD_PERP"],
];

interface ExpectedTrades {
  readonly n: number;
  readonly baseQty: string;
  readonly quote: string;
  readonly firstId: string;
  readonly lastId: string;
}

function expectationOf(session: string, symbol: string) {
  const all = JSON.parse(readFileSync(join(recordings, "expectations.json"), "utf8"));
  const { files, trades } = all[session] as { files: string[]; trades: Record<string, ExpectedTrades> };
  return {
    files: files.map((file) => join(recordings, file)),
    regular: trades[`${symbol}|trade`]!,
    unusual: trades[`${symbol}|non-MARKET trade`],
  };
}

describe.skipIf(!sharedDir)("recorded sessions through the whole system", () => {
  it.each(SESSIONS)(
    "%s: every trade once, in order, exact",
    { timeout: 120_000 },
    async (session, market, symbol) => {
      const expected = expectationOf(session, symbol);
      const count = expected.regular.n + (expected.unusual?.n ?? 0);
      const run = await startMarketRun(market, { kind: "recording", files: expected.files, speed: "max" });
      try {
        const client = await run.connectClient();
        await client.login();
        await client.startTradeData(symbol);
        const received: TradeMessage[] = [];
        for await (const trade of client.trades()) {
          received.push(trade);
          if (received.length === count) break;
        }
        await run.simulator.finished;

        const ids = received.map((trade) => trade.tradeId);
        expect(ids, "consecutive ids: nothing lost, doubled or out of order").toEqual(
          ids.map((_, index) => ids[0]! + index),
        );
        expect(new Set(received.map((trade) => trade.symbol))).toEqual(new Set([symbol]));
        const totals = totalsOf(received.filter((trade) => trade.kind === "regular"));
        expect(totals).toEqual({
          n: expected.regular.n,
          baseQty: canonical(expected.regular.baseQty),
          quote: canonical(expected.regular.quote),
          firstId: expected.regular.firstId,
          lastId: expected.regular.lastId,
        });
        if (expected.unusual) {
          const unusual = received.filter((trade) => trade.kind !== "regular");
          expect(unusual.map((trade) => [trade.kind, trade.price.toString(), String(trade.tradeId)])).toEqual(
            [["insurance-fund", canonical("28722.50"), expected.unusual.firstId]],
          );
        }
      } finally {
        await run.close();
      }
    },
  );
});
