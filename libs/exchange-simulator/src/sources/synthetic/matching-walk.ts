import type { TradeOrigin } from "../../binance/frames/trade-frames.js";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import { FairBounds, type FairUnits } from "./fair-price.js";
import { FILLS_MAX, type MarketEvent } from "./market-event.js";
import { type BookSide, type BookState, OrderBook } from "./order-book.js";
import { OrderPace } from "./order-pace.js";
import { type RandomState, SeededRandom, seedFor } from "./seeded-random.js";

/** What decides how one symbol walks, besides its instrument. */
export interface WalkOptions {
  readonly seed: number;
  readonly startMicros: number;
  /** Average of prints; 0 for a symbol in which nothing ever happens. */
  readonly tradesPerSecond: number;
  /** Makers' orders per taker order. */
  readonly bookUpdatesPerOrder: number;
  /** Levels per side around which the book's depth settles. */
  readonly bookLevels: number;
  /** Futures: update ids are counted over the whole engine, so a symbol's own have holes. */
  readonly idsHaveHoles: boolean;
  /** Shares of taker orders, 0 to 1. */
  readonly unusualShare: number;
  readonly liquidationShare: number;
  /** The price that orders follow: no bid rests above it and no ask below. Absent: a weak pull to the start price. */
  readonly fairUnits?: FairUnits;
}

/** A step from outside into the walk, taken before the event of its number; history takes it again. */
export interface Intervention {
  /** Trade ids that are never given out. */
  readonly skipTradeIds?: number;
  /** The event is a print of this origin, outside the book. */
  readonly print?: Exclude<TradeOrigin, "MARKET">;
  /** The event happens at this instant instead of its own. */
  readonly atMicros?: number;
}

/** Everything that decides the rest of a walk; kept as checkpoints of the history. */
export interface WalkState {
  readonly random: RandomState;
  readonly nextMicros: number;
  readonly eventCount: number;
  readonly nextTradeId: number;
  readonly nextAggregateId: number;
  readonly bookUpdateId: number;
  readonly bursting: boolean;
  readonly book: BookState;
}

const NEXT_FILL = 0.35;
const FILLS_PER_ORDER = 1 / (1 - NEXT_FILL);
/** Typical distance of neighbouring levels over the price. */
const LEVEL_GAP_OF_PRICE = 1e-6;
/** Takers leave at least so many levels. */
const LEVELS_KEPT = 5;
const LEVELS_MIN = 20;
/** Around a fair price orders rest within about so many usual distances of levels. */
const FAIR_GAPS = 12;
const ID_HOLE_MAX = 30;

/**
 * The matching engine of one symbol: orders at random gaps with bursts, takers that take from the book and makers that
 * fill it again. The next event depends on the saved state alone, so any stretch can be produced again.
 */
export class MatchingWalk {
  /** When the next event happens, microseconds since 1970; infinite when nothing ever does. */
  nextMicros: number;
  nextTradeId: number;
  nextAggregateId: number;
  bookUpdateId: number;
  /** Events so far. */
  eventCount = 0;
  readonly #random: SeededRandom;
  readonly #pace: OrderPace;
  readonly #takerShare: number;
  readonly #gapTicks: number;
  readonly #quantityMax: number;
  readonly #levelsMin: number;
  readonly #levelsMax: number;
  readonly #priceMax: number;
  readonly #book = new OrderBook();
  #filled = false;
  readonly #fair: FairBounds;

