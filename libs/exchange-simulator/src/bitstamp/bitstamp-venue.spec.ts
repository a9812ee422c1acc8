import { SimulatedClock } from "@ims/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VenueSocket } from "../binance/in-process/in-process-socket.js";
import { type InProcessBitstamp, openBitstampVenue } from "./open-bitstamp-venue.js";

interface Frame {
  readonly event: string;
  readonly channel: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Book {
  readonly microtimestamp: string;
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

describe("the simulated Bitstamp", () => {
  let clock = new SimulatedClock();
  let venue: InProcessBitstamp;
  let frames: Frame[] = [];
  let texts: string[] = [];
  let closes: number[] = [];

  beforeEach(() => {
    clock = new SimulatedClock();
    venue = openBitstampVenue({ clock, tradesPerSecond: 10, bookLagMillis: 500 });
    frames = [];
    texts = [];
    closes = [];
  });

  afterEach(() => venue.close());

  async function dial(): Promise<VenueSocket> {
    const socket = venue.dial("wss://ws.bitstamp.net", 1 << 20, {
      onOpen() {},
      onMessage(bytes) {
        const text = Buffer.from(bytes).toString();
        texts.push(text);
        try {
          frames.push(JSON.parse(text) as Frame);
        } catch {}
      },
      onSign() {},
      onError() {},
      onRefused() {},
      onClosed: (code) => closes.push(code),
    });
    await clock.advance(0);
    return socket;
  }

  async function ask(socket: VenueSocket, event: string, channel: string): Promise<void> {
    socket.send(JSON.stringify({ event: `bts:${event}`, data: { channel } }));
    await clock.advance(0);
  }

  async function get<T>(path: string): Promise<T> {
    const { body, status } = await venue.request("GET", `/api/v2${path}`);
    expect(status).toBe(200);
    return JSON.parse(body) as T;
  }

  it("answers each message, also for pairs that do not exist, and refuses what it cannot read", async () => {
    const socket = await dial();
    await ask(socket, "subscribe", "live_trades_nosuch");
    await ask(socket, "unsubscribe", "live_trades_nosuch");
    await ask(socket, "subscribe", "private-my_orders_btcusd-7");
    await ask(socket, "subscribe", "");
    socket.send("{");
    socket.send('{"event":"bts:heartbeat"}');
    await clock.advance(0);
    expect(frames).toEqual([
      { event: "bts:subscription_succeeded", channel: "live_trades_nosuch", data: {} },
      { event: "bts:unsubscription_succeeded", channel: "live_trades_nosuch", data: {} },
      { event: "bts:error", channel: "", data: { code: 4009, message: "Connection is unauthorized." } },
      { event: "bts:error", channel: "", data: { code: null, message: "Bad subscription string." } },
      { event: "bts:error", channel: "", data: { code: null, message: "Incorrect JSON format." } },
      { event: "bts:heartbeat", channel: "", data: { status: "success" } },
    ]);
    expect(venue.truth.heartbeatCount).toBe(1);
  });

  it("prints trades as the venue does, with rising ids that all spot pairs share", async () => {
    const socket = await dial();
    await ask(socket, "subscribe", "live_trades_btcusd");
    await ask(socket, "subscribe", "live_trades_ethusd");
    await clock.advance(20_000);
    const trades = frames.filter(({ event }) => event === "trade");
    expect(Object.keys(trades[0]!.data)).toEqual([
      "id",
      "timestamp",
      "amount",
      "amount_str",
      "price",
      "price_str",
      "type",
      "microtimestamp",
      "buy_order_id",
      "sell_order_id",
    ]);
    const ids = trades.map(({ data }) => Number(data.id));
    expect(ids).toEqual([...ids].sort((left, right) => left - right));
    expect(new Set(trades.map(({ channel }) => channel)).size).toBe(2);
    const listed = await get<{ tid: string }[]>("/transactions/btcusd/?time=hour");
    const own = trades
      .filter(({ channel }) => channel === "live_trades_btcusd")
      .map(({ data }) => String(data.id));
    expect(listed.map(({ tid }) => tid).reverse()).toEqual(own);
    expect(venue.truth.trades("btcusd", 0, Number.MAX_SAFE_INTEGER)).toHaveLength(own.length);
  });

  it("pushes changes that carry an old book of REST to the present one", async () => {
    const socket = await dial();
    await ask(socket, "subscribe", "diff_order_book_ethusd");
    await clock.advance(3000);
    const base = await get<Book>("/order_book/ethusd/?group=1");
    await clock.advance(10_000);
    const { asks, bids, micros } = venue.truth.book("ethusd");
    const levels = { bids: new Map(base.bids), asks: new Map(base.asks) };
    let last = 0;
    let removals = 0;
    for (const { data } of frames.filter(({ event }) => event === "data")) {
      const diff = data as unknown as Book;
      expect(Number(diff.microtimestamp)).toBeGreaterThan(last);
      last = Number(diff.microtimestamp);
      if (last <= Number(base.microtimestamp)) continue;
      for (const side of ["bids", "asks"] as const) {
        for (const [price, amount] of diff[side]) {
          if (Number(amount) !== 0) levels[side].set(price, amount);
          else {
            expect(amount).toBe("0.00000000");
            removals++;
            levels[side].delete(price);
          }
        }
      }
    }
    expect([last, removals > 0]).toEqual([micros, true]);
    const sorted = (side: ReadonlyMap<string, string>, sign: number) =>
      [...side].sort(([left], [right]) => sign * (Number(left) - Number(right)));
    expect(sorted(levels.bids, -1)).toEqual(bids);
    expect(sorted(levels.asks, 1)).toEqual(asks);
  });

  it("has old books, slow answers and refusals on request", async () => {
    await clock.advance(8000);
    venue.inject({ fault: "stale-book", lagMillis: 5000, forMillis: 1000 });
    const old = await get<Book>("/order_book/btcusd/");
    expect(Number(old.microtimestamp)).toBeLessThanOrEqual(clock.nowMicros() - 5_000_000);
    await clock.advance(1000);
    const fresh = await get<Book>("/order_book/btcusd/");
    expect(Number(fresh.microtimestamp)).toBeGreaterThan(clock.nowMicros() - 1_500_000);
    venue.inject({ fault: "slow-rest", millis: 700, forMillis: 1000 });
    let isAnswered = false;
    const slow = get("/markets/").then(() => {
      isAnswered = true;
    });
    await clock.advance(699);
    expect(isAnswered).toBe(false);
    await clock.advance(1);
    await slow;
    await clock.advance(1000);
    venue.inject({ fault: "refuse-rest", status: 403, forMillis: 1000 });
    expect((await venue.request("GET", "/api/v2/markets/")).status).toBe(403);
    await clock.advance(1000);
    expect((await venue.request("GET", "/api/v2/order_book/nosuch/")).status).toBe(404);
  });

  it("goes silent, drops, doubles and breaks frames, asks to reconnect, and cuts", async () => {
    const socket = await dial();
    await ask(socket, "subscribe", "live_trades_btcusd");
    venue.inject({ fault: "duplicate", channel: "live_trades_", count: 1 });
    venue.inject({ fault: "malform", channel: "live_trades_", count: 1 });
    venue.inject({ fault: "drop", channel: "live_trades_", count: 2 });
    await clock.advance(5000);
    const made = venue.truth.trades("btcusd", 0, Number.MAX_SAFE_INTEGER).map(({ tradeId }) => tradeId);
    const seen = frames.filter(({ event }) => event === "trade").map(({ data }) => Number(data.id));
    expect(seen).toEqual([made[0], made[0], ...made.slice(4)]);
    expect(texts.length - frames.length).toBe(1);
    venue.inject({ fault: "mute", channel: "live_trades_" });
    await clock.advance(5000);
    expect(frames.filter(({ event }) => event === "trade")).toHaveLength(seen.length);
    await ask(socket, "subscribe", "live_trades_btcusd");
    await clock.advance(5000);
    expect(frames.filter(({ event }) => event === "trade").length).toBeGreaterThan(seen.length);
    venue.inject({ fault: "request-reconnect", closeAfterMillis: 1000 });
    expect(frames.at(-1)).toEqual({ event: "bts:request_reconnect", channel: "", data: "" });
    await clock.advance(1000);
    expect(closes).toEqual([1001]);
    await dial();
    venue.inject({ fault: "cut" });
    await clock.advance(0);
    expect([closes, venue.truth.connectionCount]).toEqual([[1001, 1006], 0]);
  });

  it("lists spot pairs and perpetuals, the older list spot alone", async () => {
    const markets = await get<{ market_symbol: string; trading: string }[]>("/markets/");
    expect(markets.map(({ market_symbol }) => market_symbol)).toEqual(venue.truth.symbols);
    expect(markets.at(-1)!.trading).toBe("Disabled");
    const pairs = await get<{ url_symbol: string }[]>("/trading-pairs-info/");
    expect(pairs.map(({ url_symbol }) => url_symbol)).toEqual(
      venue.truth.symbols.filter((symbol) => !symbol.endsWith("-perp")),
    );
  });

  it("gives equal markets for equal seeds", async () => {
    const other = openBitstampVenue({ clock, tradesPerSecond: 10 });
    await clock.advance(10_000);
    const [left, right] = [venue, other].map(({ truth }) =>
      truth.trades("btcusd", 0, Number.MAX_SAFE_INTEGER),
    );
    expect(left!.map(({ price, quantity }) => [price, quantity])).toEqual(
      right!.map(({ price, quantity }) => [price, quantity]),
    );
    await other.close();
  });

  it("leaves no timer when it is closed", async () => {
    await dial();
    venue.inject({ fault: "request-reconnect" });
    await venue.close();
    expect([clock.pendingTimerCount, venue.truth.connectionCount]).toEqual([0, 0]);
    await expect(venue.request("GET", "/api/v2/markets/")).rejects.toThrow(/closed/);
  });
});
