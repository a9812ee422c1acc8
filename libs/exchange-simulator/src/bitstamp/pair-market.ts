import { type FairPrice, withFairPrice } from "../sources/synthetic/fair-price.js";
import { MarketEvent } from "../sources/synthetic/market-event.js";
import { MatchingWalk } from "../sources/synthetic/matching-walk.js";
import type { BookSide } from "../sources/synthetic/order-book.js";
import { seedFor } from "../sources/synthetic/seeded-random.js";
import type { BitstampPair } from "./bitstamp-pairs.js";
import type { OrderEvent, OrderMatch, OrderSnapshot } from "./orders/live-order.js";
import { OrderLedger } from "./orders/order-ledger.js";

/** Two orders that met; price and quantity in the units of the instrument. */
export interface PairTrade extends OrderMatch {
  readonly tradeId: number;
  /** Whole milliseconds, in microseconds. */
  readonly micros: number;
  readonly isSell: boolean;
}

type Level = readonly [price: number, quantity: number];

/** Levels in the units of the instrument, best first; quantity 0 removes one. */
export interface BookPart {
  readonly micros: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface PairMarketOptions {
  readonly seed: number;
  /** The number of the market at its venue, below their count. */
  readonly market: number;
  readonly marketCount: number;
  readonly startMicros: number;
  readonly tradesPerSecond: number;
  readonly bookLevels: number;
  /** Gives out the ids of trades: one rising counter for all spot markets. */
  readonly nextTradeId: () => number;
  readonly fairPrice?: FairPrice | undefined;
}

/** Orders that a fill of the engine meets on the average, each of which is a trade; measured. */
const ORDERS_PER_FILL = 1.44;
/** So many trades can be listed. */
const TRADES_MAX = 100_000;
/** Books of the last seconds, for REST answers that lag. */
const PAST_BOOKS_MAX = 100;

/** What happened since the last step, each list in the order in which it happened. */
export interface MarketStep {
  readonly trades: readonly PairTrade[];
  readonly orders: readonly OrderEvent[];
}

/** The book and the orders behind one push. */
interface PastBook {
  readonly book: BookPart;
  readonly orders: OrderSnapshot;
}

/** One market of the simulated venue: the matching engine, its trades, its orders, and what changed in its book. */
export class PairMarket {
  readonly #walk: MatchingWalk;
  readonly #event = new MarketEvent();
  readonly #changed = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  readonly #past: PastBook[] = [];
  readonly #ledger: OrderLedger;
  #trades: PairTrade[] = [];
  #bookMicros: number;
  #stepMicros: number;

  constructor(
    readonly pair: BitstampPair,
    private readonly options: PairMarketOptions,
  ) {
    const { bookLevels, fairPrice, market, marketCount, seed, startMicros, tradesPerSecond } = options;
    const { instrument, ...fair } = withFairPrice(pair.instrument, startMicros, fairPrice);
    this.#walk = new MatchingWalk(
      instrument,
      {
        ...fair,
        seed,
        startMicros,
        tradesPerSecond: pair.isEnabled ? tradesPerSecond / ORDERS_PER_FILL : 0,
        bookUpdatesPerOrder: 4,
        bookLevels,
        idsHaveHoles: false,
        unusualShare: 0,
        liquidationShare: 0,
      },
      new Map(),
    );
    this.#ledger = new OrderLedger(this.#walk.book, {
      seed: seedFor(seed, `${instrument.symbol} orders`),
      startMicros,
      market,
      marketCount,
      isPerpetual: pair.isPerpetual,
    });
    this.#bookMicros = startMicros;
    this.#stepMicros = startMicros;
    this.#keepPast();
  }

  get symbol(): string {
    return this.pair.instrument.symbol;
  }

  get trades(): readonly PairTrade[] {
    return this.#trades;
  }

  /**
   * Lets everything happen up to the whole millisecond before this time. Events carry the whole millisecond behind
   * them: what is in a book carries at most the book's time, and what comes later carries more.
   */
  advance(nowMicros: number): MarketStep {
    const made: PairTrade[] = [];
    const event = this.#event;
    const untilMicros = Math.floor(nowMicros / 1000) * 1000;
    this.#stepMicros = Math.max(this.#stepMicros, untilMicros);
    while (this.#walk.nextMicros <= untilMicros) {
      this.#walk.next(event);
      for (let at = 0; at < event.changeCount; at++) {
        const side = event.changeIsBid[at] ? this.#changed.bids : this.#changed.asks;
        side.set(event.changePrices[at]!, event.changeQuantities[at]!);
      }
      const micros = Math.ceil(event.eventMicros / 1000) * 1000;
      for (const match of this.#ledger.apply(event, micros))
        made.push({ ...match, tradeId: this.options.nextTradeId(), micros, isSell: event.buyerIsMaker });
    }
    this.#trades.push(...made);
    if (this.#trades.length > 2 * TRADES_MAX) this.#trades = this.#trades.slice(-TRADES_MAX);
    return { trades: made, orders: this.#ledger.takeEvents() };
  }

  /** What changed since the last call, with the microtimestamp of now; undefined for nothing. */
  takeChange(nowMicros: number): BookPart | undefined {
    const { asks, bids } = this.#changed;
    if (bids.size + asks.size === 0) return undefined;
    this.#bookMicros = Math.max(this.#bookMicros + 1, nowMicros);
    const change: BookPart = {
      micros: this.#bookMicros,
      bids: [...bids].sort(([left], [right]) => right - left),
      asks: [...asks].sort(([left], [right]) => left - right),
    };
    bids.clear();
    asks.clear();
    this.#keepPast();
    return change;
  }

  /** The whole book behind the last change that was taken. */
  book(): BookPart {
    const { asks, bids } = this.#walk.book;
    return { micros: this.#bookMicros, bids: levelsOf(bids), asks: levelsOf(asks) };
  }

  /** Every resting order, behind the last event that {@link advance} gave out. */
  orders(): OrderSnapshot {
    return this.#ledger.snapshot(this.#stepMicros);
  }

  /** The last book that is not younger than this, or the oldest that is kept. */
  bookBefore(micros: number): BookPart {
    return this.#pastBefore(micros).book;
  }

  /** The orders of {@link bookBefore}. */
  ordersBefore(micros: number): OrderSnapshot {
    return this.#pastBefore(micros).orders;
  }

  #pastBefore(micros: number): PastBook {
    return this.#past.findLast(({ book }) => book.micros <= micros) ?? this.#past[0]!;
  }

  #keepPast(): void {
    this.#past.push({ book: this.book(), orders: this.#ledger.snapshot(this.#bookMicros) });
    if (this.#past.length > PAST_BOOKS_MAX) this.#past.shift();
  }
}

function levelsOf(side: BookSide): Level[] {
  return side.prices.map((price, at): Level => [price, side.quantities[at]!]).reverse();
}