  /** @param interventions by the number of the event before which they are taken; shared by the walks of a symbol */
  constructor(
    private readonly instrument: SimulatedInstrument,
    private readonly options: WalkOptions,
    private readonly interventions: ReadonlyMap<number, Intervention>,
  ) {
    this.#random = new SeededRandom(seedFor(options.seed, instrument.symbol));
    const eventsPerOrder = 1 + options.bookUpdatesPerOrder;
    this.#takerShare = 1 / eventsPerOrder;
    this.#pace = new OrderPace(((1e6 / options.tradesPerSecond) * FILLS_PER_ORDER) / eventsPerOrder);
    const { startPriceUnits: start, tickUnits: tick } = instrument;
    this.#gapTicks = Math.max(1, Math.floor((start / tick) * LEVEL_GAP_OF_PRICE));
    this.#fair = new FairBounds(tick, this.#gapTicks, options.fairUnits);
    this.#priceMax = start * 6;
    // Keeps price × quantity of one fill below 2^51.
    this.#quantityMax = Math.max(1, Math.floor(2 ** 51 / this.#priceMax));
    this.#levelsMin = Math.max(LEVELS_MIN, Math.floor(options.bookLevels * 0.8));
    this.#levelsMax = Math.max(LEVELS_MIN + 5, Math.ceil(options.bookLevels * 1.2));
    this.nextTradeId = 1_000_000_000 + (this.#random.next() % 1_000_000_000);
    this.nextAggregateId = 400_000_000 + (this.#random.next() % 400_000_000);
    this.bookUpdateId = 10_000_000_000 + this.#random.next();
    this.nextMicros = options.startMicros + this.#pace.gap(this.#random);
  }

  /** The book as it is now; not to be changed by the caller. */
  get book(): OrderBook {
    if (!this.#filled) this.#fillBook();
    return this.#book;
  }

  /** Produces the event due at {@link nextMicros} and draws when the one after it happens. */
  next(event: MarketEvent): void {
    const random = this.#random;
    const { bids, asks } = this.book;
    const intervention = this.interventions.size > 0 ? this.interventions.get(this.eventCount) : undefined;
    if (intervention?.atMicros !== undefined) this.nextMicros = intervention.atMicros;
    if (intervention?.skipTradeIds !== undefined) this.nextTradeId += intervention.skipTradeIds;
    event.eventMicros = this.nextMicros;
    event.sendMicros = this.nextMicros + 300 + Math.floor(random.unit() * 2500);
    event.firstTradeId = this.nextTradeId;
    event.firstAggregateId = this.nextAggregateId;
    event.fillCount = 0;
    event.changeCount = 0;
    event.liquidation = false;
    event.origin = "MARKET";
    const { bestPrice: bid, bestQuantity: bidQuantity } = bids;
    const { bestPrice: ask, bestQuantity: askQuantity } = asks;
    // Leans back towards the start price, so that a long run stays in a believable range.
    const start = this.instrument.startPriceUnits;
    const lean = Math.min(0.2, Math.max(-0.2, (start - bid) / start));
    event.buyerIsMaker = random.unit() >= 0.5 + lean;
    this.#fair.follow(event.eventMicros);
    // What rests beyond the fair price is taken before anything else happens.
    const isOff = this.#fair.isBeyond(bids) || this.#fair.isBeyond(asks);
    if (isOff) event.buyerIsMaker = this.#fair.isBeyond(bids);
    if (intervention?.print !== undefined) this.#print(event, intervention.print);
    else if (isOff || random.unit() < this.#takerShare) this.#takerOrder(event);
    else this.#makerOrder(event);
    this.eventCount++;
    this.nextTradeId += event.fillCount;
    event.bookUpdateId = this.bookUpdateId;
    event.bid = bids.bestPrice;
    event.bidQuantity = bids.bestQuantity;
    event.ask = asks.bestPrice;
    event.askQuantity = asks.bestQuantity;
    event.topChanged =
      event.bid !== bid ||
      event.ask !== ask ||
      event.bidQuantity !== bidQuantity ||
      event.askQuantity !== askQuantity;
    this.nextMicros += this.#pace.gap(this.#random);
  }

  save(): WalkState {
    return {
      random: this.#random.save(),
      nextMicros: this.nextMicros,
      eventCount: this.eventCount,
      nextTradeId: this.nextTradeId,
      nextAggregateId: this.nextAggregateId,
      bookUpdateId: this.bookUpdateId,
      bursting: this.#pace.bursting,
      book: this.book.save(),
    };
  }

  restore(state: WalkState): void {
    this.#random.restore(state.random);
    this.nextMicros = state.nextMicros;
    this.eventCount = state.eventCount;
    this.nextTradeId = state.nextTradeId;
    this.nextAggregateId = state.nextAggregateId;
    this.bookUpdateId = state.bookUpdateId;
    this.#pace.bursting = state.bursting;
    this.#filled = true;
    this.#book.restore(state.book);
  }

  #takerOrder(event: MarketEvent): void {
    const random = this.#random;
    if (this.options.unusualShare > 0 && random.unit() < this.options.unusualShare) {
      const draw = random.unit();
      this.#print(event, draw < 0.7 ? "NA" : draw < 0.9 ? "INSURANCE_FUND" : "ADL");
      return;
    }
    const side = event.buyerIsMaker ? this.#book.bids : this.#book.asks;
    if (side.length <= LEVELS_KEPT) {
      this.#makerOrder(event);
      return;
    }
    let fills = 0;
    let levels = 0;
    let lastPrice = 0;
    do {
      const price = side.bestPrice;
      const resting = side.bestQuantity;
      const isWhole = random.unit() < 0.3 || this.#fair.isBeyond(side);
      const taken = isWhole ? resting : Math.min(resting, this.#quantity());
      event.prices[fills] = price;
      event.quantities[fills] = taken;
      fills++;
      if (price !== lastPrice) levels++;
      lastPrice = price;
      this.#change(event, side, price, resting - taken);
    } while (
      fills < FILLS_MAX &&
      side.length > LEVELS_KEPT &&
      (random.unit() < NEXT_FILL || this.#fair.isBeyond(side))
    );
    event.fillCount = fills;
    event.liquidation = this.options.liquidationShare > 0 && random.unit() < this.options.liquidationShare;
    this.nextAggregateId += levels;
  }

  /** Adds, changes or takes back resting orders near the top; now and then the far end is trimmed or filled up. */
  #makerOrder(event: MarketEvent): void {
    const random = this.#random;
    const { bids, asks } = this.#book;
    const start = this.instrument.startPriceUnits;
    const lean = Math.min(0.1, Math.max(-0.1, (start - bids.bestPrice) / start));
    const side = random.unit() < 0.5 + lean ? bids : asks;
    const tick = this.instrument.tickUnits;
    const isThin = side.length < this.#levelsMin;
    if (isThin && !this.#fair.isGiven) {
      const beyond = side.prices[0]! - side.direction * tick * (1 + this.#distance(2));
      if (beyond >= tick && beyond <= this.#priceMax) this.#change(event, side, beyond, this.#quantity());
      return;
    }
    // A book that follows a price is filled up near it, or its levels would stay behind.
    const draw = isThin ? 1 : random.unit();
    if (draw < 0.7) {
      const at = Math.max(0, side.length - 1 - Math.floor(-Math.log(1 - random.unit()) * 3));
      // What is taken back goes wholly or not at all often enough that levels come and go.
      this.#change(event, side, side.prices[at]!, draw < 0.3 ? 0 : this.#quantity());
      return;
    }
    const price = this.#fair.isGiven
      ? this.#fair.boundOf(side) - side.direction * tick * this.#distance(FAIR_GAPS)
      : (side === bids ? asks : bids).bestPrice - side.direction * tick * (1 + this.#distance(1));
    if (price < tick || price > this.#priceMax) return;
    this.#change(event, side, price, this.#quantity());
    if (side.length > this.#levelsMax) this.#change(event, side, side.prices[0]!, 0);
  }

  /** Insurance fund and ADL print off the market; NA rows carry no price at all. None of them touches the book. */
  #print(event: MarketEvent, origin: Exclude<TradeOrigin, "MARKET">): void {
    const tick = this.instrument.tickUnits;
    const bid = this.#book.bids.bestPrice;
    const away = Math.max(1, Math.round(bid / tick / 50)) * tick;
    event.origin = origin;
    event.fillCount = 1;
    event.prices[0] = origin === "NA" ? 0 : bid + (event.buyerIsMaker ? 0 : away);
    event.quantities[0] = origin === "NA" ? 0 : this.#quantity();
  }

  #change(event: MarketEvent, side: BookSide, price: number, quantity: number): void {
    const before = side.set(price, quantity);
    this.bookUpdateId += this.options.idsHaveHoles ? 1 + (this.#random.next() % ID_HOLE_MAX) : 1;
    event.addChange(this.bookUpdateId, side === this.#book.bids, price, quantity, before);
  }

  /** The book before the first event; drawn apart from the walk, so that it does not matter when it is looked at. */
  #fillBook(): void {
    this.#filled = true;
    const { symbol, startPriceUnits: start, tickUnits: tick } = this.instrument;
    const random = new SeededRandom(seedFor(this.options.seed, `${symbol} book`));
    for (const side of [this.#book.bids, this.#book.asks]) {
      let price = side.direction === 1 ? start : start + tick;
      const prices: number[] = [];
      for (let level = 0; level < Math.max(LEVELS_MIN, this.options.bookLevels); level++) {
        if (price < tick) break;
        prices.push(price);
        price -= side.direction * tick * (1 + Math.floor(random.unit() * 2 * this.#gapTicks));
      }
      for (const each of prices.reverse()) {
        side.prices.push(each);
        side.quantities.push(this.#drawQuantity(random));
      }
    }
  }

  /** Ticks, exponentially spread around the usual distance of levels. */
  #distance(factor: number): number {
    return Math.floor(-Math.log(1 - this.#random.unit()) * this.#gapTicks * factor);
  }

  #quantity(): number {
    return this.#drawQuantity(this.#random);
  }

  /** Near log-normal around the median. */
  #drawQuantity(random: SeededRandom): number {
    const normal = (random.unit() + random.unit() + random.unit() + random.unit() - 2) * 1.7;
    const drawn = Math.round(this.instrument.medianQuantityUnits * Math.exp(1.3 * normal));
    return Math.min(this.#quantityMax, Math.max(1, drawn));
  }
}
