import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import { SPOT } from "../../binance/markets/spot.js";
import { USD_FUTURE } from "../../binance/markets/usd-future.js";
import { EventHistory } from "./event-history.js";
import { aggregateRuns, MarketEvent } from "./market-event.js";
import { type Intervention, MatchingWalk, type WalkOptions } from "./matching-walk.js";

const startMicros = 1_700_000_000_000_000;
const btc = SPOT.instruments(0)[0]!;
const btcUsd = USD_FUTURE.instruments(0)[0]!;

interface Print {
  id: number;
  aggregateId: number;
  micros: number;
  price: number;
  quantity: number;
  origin: string;
}

function prints(event: MarketEvent): Print[] {
  const runs = aggregateRuns(event);
  return Array.from({ length: event.fillCount }, (_, fill) => ({
    id: event.firstTradeId + fill,
    aggregateId: runs.find((run) => fill >= run.from && fill < run.to)?.aggregateId ?? -1,
    micros: event.eventMicros,
    price: event.prices[fill]!,
    quantity: event.quantities[fill]!,
    origin: event.origin,
  }));
}

function options(given: Partial<WalkOptions> = {}): WalkOptions {
  return {
    seed: 7,
    startMicros,
    tradesPerSecond: 100,
    bookUpdatesPerOrder: 3,
    bookLevels: 40,
    idsHaveHoles: false,
    unusualShare: 0,
    liquidationShare: 0,
    ...given,
  };
}

function walked(
  instrument: SimulatedInstrument,
  events: number,
  given: Partial<WalkOptions> = {},
  interventions = new Map<number, Intervention>(),
) {
  const make = () => new MatchingWalk(instrument, options(given), interventions);
  const live = make();
  const history = new EventHistory(live, make, 40);
  const event = new MarketEvent();
  const all: Print[] = [];
  const changes: { id: number; bids: [number, number][]; asks: [number, number][] }[] = [];
  const sides = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  for (const side of ["bids", "asks"] as const) {
    const { prices, quantities } = live.book[side];
    for (let at = 0; at < prices.length; at++) sides[side].set(prices[at]!, quantities[at]!);
  }
  for (let count = 0; count < events; count++) {
    history.beforeEvent();
    live.next(event);
    all.push(...prints(event));
    for (let at = 0; at < event.changeCount; at++) {
      const side = event.changeIsBid[at] ? sides.bids : sides.asks;
      if (event.changeQuantities[at] === 0) side.delete(event.changePrices[at]!);
      else side.set(event.changePrices[at]!, event.changeQuantities[at]!);
      if (events > 3000) continue;
      changes.push({
        id: event.changeIds[at]!,
        bids: [...sides.bids].sort((a, b) => a[0] - b[0]),
        asks: [...sides.asks].sort((a, b) => b[0] - a[0]),
      });
    }
  }
  return { all, history, changes, live };
}

describe("MatchingWalk", () => {
  it("gives consecutive ids, rising times, whole ticks and both sides at about the wanted rate", () => {
    for (const instrument of [...SPOT.instruments(0), ...USD_FUTURE.instruments(0)]) {
      const { all } = walked(instrument, 8000);
      expect(all.every(({ id }, index) => id === all[0]!.id + index)).toBe(true);
      expect(all.every(({ micros }, index) => index === 0 || micros >= all[index - 1]!.micros)).toBe(true);
      expect(all.every(({ price }) => price > 0 && price % instrument.tickUnits === 0)).toBe(true);
      expect(all.every(({ quantity }) => Number.isInteger(quantity) && quantity > 0)).toBe(true);
      const aggregateIds = [...new Set(all.map(({ aggregateId }) => aggregateId))];
      expect(aggregateIds.every((id, index) => id === aggregateIds[0]! + index)).toBe(true);
      expect(new Set(all.map(({ price }) => price)).size).toBeGreaterThan(5);
    }
    const { all } = walked(btc, 80_000);
    const seconds = (all[all.length - 1]!.micros - startMicros) / 1e6;
    expect(all.length / seconds).toBeGreaterThan(80);
    expect(all.length / seconds).toBeLessThan(125);
  });

  it("stays in a believable range for a long time, never crossed, and every fill is taken from the book", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.constantFrom(btc, btcUsd), (seed, instrument) => {
        const event = new MarketEvent();
        const given = { seed, unusualShare: instrument === btcUsd ? 0.01 : 0 };
        const walk = new MatchingWalk(instrument, options(given), new Map());
        const { bids, asks } = walk.book;
        let bestBefore = [bids.bestPrice, asks.bestPrice];
        let updateId = walk.bookUpdateId;
        for (let count = 0; count < 5000; count++) {
          walk.next(event);
          if (event.bid < instrument.startPriceUnits / 3 || event.bid > instrument.startPriceUnits * 3) {
            throw new Error("left");
          }
          if (event.bid >= event.ask) throw new Error("crossed");
          if (bids.length < 5 || asks.length < 5) throw new Error("emptied");
          for (let at = 0; at < event.changeCount; at++) {
            if (event.changeIds[at]! <= updateId) throw new Error("update ids do not rise");
            updateId = event.changeIds[at]!;
          }
          if (event.fillCount > 0 && event.origin === "MARKET") {
            if (event.prices[0] !== bestBefore[event.buyerIsMaker ? 0 : 1]) throw new Error("not at the top");
            for (let fill = 0; fill < event.fillCount; fill++) {
              const taken = event.changeBefore[fill]! - event.changeQuantities[fill]!;
              if (event.changePrices[fill] !== event.prices[fill] || taken !== event.quantities[fill]) {
                throw new Error("not taken from the book");
              }
            }
          } else if (event.fillCount > 0 && event.changeCount > 0) {
            throw new Error("a print outside the market touched the book");
          }
          bestBefore = [event.bid, event.ask];
        }
      }),
      { numRuns: 20 },
    );
  });

  it("counts update ids without holes on spot and with holes on the futures", () => {
    const ids = (idsHaveHoles: boolean) => walked(btc, 1000, { idsHaveHoles }).changes.map(({ id }) => id);
    expect(ids(false).every((id, index, all) => index === 0 || id === all[index - 1]! + 1)).toBe(true);
    expect(ids(true).some((id, index, all) => index > 0 && id > all[index - 1]! + 1)).toBe(true);
  });

  it("never trades at rate 0", () => {
    const walk = new MatchingWalk(btc, options({ tradesPerSecond: 0 }), new Map());
    expect(walk.nextMicros).toBe(Number.POSITIVE_INFINITY);
  });

  it("prints unusual trades only where asked for, without aggregate ids", () => {
    const { all } = walked(btcUsd, 12_000, { unusualShare: 0.05 });
    const unusual = all.filter(({ origin }) => origin !== "MARKET");
    expect(new Set(unusual.map(({ origin }) => origin))).toEqual(new Set(["NA", "INSURANCE_FUND", "ADL"]));
    expect(unusual.every(({ aggregateId }) => aggregateId === -1)).toBe(true);
    expect(
      unusual.filter(({ origin }) => origin === "NA").every(({ price, quantity }) => price + quantity === 0),
    ).toBe(true);
    expect(all.every(({ id }, index) => id === all[0]!.id + index)).toBe(true);
  });
});

