import { type FairPrice, withFairPrice } from "../sources/synthetic/fair-price.js";
import { MarketEvent } from "../sources/synthetic/market-event.js";
import { MatchingWalk } from "../sources/synthetic/matching-walk.js";
import type { BookSide } from "../sources/synthetic/order-book.js";
import type { BitstampPair } from "./bitstamp-pairs.js";

/** One fill; price and quantity in the units of the instrument. */
export interface PairTrade {
  readonly tradeId: number;
  readonly price: number;
  readonly quantity: number;
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
  readonly startMicros: number;
  readonly tradesPerSecond: number;
  readonly bookLevels: number;
  /** Gives out the ids of trades: one rising counter for all spot markets. */
  readonly nextTradeId: () => number;
  readonly fairPrice?: FairPrice | undefined;
}

/** So many trades can be listed. */
const TRADES_MAX = 100_000;
/** Books of the last seconds, for REST answers that lag. */
const PAST_BOOKS_MAX = 100;

/** One market of the simulated venue: the matching engine, its trades, and what changed in its book. */
export class PairMarket {
  readonly #walk: MatchingWalk;
  readonly #event = new MarketEvent();
  readonly #changed = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  readonly #past: BookPart[] = [];
  #trades: PairTrade[] = [];
  #bookMicros: number;

  constructor(
    readonly pair: BitstampPair,
    private readonly options: PairMarketOptions,
  ) {
    const { bookLevels, fairPrice, seed, startMicros, tradesPerSecond } = options;
    const { instrument, ...fair } = withFairPrice(pair.instrument, startMicros, fairPrice);
    this.#walk = new MatchingWalk(
      instrument,
      {
        ...fair,
        seed,
        startMicros,
        tradesPerSecond: pair.isEnabled ? tradesPerSecond : 0,
        bookUpdatesPerOrder: 4,
        bookLevels,
        idsHaveHoles: false,
        unusualShare: 0,
        liquidationShare: 0,
      },
      new Map(),
    );
    this.#bookMicros = startMicros;
    this.#past.push(this.book());
  }

  get symbol(): string {
    return this.pair.instrument.symbol;
  }

  get trades(): readonly PairTrade[] {
    return this.#trades;
  }

  /** Lets everything happen up to this time; the trades that were made. */
  advance(nowMicros: number): PairTrade[] {
    const made: PairTrade[] = [];
    const event = this.#event;
    while (this.#walk.nextMicros <= nowMicros) {
      this.#walk.next(event);
      for (let at = 0; at < event.changeCount; at++) {
        const side = event.changeIsBid[at] ? this.#changed.bids : this.#changed.asks;
        side.set(event.changePrices[at]!, event.changeQuantities[at]!);
      }
      const micros = Math.floor(event.eventMicros / 1000) * 1000;
      for (let at = 0; at < event.fillCount; at++) {
        made.push({
          tradeId: this.options.nextTradeId(),
          price: event.prices[at]!,
          quantity: event.quantities[at]!,
          micros,
          isSell: event.buyerIsMaker,
        });
      }
    }
    this.#trades.push(...made);
    if (this.#trades.length > 2 * TRADES_MAX) this.#trades = this.#trades.slice(-TRADES_MAX);
    return made;
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
    this.#past.push(this.book());
    if (this.#past.length > PAST_BOOKS_MAX) this.#past.shift();
    return change;
  }

  /** The whole book behind the last change that was taken. */
  book(): BookPart {
    const { asks, bids } = this.#walk.book;
    return { micros: this.#bookMicros, bids: levelsOf(bids), asks: levelsOf(asks) };
  }

  /** The last book that is not younger than this, or the oldest that is kept. */
  bookBefore(micros: number): BookPart {
    return this.#past.findLast((book) => book.micros <= micros) ?? this.#past[0]!;
  }
}

function levelsOf(side: BookSide): Level[] {
  return side.prices.map((price, at): Level => [price, side.quantities[at]!]).reverse();
}
