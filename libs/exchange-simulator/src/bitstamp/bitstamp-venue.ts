import { type Clock, sleep, type TimerHandle } from "@ims/common";
import type { Upgrade } from "../binance/venue.js";
import { fail } from "../errors/simulator-errors.js";
import type { FairPrice } from "../sources/synthetic/fair-price.js";
import { BitstampConnection } from "./bitstamp-connection.js";
import { type BitstampFault, FaultBoard } from "./bitstamp-faults.js";
import {
  bookBody,
  bookFrame,
  controlFrame,
  fundingFrame,
  printUnits,
  tradeFrame,
} from "./bitstamp-frames.js";
import { bitstampPairs } from "./bitstamp-pairs.js";
import { answerRest, type BitstampAnswer, json } from "./bitstamp-rest.js";
import { type BookPart, PairMarket } from "./pair-market.js";

export interface BitstampVenueOptions {
  readonly clock: Clock;
  /** Equal seeds give equal markets. Default 1. */
  readonly seed?: number;
  /** Of each market. Default 3. */
  readonly tradesPerSecond?: number;
  /** Levels per side around which books settle. Default 60. */
  readonly bookLevels?: number;
  /** How old books of REST are; recorded were 0.2 to 2.6 s. Default 800. */
  readonly bookLagMillis?: number;
  /** Prices that the markets follow, shared with other venues. Absent: each walks by itself. */
  readonly fairPrice?: FairPrice;
}

/** A trade with its decimals as text. */
export interface BitstampTrade {
  readonly tradeId: number;
  readonly price: string;
  readonly quantity: string;
}

const TICK_MILLIS = 50;
/** Books are pushed in batches (bitstamp.md section 3.3). */
const TICKS_PER_PUSH = 2;
const TICKS_PER_FUNDING = 200;
const DEPTH = 100;
const FIRST_SPOT_ID = 500_000_000;
/** Perpetuals count in another range. */
const FIRST_PERPETUAL_ID = 2_000_000;
const CLOSE_AFTER_MILLIS = 20_000;

/** A simulated Bitstamp without a way to reach it: a port or sockets within the process stand in front. */
export class BitstampVenue {
  readonly #options: BitstampVenueOptions;
  readonly #markets = new Map<string, PairMarket>();
  readonly #connections = new Set<BitstampConnection>();
  readonly #faults = new FaultBoard();
  readonly #closing = new AbortController();
  readonly #timers = new Set<TimerHandle>();
  #spotId = FIRST_SPOT_ID;
  #perpetualId = FIRST_PERPETUAL_ID;
  #tickCount = 0;

