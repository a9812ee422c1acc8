import { type Clock, sleep, type TimerHandle } from "@ims/common";
import type { Upgrade } from "../binance/venue.js";
import { fail } from "../errors/simulator-errors.js";
import type { FairPrice } from "../sources/synthetic/fair-price.js";
import { BitstampBroadcast } from "./bitstamp-broadcast.js";
import { BitstampConnection } from "./bitstamp-connection.js";
import { type BitstampFault, FaultBoard } from "./bitstamp-faults.js";
import { bookBody, controlFrame, printUnits } from "./bitstamp-frames.js";
import { type BitstampPair, bitstampPairs } from "./bitstamp-pairs.js";
import { answerRest, type BitstampAnswer, json } from "./bitstamp-rest.js";
import { MarketPublisher } from "./market-publisher.js";
import { type OrderFields, ordersBody } from "./orders/order-frames.js";
import { PairMarket } from "./pair-market.js";

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
  /** Markets that there are. Default: all of {@link bitstampPairs}. */
  readonly pairs?: readonly BitstampPair[];
  /** What messages of `live_orders` hold. Default "2026"; those of "2023" have no chain of events. */
  readonly orderFields?: OrderFields;
  /** How late messages of `live_orders` are by their own times; measured was about 570. Default 0. */
  readonly orderLagMillis?: number;
}

/** Rows of a book as text, best first: price and amount, and for single orders the id. */
export interface BitstampBook {
  readonly micros: number;
  readonly bids: string[][];
  readonly asks: string[][];
}

/** A trade with its decimals as text. */
export interface BitstampTrade {
  readonly tradeId: number;
  readonly price: string;
  readonly quantity: string;
}

const TICK_MILLIS = 50;
const FIRST_SPOT_ID = 500_000_000;
/** Perpetuals count in another range. */
const FIRST_PERPETUAL_ID = 2_000_000;
const CLOSE_AFTER_MILLIS = 20_000;

/** A simulated Bitstamp without a way to reach it: a port or sockets within the process stand in front. */
export class BitstampVenue {
  readonly #options: BitstampVenueOptions;
  readonly #markets = new Map<string, PairMarket>();
  readonly #publishers: MarketPublisher[] = [];
  readonly #faults = new FaultBoard();
  readonly #broadcast: BitstampBroadcast;
  readonly #closing = new AbortController();
  readonly #timers = new Set<TimerHandle>();
  #spotId = FIRST_SPOT_ID;
  #perpetualId = FIRST_PERPETUAL_ID;
  #tickCount = 0;

  constructor(options: BitstampVenueOptions) {
    this.#options = options;
    const { bookLevels = 60, clock, fairPrice, seed = 1, tradesPerSecond = 3 } = options;
    const { orderFields = "2026", orderLagMillis = 0, pairs = bitstampPairs() } = options;
    this.#broadcast = new BitstampBroadcast(clock, this.#faults);
    for (const [at, pair] of pairs.entries()) {
      const nextTradeId = pair.isPerpetual ? () => ++this.#perpetualId : () => ++this.#spotId;
      const startMicros = clock.nowMicros();
      const market = new PairMarket(pair, {
        seed,
        market: at,
        marketCount: pairs.length,
        startMicros,
        tradesPerSecond,
        bookLevels,
        nextTradeId,
        fairPrice,
      });
      this.#markets.set(market.symbol, market);
      this.#publishers.push(new MarketPublisher(market, this.#broadcast, { orderFields, orderLagMillis }));
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
    return this.#broadcast.connections.size;
  }

  /** Heartbeats of clients on the connections that are up. */
  get heartbeatCount(): number {
    return [...this.#broadcast.connections].reduce((sum, { heartbeatCount }) => sum + heartbeatCount, 0);
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
  book(symbol: string): BitstampBook {
    const market = this.#market(symbol);
    const past = market.bookBefore(Number.POSITIVE_INFINITY);
    const { asks, bids } = bookBody(market.pair, past);
    return { micros: past.micros, bids, asks };
  }

  /**
   * Every resting order behind the last frames of `live_orders`, which leave every 50 ms: up to 50 ms younger than
   * {@link book}. Those frames may be late.
   *
   * @throws ImsError `simulator.unknown-symbol`
   */
  orders(symbol: string): BitstampBook {
    const market = this.#market(symbol);
    const snapshot = market.orders();
    const { asks, bids } = ordersBody(market.pair, snapshot, true);
    return { micros: snapshot.micros, bids, asks };
  }

  /** Does something wrong, at once. */
  inject(rule: BitstampFault): void {
    switch (rule.fault) {
      case "cut":
        for (const connection of [...this.#broadcast.connections]) connection.cut();
        return;
      case "request-reconnect":
        this.#requestReconnect(rule.closeAfterMillis ?? CLOSE_AFTER_MILLIS);
        return;
      case "mute":
        for (const connection of this.#broadcast.connections) connection.mute(rule.channel);
        return;
      case "drop":
      case "duplicate":
      case "malform":
      case "garble":
      case "swap":
        this.#faults.frames.add(rule);
        return;
      default:
        this.#faults.addTimed(rule, this.#options.clock.monotonicMillis());
    }
  }

  /** Any path is taken, as by the venue. */
  upgrade(): Upgrade {
    return {
      accept: (peer) => {
        const connection = new BitstampConnection(
          peer,
          (gone) => this.#broadcast.connections.delete(gone),
          (channel, joined) => {
            for (const publisher of this.#publishers) publisher.greet(channel, joined);
          },
        );
        this.#broadcast.connections.add(connection);
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
    for (const connection of [...this.#broadcast.connections]) connection.cut();
  }

  #market(symbol: string): PairMarket {
    const market = this.#markets.get(symbol);
    if (!market) throw fail("simulator.unknown-symbol", `there is no market ${symbol}`);
    return market;
  }

  #tick(): void {
    const nowMicros = this.#options.clock.nowMicros();
    this.#tickCount++;
    for (const publisher of this.#publishers) publisher.tick(nowMicros, this.#tickCount);
    this.#later(TICK_MILLIS, () => this.#tick());
  }

  #requestReconnect(closeAfterMillis: number): void {
    const leaving = [...this.#broadcast.connections];
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
