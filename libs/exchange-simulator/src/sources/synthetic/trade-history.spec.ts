import { describe, expect, it } from "vitest";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import { SPOT } from "../../binance/markets/spot.js";
import { USD_FUTURE } from "../../binance/markets/usd-future.js";
import { aggregateRuns, TakerOrder } from "./taker-order.js";
import { TradeHistory } from "./trade-history.js";
import { TradeWalk } from "./trade-walk.js";

const startMicros = 1_700_000_000_000_000;
const btc = SPOT.instruments(0)[0]!;

interface Print {
  id: number;
  aggregateId: number;
  micros: number;
  price: number;
  quantity: number;
  origin: string;
}

function prints(order: TakerOrder): Print[] {
  const runs = aggregateRuns(order);
  return Array.from({ length: order.fillCount }, (_, fill) => ({
    id: order.firstTradeId + fill,
    aggregateId: runs.find((run) => fill >= run.from && fill < run.to)?.aggregateId ?? -1,
    micros: order.eventMicros,
    price: order.prices[fill]!,
    quantity: order.quantities[fill]!,
    origin: order.origin,
  }));
}

function walked(instrument: SimulatedInstrument, orders: number, unusualShare = 0) {
  const make = () => new TradeWalk(instrument, 7, startMicros, 100, unusualShare);
  const live = make();
  const history = new TradeHistory(live, make());
  const order = new TakerOrder();
  const all: Print[] = [];
  for (let count = 0; count < orders; count++) {
    history.beforeOrder();
    live.next(order);
    all.push(...prints(order));
  }
  return { all, history };
}

describe("TradeWalk", () => {
  it("gives consecutive ids, rising times, whole ticks and both sides at about the wanted rate", () => {
    for (const instrument of [...SPOT.instruments(0), ...USD_FUTURE.instruments(0)]) {
      const { all } = walked(instrument, 3000);
      expect(all.every(({ id }, index) => id === all[0]!.id + index)).toBe(true);
      expect(all.every(({ micros }, index) => index === 0 || micros >= all[index - 1]!.micros)).toBe(true);
      expect(all.every(({ price }) => price > 0 && price % instrument.tickUnits === 0)).toBe(true);
      expect(all.every(({ quantity }) => Number.isInteger(quantity) && quantity > 0)).toBe(true);
      const aggregateIds = [...new Set(all.map(({ aggregateId }) => aggregateId))];
      expect(aggregateIds.every((id, index) => id === aggregateIds[0]! + index)).toBe(true);
      expect(new Set(all.map(({ price }) => price)).size).toBeGreaterThan(5);
    }
    const { all } = walked(btc, 30_000);
    const seconds = (all[all.length - 1]!.micros - startMicros) / 1e6;
    expect(all.length / seconds).toBeGreaterThan(80);
    expect(all.length / seconds).toBeLessThan(125);
  });

  it("stays in a believable range for a long time", () => {
    const order = new TakerOrder();
    const walk = new TradeWalk(btc, 3, startMicros, 100, 0);
    let buys = 0;
    for (let count = 0; count < 200_000; count++) {
      walk.next(order);
      if (!order.buyerIsMaker) buys++;
      if (order.bid < btc.startPriceUnits / 3.1 || order.bid > btc.startPriceUnits * 3)
        throw new Error("left");
      if (order.bid >= order.ask) throw new Error("crossed");
    }
    expect(buys).toBeGreaterThan(60_000);
    expect(buys).toBeLessThan(140_000);
  });

  it("never trades at rate 0", () => {
    expect(new TradeWalk(btc, 1, startMicros, 0, 0).nextMicros).toBe(Number.POSITIVE_INFINITY);
  });

  it("prints unusual trades only where asked for, without aggregate ids", () => {
    const { all } = walked(USD_FUTURE.instruments(0)[0]!, 5000, 0.05);
    const unusual = all.filter(({ origin }) => origin !== "MARKET");
    expect(new Set(unusual.map(({ origin }) => origin))).toEqual(new Set(["NA", "INSURANCE_FUND", "ADL"]));
    expect(unusual.every(({ aggregateId }) => aggregateId === -1)).toBe(true);
    expect(
      unusual.filter(({ origin }) => origin === "NA").every(({ price, quantity }) => price + quantity === 0),
    ).toBe(true);
    expect(all.every(({ id }, index) => id === all[0]!.id + index)).toBe(true);
  });
});

describe("TradeHistory", () => {
  const { all, history } = walked(btc, 2000);
  const order = new TakerOrder();
  const from = (start: Parameters<TradeHistory["visit"]>[0]) => {
    const found: Print[] = [];
    history.visit(start, order, () => {
      found.push(...prints(order));
      return found.length < 50;
    });
    return found;
  };

  it("gives any stretch again as it was", () => {
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
    const wanted = all[1234]!;
    expect(from({ aggregateId: wanted.aggregateId }).some(({ id }) => id === wanted.id)).toBe(true);
    expect(from({ eventMicros: wanted.micros })[0]!.micros).toBe(wanted.micros);
    expect(from({ eventMicros: all[all.length - 1]!.micros + 1 })).toEqual([]);
    expect(from({ tradeId: 0 })[0]).toEqual(all[0]);
  });
});