  constructor(options: BitstampVenueOptions) {
    this.#options = options;
    const { bookLevels = 60, clock, fairPrice, seed = 1, tradesPerSecond = 3 } = options;
    for (const pair of bitstampPairs()) {
      const nextTradeId = pair.isPerpetual ? () => ++this.#perpetualId : () => ++this.#spotId;
      const startMicros = clock.nowMicros();
      const market = new PairMarket(pair, {
        seed,
        startMicros,
        tradesPerSecond,
        bookLevels,
        nextTradeId,
        fairPrice,
      });
      this.#markets.set(market.symbol, market);
    }
    this.#later(TICK_MILLIS, () => this.#tick());
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  get symbols(): readonly string[] {
    return [...this.#markets.keys()];
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Heartbeats of clients on the connections that are up. */
  get heartbeatCount(): number {
    return [...this.#connections].reduce((sum, { heartbeatCount }) => sum + heartbeatCount, 0);
  }

  /** The newest trade's id, 0 before the first. @throws ImsError `simulator.unknown-symbol` */
  lastTradeId(symbol: string): number {
    return this.#market(symbol).trades.at(-1)?.tradeId ?? 0;
  }

  /** Trades of an inclusive range of ids, in order. @throws ImsError `simulator.unknown-symbol` */
  trades(symbol: string, fromId: number, toId: number): BitstampTrade[] {
    const { pair, trades } = this.#market(symbol);
    return trades
      .filter(({ tradeId }) => tradeId >= fromId && tradeId <= toId)
      .map(({ price, quantity, tradeId }) => ({
        tradeId,
        price: printUnits(price, pair.instrument.priceScale),
        quantity: printUnits(quantity, pair.instrument.quantityScale),
      }));
  }

  /** The book behind the last push, levels as text. @throws ImsError `simulator.unknown-symbol` */
  book(symbol: string): { readonly micros: number; readonly bids: string[][]; readonly asks: string[][] } {
    const market = this.#market(symbol);
    const past = market.bookBefore(Number.POSITIVE_INFINITY);
    const { asks, bids } = bookBody(market.pair, past) as { bids: string[][]; asks: string[][] };
    return { micros: past.micros, bids, asks };
  }

  /** Does something wrong, at once. */
  inject(rule: BitstampFault): void {
    switch (rule.fault) {
      case "cut":
        for (const connection of [...this.#connections]) connection.cut();
        return;
      case "request-reconnect":
        this.#requestReconnect(rule.closeAfterMillis ?? CLOSE_AFTER_MILLIS);
        return;
      case "mute":
        for (const connection of this.#connections) connection.mute(rule.channel);
        return;
      case "drop":
      case "duplicate":
      case "malform":
        this.#faults.addFrameFault(rule);
        return;
      default:
        this.#faults.addRestFault(rule, this.#options.clock.monotonicMillis());
    }
  }

  /** Any path is taken, as by the venue. */
  upgrade(): Upgrade {
    return {
      accept: (peer) => {
        const connection = new BitstampConnection(
          peer,
          (gone) => this.#connections.delete(gone),
          (channel, joined) => this.#greet(channel, joined),
        );
        this.#connections.add(connection);
      },
    };
  }

  /** One REST request. Rejects with `simulator.closed-early` when the venue is closed meanwhile. */
  async request(method: string, url: string): Promise<BitstampAnswer> {
    const { bookLagMillis = 800, clock } = this.#options;
    const nowMillis = clock.monotonicMillis();
    const slow = this.#faults.restFault("slow-rest", nowMillis);
    if (slow) await sleep(clock, slow.millis, this.#closing.signal);
    this.#closing.signal.throwIfAborted();
    const refusal = this.#faults.restFault("refuse-rest", nowMillis);
    if (refusal) return json(refusal.status, { status: "error", reason: "Request limit", code: "400.002" });
    if (method !== "GET") return json(405, { error: "Method not allowed" });
    const lagMillis = this.#faults.restFault("stale-book", nowMillis)?.lagMillis ?? bookLagMillis;
    const nowMicros = clock.nowMicros();
    return answerRest(url, this.#markets, nowMicros, nowMicros - lagMillis * 1000);
  }

  close(): void {
    this.#closing.abort(fail("simulator.closed-early", "the simulator was closed"));
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    for (const connection of [...this.#connections]) connection.cut();
  }

  #market(symbol: string): PairMarket {
    const market = this.#markets.get(symbol);
    if (!market) throw fail("simulator.unknown-symbol", `there is no market ${symbol}`);
    return market;
  }

  #tick(): void {
    const nowMicros = this.#options.clock.nowMicros();
    this.#tickCount++;
    for (const market of this.#markets.values()) {
      const channel = `live_trades_${market.symbol}`;
      for (const trade of market.advance(nowMicros))
        this.#publish(channel, () => tradeFrame(market.pair, trade));
      if (this.#tickCount % TICKS_PER_PUSH === 0) this.#pushBook(market, nowMicros);
      if (market.pair.isPerpetual && this.#tickCount % TICKS_PER_FUNDING === 0)
        this.#publish(`funding_rate_${market.symbol}`, () => this.#funding(market, nowMicros));
    }
    this.#later(TICK_MILLIS, () => this.#tick());
  }

  #pushBook(market: PairMarket, nowMicros: number): void {
    const change = market.takeChange(nowMicros);
    if (!change) return;
    const { pair, symbol } = market;
    const diffs = `diff_order_book_${symbol}`;
    const tops = `order_book_${symbol}`;
    this.#publish(diffs, () => bookFrame(diffs, bookBody(pair, change)));
    this.#publish(tops, () => bookFrame(tops, bookBody(pair, market.book(), DEPTH)));
  }

  #funding(market: PairMarket, nowMicros: number): string {
    const { asks, bids } = market.book();
    return fundingFrame(market.pair, (best(bids) + best(asks)) / 2, nowMicros);
  }

  /** The full book is sent at once to whoever subscribes it. */
  #greet(channel: string, connection: BitstampConnection): void {
    const symbol = channel.replace(/^order_book_/, "");
    const market = symbol === channel ? undefined : this.#markets.get(symbol);
    if (market) connection.send(bookFrame(channel, bookBody(market.pair, market.book(), DEPTH)));
  }

  #publish(channel: string, print: () => string): void {
    let text: string | undefined;
    let fault: ReturnType<FaultBoard["takeFrameFault"]>;
    for (const connection of this.#connections) {
      if (!connection.hears(channel)) continue;
      if (text === undefined) {
        text = print();
        fault = this.#faults.takeFrameFault(channel);
        if (fault === "malform") text = text.slice(0, text.length >> 1);
      }
      if (fault === "drop") continue;
      connection.send(text);
      if (fault === "duplicate") connection.send(text);
    }
  }

  #requestReconnect(closeAfterMillis: number): void {
    const leaving = [...this.#connections];
    for (const connection of leaving) connection.send(controlFrame("bts:request_reconnect", "", ""));
    this.#later(closeAfterMillis, () => {
      for (const connection of leaving) connection.close();
    });
  }

  #later(millis: number, act: () => void): void {
    const timer = this.#options.clock.setTimer(millis, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }
}

function best(side: BookPart["bids"]): number {
  return side[0]?.[0] ?? 0;
}
