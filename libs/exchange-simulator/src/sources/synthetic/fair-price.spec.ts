import { expect, it } from "vitest";
import { instrumentFromRow } from "../../binance/markets/instrument.js";
import { type FairPrice, withFairPrice } from "./fair-price.js";
import { MarketEvent } from "./market-event.js";
import { MatchingWalk } from "./matching-walk.js";

const START_MICROS = 1_700_000_000_000_000;
const fairPrice: FairPrice = (symbol, micros) =>
  symbol === "FREE" ? undefined : 60_000 + 8 * Math.sin((micros - START_MICROS) / 60e6);

function walkOf(symbol: string, tick: string, seed: number): MatchingWalk {
  const row = { symbol, base: "BTC", quote: "USDT", tick, price: 83_000, quantityScale: 6 };
  const listed = instrumentFromRow({ ...row, medianQuantity: 0.01, weight: 1 });
  const { instrument, ...fair } = withFairPrice(listed, START_MICROS, fairPrice);
  const options = {
    ...fair,
    seed,
    startMicros: START_MICROS,
    tradesPerSecond: 20,
    bookUpdatesPerOrder: 3,
    bookLevels: 60,
    idsHaveHoles: false,
    unusualShare: 0,
    liquidationShare: 0,
  };
  return new MatchingWalk(instrument, options, new Map());
}

it("keeps two venues with one fair price together: seldom crossed, and never far apart", () => {
  const fine = walkOf("BTCUSDT", "0.01", 1);
  const coarse = walkOf("btcusdt", "0.1", 2);
  const event = new MarketEvent();
  let crossedCount = 0;
  const steps = 20_000;
  for (let step = 0; step < steps; step++) {
    const walk = fine.nextMicros <= coarse.nextMicros ? fine : coarse;
    walk.next(event);
    const bids = [fine.book.bids.bestPrice / 100, coarse.book.bids.bestPrice / 10] as const;
    const asks = [fine.book.asks.bestPrice / 100, coarse.book.asks.bestPrice / 10] as const;
    const fair = fairPrice("BTCUSDT", event.eventMicros)!;
    for (const price of [...bids, ...asks]) expect(Math.abs(price - fair)).toBeLessThan(fair * 5e-4);
    if (Math.max(...bids) >= Math.min(...asks)) crossedCount++;
  }
  expect(crossedCount).toBeLessThan(steps / 100);
});

it("leaves a symbol without a fair price at its own start", () => {
  expect(walkOf("FREE", "0.01", 1).book.bids.bestPrice).toBe(8_300_000);
});