describe("EventHistory", () => {
  const interventions = new Map<number, Intervention>([
    [900, { skipTradeIds: 7 }],
    [1500, { print: "ADL", atMicros: startMicros + 60_000_000 }],
  ]);
  const { all, history, changes } = walked(btcUsd, 3000, { idsHaveHoles: true }, interventions);
  const event = new MarketEvent();
  const from = (start: Parameters<EventHistory["visit"]>[0]) => {
    const found: Print[] = [];
    history.visit(start, event, () => {
      found.push(...prints(event));
      return found.length < 50;
    });
    return found;
  };

  it("gives any stretch again as it was, interventions included", () => {
    expect(all.filter(({ origin }) => origin === "ADL")).toHaveLength(1);
    expect(all[all.length - 1]!.id - all[0]!.id + 1).toBe(all.length + 7);
    for (const index of [0, 1, 255, 256, 257, 700, all.length - 1]) {
      const wanted = all[index]!;
      const found = from({ tradeId: wanted.id });
      const skipped = found.findIndex(({ id }) => id === wanted.id);
      expect(skipped).toBeGreaterThanOrEqual(0);
      expect(found[0]!.micros).toBe(wanted.micros);
      expect(found.slice(skipped)).toEqual(all.slice(index, index + found.length - skipped));
    }
  });

  it("finds by aggregate id and by instant", () => {
    const wanted = all[800]!;
    expect(from({ aggregateId: wanted.aggregateId }).some(({ id }) => id === wanted.id)).toBe(true);
    expect(from({ eventMicros: wanted.micros })[0]!.micros).toBe(wanted.micros);
    expect(from({ eventMicros: all[all.length - 1]!.micros + 1 })).toEqual([]);
    expect(from({ tradeId: 0 })[0]).toEqual(all[0]);
  });

  it("knows the book after every single change", () => {
    for (let index = 0; index < changes.length; index += 7) {
      const { id, bids, asks } = changes[index]!;
      const at = history.bookAt(id, event)!;
      expect(at.updateId).toBe(id);
      const levels = (side: { prices: number[]; quantities: number[] }) =>
        side.prices.map((price, level) => [price, side.quantities[level]]);
      expect(levels(at.book.bids)).toEqual(bids);
      expect(levels(at.book.asks)).toEqual(asks);
    }
    const last = changes[changes.length - 1]!.id;
    expect(history.bookAt(last + 1, event)).toBeUndefined();
    expect(history.bookAt(changes[0]!.id - 1000, event)).toBeUndefined();
    const [before, after] = [changes[10]!.id, changes[11]!.id];
    if (after > before + 1) expect(history.bookAt(after - 1, event)!.updateId).toBe(before);
  });

  it("forgets nothing however long it gets", () => {
    const { all: long, history: thinned, live } = walked(btc, 300_000);
    for (const index of [0, 1000, Math.floor(long.length / 2), long.length - 1]) {
      const found: Print[] = [];
      thinned.visit({ tradeId: long[index]!.id }, event, () => {
        found.push(...prints(event));
        return false;
      });
      expect(found).toContainEqual(long[index]);
    }
    expect(thinned.bookAt(live.bookUpdateId - 150_000, event)!.updateId).toBe(live.bookUpdateId - 150_000);
  });
});
