import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openVenue, routed, unitsOf, VenueClient } from "../../spec-support/venue-client.js";
import type { BinanceMarketName } from "../markets/market.js";
import type { BookTruth } from "../simulator.js";

type Levels = [string, string][];
interface Diff {
  U: number;
  u: number;
  pu: number;
  b: Levels;
  a: Levels;
}
interface Trade {
  t: number;
  T: number;
  p: string;
  q: string;
  m: boolean;
  X?: string;
}
interface Aggregate {
  a: number;
  f: number;
  l: number;
  p: string;
  q: string;
}
interface Top {
  u: number;
  b: string;
  B: string;
  a: string;
  A: string;
}

const SUBJECT = { spot: "btcusdt", "usd-future": "btcusdt", "coin-future": "btcusd_perp" } as const;
const REST = { spot: "/api/v3", "usd-future": "/fapi/v1", "coin-future": "/dapi/v1" } as const;
const markets = fc.constantFrom<BinanceMarketName>("spot", "usd-future", "coin-future");

/** A book as a client keeps it, by the venue's documented rules and decimals as text. */
class ClientBook {
  readonly bids = new Map<string, string>();
  readonly asks = new Map<string, string>();
  lastUpdateId: number;

  constructor(snapshot: { lastUpdateId: number; bids: Levels; asks: Levels }) {
    this.lastUpdateId = snapshot.lastUpdateId;
    this.put(snapshot.bids, snapshot.asks);
  }

  put(bids: Levels, asks: Levels): void {
    for (const [side, levels] of [
      [this.bids, bids],
      [this.asks, asks],
    ] as const) {
      for (const [price, quantity] of levels) {
        if (Number(quantity) === 0) side.delete(price);
        else side.set(price, quantity);
      }
    }
  }

  levels(truth: BookTruth) {
    const side = (levels: Map<string, string>, sign: 1 | -1) =>
      [...levels]
        .map(([price, quantity]): [number, number] => [
          Number(unitsOf(price, truth.priceScale)),
          Number(unitsOf(quantity, truth.quantityScale)),
        ])
        .sort((x, y) => sign * (x[0] - y[0]));
    return { bids: side(this.bids, -1), asks: side(this.asks, 1) };
  }
}

function follow(market: BinanceMarketName, book: ClientBook, diffs: readonly Diff[]): number {
  let applied = 0;
  for (const diff of diffs) {
    const spot = market === "spot";
    if (spot ? diff.u <= book.lastUpdateId : diff.u < book.lastUpdateId) continue;
    if (applied === 0) {
      const joins = spot
        ? diff.U <= book.lastUpdateId + 1 && book.lastUpdateId + 1 <= diff.u
        : (diff.U <= book.lastUpdateId && book.lastUpdateId <= diff.u) || diff.pu === book.lastUpdateId;
      if (!joins) throw new Error(`the first event ${diff.U}..${diff.u} does not join ${book.lastUpdateId}`);
    } else if (spot ? diff.U !== book.lastUpdateId + 1 : diff.pu !== book.lastUpdateId) {
      throw new Error(`event ${diff.U}..${diff.u} does not follow ${book.lastUpdateId}`);
    }
    book.put(diff.b, diff.a);
    book.lastUpdateId = diff.u;
    applied++;
  }
  return applied;
}

describe("a simulated market keeps the venue's invariants", () => {
  it("trade and aggregate ids follow each other, and all say the same as the truth", async () => {
    await fc.assert(
      fc.asyncProperty(markets, fc.nat(0xffffffff), async (market, seed) => {
        const { venue, clock, connect } = await openVenue(market, {
          seed,
          unusualTradeShare: market === "spot" ? 0 : 0.03,
        });
        const subject = SUBJECT[market];
        const trades = await connect(routed(market, "public", `/ws/${subject}@trade`));
        const aggregates = await connect(routed(market, "market", `/ws/${subject}@aggTrade`));
        await clock.advance(5000);
        const list = trades.parsed<Trade>();
        const truth = venue.trades(subject.toUpperCase(), list[0]!.t, list[list.length - 1]!.t);
        const { priceScale, quantityScale } = venue.truth(subject.toUpperCase());
        expect(truth.map(({ tradeId }) => tradeId)).toEqual(list.map(({ t }) => t));
        truth.forEach((trade, index) => {
          const sent = list[index]!;
          if (sent.t !== list[0]!.t + index) throw new Error("trade ids have a hole");
          expect(unitsOf(sent.p, priceScale)).toBe(BigInt(trade.price));
          expect(unitsOf(sent.q, quantityScale)).toBe(BigInt(trade.quantity));
          expect(sent.m).toBe(trade.buyerIsMaker);
          expect(sent.X ?? "MARKET").toBe(trade.origin);
        });
        const rows = aggregates.parsed<Aggregate>();
        rows.forEach((row, index) => {
          if (row.a !== rows[0]!.a + index) throw new Error("aggregate ids have a hole");
          const parts = truth.filter(({ tradeId }) => tradeId >= row.f && tradeId <= row.l);
          expect(parts.every(({ aggregateId }) => aggregateId === row.a)).toBe(true);
          expect(unitsOf(row.q, quantityScale)).toBe(
            parts.reduce((sum, { quantity }) => sum + BigInt(quantity), 0n),
          );
        });
        await venue.close();
        expect(clock.pendingTimerCount).toBe(0);
      }),
      { numRuns: 12 },
    );
  });

  it("depth chains, snapshots join it, and the book equals the truth and never crosses", async () => {
    await fc.assert(
      fc.asyncProperty(markets, fc.nat(0xffffffff), fc.nat(4), async (market, seed, speed) => {
        const speeds = market === "spot" ? ["", "@100ms"] : ["", "@100ms", "@500ms", "@0ms"];
        const suffix = speeds[speed % speeds.length]!;
        const { venue, clock, connect, get } = await openVenue(market, { seed });
        const subject = SUBJECT[market];
        const symbol = subject.toUpperCase();
        const client = await connect(routed(market, "public", `/ws/${subject}@depth${suffix}`));
        await clock.advance(1777);
        const snapshot = await get(`${REST[market]}/depth?symbol=${symbol}&limit=1000`);
        await clock.advance(6000);
        const book = new ClientBook(snapshot);
        expect(follow(market, book, client.parsed<Diff>())).toBeGreaterThan(3);
        const truth = venue.book(symbol, book.lastUpdateId)!;
        expect(truth.updateId).toBe(book.lastUpdateId);
        expect(book.levels(truth)).toEqual({ bids: truth.bids, asks: truth.asks });
        expect(truth.bids[0]![0]).toBeLessThan(truth.asks[0]![0]);
        // Each change takes an id of its own, so no event can name more levels than it has ids.
        for (const { U, u, b, a } of client.parsed<Diff>()) {
          if (b.length + a.length > u - U + 1)
            throw new Error(`${U}..${u} repeats levels that did not change`);
        }
        const sent = venue.deliveries().find(({ stream }) => stream.includes("@depth"))!;
        expect(sent.frameCount).toBe(client.frames.length);
        await venue.close();
      }),
      { numRuns: 16 },
    );
  });

  it("bookTicker and partial depth show the book at their id", async () => {
    for (const market of ["spot", "usd-future", "coin-future"] as const) {
      const { venue, clock, connect } = await openVenue(market);
      const subject = SUBJECT[market];
      const symbol = subject.toUpperCase();
      const top = await connect(routed(market, "public", `/ws/${subject}@bookTicker`));
      const partial = await connect(routed(market, "public", `/ws/${subject}@depth5@100ms`));
      await clock.advance(1000);
      const { priceScale, quantityScale } = venue.truth(symbol);
      const pair = (price: string, quantity: string) => [
        Number(unitsOf(price, priceScale)),
        Number(unitsOf(quantity, quantityScale)),
      ];
      expect(top.frames.length).toBeGreaterThan(5);
      const tops = top.parsed<Top>().map(({ b, B, a, A }) => `${b} ${B} ${a} ${A}`);
      expect(tops.every((each, at) => at === 0 || each !== tops[at - 1])).toBe(true);
      for (const { u, b, B, a, A } of top.parsed<Top>()) {
        const book = venue.book(symbol, u)!;
        expect([pair(b, B), pair(a, A)]).toEqual([book.bids[0], book.asks[0]]);
      }
      expect(partial.frames.length).toBeGreaterThan(3);
      interface Partial {
        lastUpdateId?: number;
        u?: number;
        bids?: Levels;
        b?: Levels;
      }
      for (const frame of partial.parsed<Partial>()) {
        const book = venue.book(symbol, frame.lastUpdateId ?? frame.u!)!;
        const bids = (frame.bids ?? frame.b!).map(([price, quantity]) => pair(price, quantity));
        expect(bids).toEqual(book.bids.slice(0, 5));
      }
      await venue.close();
    }
  });

  it("klines, REST rows and tickers equal the trades", async () => {
    await fc.assert(
      fc.asyncProperty(markets, fc.nat(0xffffffff), async (market, seed) => {
        const { venue, clock, connect, get } = await openVenue(market, { seed, tradesPerSecond: 20 });
        const subject = SUBJECT[market];
        const symbol = subject.toUpperCase();
        const client = await connect(routed(market, "market", `/ws/${subject}@kline_1m`));
        await clock.advance(200_000);
        interface Kline {
          k: { t: number; n: number; v: string; f: number; L: number; x: boolean; c: string };
        }
        const closed = client.parsed<Kline>().filter(({ k }) => k.x && k.t >= clock.startMicros / 1000);
        expect(closed.length).toBeGreaterThanOrEqual(2);
        const { quantityScale, priceScale } = venue.truth(symbol);
        for (const { k } of closed) {
          const bar = venue.bars(symbol, "1m", k.t, k.t)[0]!;
          const trades = venue.trades(symbol, k.f, k.L);
          expect([bar.tradeCount, bar.firstTradeId, bar.lastTradeId]).toEqual([k.n, k.f, k.L]);
          expect(trades.length).toBe(k.n);
          expect(trades.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(bar.volume);
          expect(unitsOf(k.v, quantityScale)).toBe(BigInt(bar.volume));
        }
        const ticker = [await get(`${REST[market]}/ticker/24hr?symbol=${symbol}`)].flat()[0];
        const bars = venue.bars(symbol, "1m", ticker.openTime, ticker.closeTime);
        expect(ticker.count).toBe(bars.reduce((sum, { tradeCount }) => sum + tradeCount, 0));
        expect(unitsOf(ticker.volume, quantityScale)).toBe(
          bars.reduce((sum, { volume }) => sum + BigInt(volume), 0n),
        );
        expect(unitsOf(ticker.highPrice, priceScale)).toBe(
          BigInt(Math.max(...bars.filter(({ tradeCount }) => tradeCount > 0).map(({ high }) => high))),
        );
        expect(unitsOf(ticker.lowPrice, priceScale)).toBe(
          BigInt(Math.min(...bars.filter(({ tradeCount }) => tradeCount > 0).map(({ low }) => low))),
        );
        expect([ticker.firstId, ticker.lastId]).toEqual([
          bars.find(({ tradeCount }) => tradeCount > 0)!.firstTradeId,
          bars.findLast(({ tradeCount }) => tradeCount > 0)!.lastTradeId,
        ]);
        await venue.close();
      }),
      { numRuns: 9 },
    );
  });

  it("moves the 24 h window along", async () => {
    const { venue, clock, get } = await openVenue("spot", {
      tradesPerSecond: 0.5,
      symbols: 1,
      timerMillis: 60_000,
    });
    for (let hour = 0; hour < 60; hour += 7) {
      const ticker = await get("/api/v3/ticker/24hr?symbol=BTCUSDT");
      const bars = venue.bars("BTCUSDT", "1m", ticker.openTime, ticker.closeTime);
      expect(bars).toHaveLength(1441);
      expect(ticker.count).toBe(bars.reduce((sum, { tradeCount }) => sum + tradeCount, 0));
      const traded = bars.filter(({ tradeCount }) => tradeCount > 0);
      expect(unitsOf(ticker.highPrice, 2)).toBe(BigInt(Math.max(...traded.map(({ high }) => high))));
      expect(unitsOf(ticker.lowPrice, 2)).toBe(BigInt(Math.min(...traded.map(({ low }) => low))));
      expect(unitsOf(ticker.quoteVolume, 7)).toBe(bars.reduce((sum, bar) => sum + bar.quoteVolume, 0n));
      await clock.advance(7 * 3_600_000);
    }
    await venue.close();
  });

  it("answers a client that asks from within a frame", async () => {
    const { venue, clock } = await openVenue("spot");
    const asked: Promise<{ text: string; body: string }>[] = [];
    const client = new VenueClient(venue, clock, "/ws/btcusdt@bookTicker/btcusdt@depth@100ms", (text) => {
      const { u, b } = JSON.parse(text) as { u: number; b: unknown };
      const book = venue.book("BTCUSDT")!;
      // The market stands where this frame left it; a frame of depth comes later than its last change.
      if (typeof b === "string") expect(book.updateId).toBe(u);
      asked.push(
        venue.request("GET", "/api/v3/depth?symbol=BTCUSDT&limit=5").then(({ body }) => ({ text, body })),
      );
    });
    await clock.advance(3000);
    expect(client.frames.length).toBeGreaterThan(50);
    for (const { text, body } of await Promise.all(asked)) {
      const { u, b } = JSON.parse(text) as { u: number; b: unknown };
      const { lastUpdateId, bids } = JSON.parse(body) as { lastUpdateId: number; bids: Levels };
      expect(lastUpdateId).toBe(u);
      if (typeof b === "string") expect(bids[0]![0]).toBe(b);
    }
    await venue.close();
  });

  it("pushes the top of every futures symbol on !bookTicker every 5 s", async () => {
    const { venue, clock, connect } = await openVenue("usd-future");
    const client = await connect("/public/ws/!bookTicker");
    await clock.advance(20_000);
    interface Row {
      s: string;
      E: number;
      u: number;
      b: string;
      st: number;
    }
    const rows = client.parsed<Row>();
    expect(new Set(rows.map(({ E }) => E % 5000))).toEqual(new Set([0]));
    const own = rows.filter(({ s, st }) => s === "BTCUSDT" && st === 1);
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const { u, b } of own) {
      expect(unitsOf(b, 2)).toBe(BigInt(venue.book("BTCUSDT", u)!.bids[0]![0]));
    }
    await venue.close();
  });

  it("sends the same to everybody, whoever else follows, and the same again for the same seed", async () => {
    const session = async (others: string[]) => {
      const { venue, clock, connect } = await openVenue("spot", { seed: 5 });
      for (const path of others) await connect(path);
      const clients: VenueClient[] = [];
      for (const path of ["/ws/ethusdt@trade", "/ws/ethusdt@depth@100ms", "/ws/!miniTicker@arr"]) {
        clients.push(await connect(path));
      }
      await clock.advance(3000);
      await venue.close();
      return clients.map(({ frames }) => frames);
    };
    const alone = await session([]);
    expect(alone.every((frames) => frames.length > 1)).toBe(true);
    expect(await session(["/ws/btcusdt@trade", "/ws/solusdt@bookTicker"])).toEqual(alone);
  });

  it("serves 3,000 symbols, and lists, delists and halts them while running", async () => {
    const { venue, clock, connect } = await openVenue("usd-future", { symbols: 3000, tradesPerSecond: 3000 });
    const marks = await connect("/market/ws/!markPrice@arr@1s");
    const changes = await connect("/market/ws/!contractInfo");
    const fresh = await connect("/public/ws/newusdt@trade");
    const halted = await connect("/public/ws/btcusdt@trade");
    await clock.advance(1500);
    interface Mark {
      s: string;
      st: number;
    }
    const tick = marks.parsed<Mark[]>();
    expect(tick.length).toBeGreaterThan(3);
    // One of the built-in contracts is being settled.
    expect(tick.flat().filter(({ st }) => st === 1)).toHaveLength(2999);
    expect(new Set(tick.flat().map(({ st }) => st))).toEqual(new Set([1, 2]));
    const ethBefore = venue.truth("ETHUSDT");
    venue.inject({ fault: "list", symbol: "NEWUSDT", atMillis: 2000 });
    venue.inject({ fault: "status", symbol: "BTCUSDT", status: "SETTLING", atMillis: 2000 });
    venue.inject({ fault: "delist", symbol: "ETHUSDT", atMillis: 2000 });
    await clock.advance(500);
    const before = halted.frames.length;
    expect(before).toBeGreaterThan(0);
    await clock.advance(5000);
    expect(halted.frames).toHaveLength(before);
    expect(fresh.frames.length).toBeGreaterThan(0);
    expect(changes.parsed<{ s: string; cs: string }>().map(({ s, cs }) => [s, cs])).toEqual([
      ["NEWUSDT", "TRADING"],
      ["BTCUSDT", "SETTLING"],
      ["ETHUSDT", "CLOSE"],
    ]);
    expect(venue.symbols).toContain("NEWUSDT");
    expect(venue.symbols).not.toContain("ETHUSDT");
    const { lastTradeId } = ethBefore;
    venue.inject({ fault: "list", symbol: "ETHUSDT", atMillis: 7500 });
    await clock.advance(3000);
    const again = venue.truth("ETHUSDT");
    expect(again.firstTradeId).toBe(ethBefore.firstTradeId);
    expect(again.lastTradeId).toBeGreaterThan(lastTradeId);
    venue.inject({ fault: "status", symbol: "BTCUSDT", status: "TRADING", atMillis: 11_000 });
    await clock.advance(4000);
    const ids = halted.parsed<{ t: number }>().map(({ t }) => t);
    expect(ids.length).toBeGreaterThan(before);
    expect(ids.every((id, index) => id === ids[0]! + index)).toBe(true);
    await venue.close();
  });
});
