import type { SeededRandom } from "../sources/synthetic/seeded-random.js";
import type { DeribitInstrument } from "./deribit-market.js";
import { plain, printed } from "./raw-json.js";

/** A trade that was made. */
export interface DeribitTrade {
  readonly seq: number;
  readonly millis: number;
  readonly direction: "buy" | "sell";
  /** Decimal texts. */
  readonly price: string;
  readonly amount: string;
  /** The row as channels and lists print it. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** A level that is new, has another amount, or is gone. */
export type LevelChange = readonly [action: "new" | "change" | "delete", price: unknown, amount: unknown];

export interface BookChange {
  readonly changeId: number;
  readonly previousId: number;
  readonly bids: readonly LevelChange[];
  readonly asks: readonly LevelChange[];
}

type Side = Map<number, number>;

const DEPTH = 10;
/** Trades that are kept for requests; older ones are not to be had. */
const TRADES_MAX = 50_000;
const QUIET_MILLIS_MAX = 600;

/** Book and trades of one instrument. Prices are whole numbers of ticks, amounts of lots. */
export class SymbolTrading {
  readonly #trades: DeribitTrade[] = [];
  #seq = 0;
  #lastTradeMillis = Number.NEGATIVE_INFINITY;
  #bids: Side = new Map();
  #asks: Side = new Map();
  /** Which form the next number is printed in: apart from what happens, so that readers do not change it. */
  #form = 0;
  changeId = 0;

  constructor(
    readonly instrument: DeribitInstrument,
    private readonly random: SeededRandom,
  ) {}

  get lastSeq(): number {
    return this.#seq;
  }

  /** Kept trades with numbers in the range, both inclusive, in order. */
  trades(fromSeq: number, toSeq: number): readonly DeribitTrade[] {
    const first = this.#trades[0]?.seq ?? 0;
    return this.#trades.slice(Math.max(0, fromSeq - first), Math.max(0, toSeq - first + 1));
  }

  /** All that are kept. */
  get allTrades(): readonly DeribitTrade[] {
    return this.#trades;
  }

  /** Moves the book to around a price. Undefined if nothing changed. @param takeId gives the next change its id */
  move(fairPrice: number, takeId: () => number): BookChange | undefined {
    const middle = Math.max(DEPTH + 2, Math.round(this.#ticksOf(fairPrice)));
    const bids = this.#around(this.#bids, middle, -1);
    const asks = this.#around(this.#asks, middle, 1);
    const changes = { bids: this.#changes(this.#bids, bids), asks: this.#changes(this.#asks, asks) };
    if (changes.bids.length === 0 && changes.asks.length === 0) return undefined;
    this.#bids = bids;
    this.#asks = asks;
    const previousId = this.changeId;
    this.changeId = takeId();
    return { changeId: this.changeId, previousId, ...changes };
  }

  /** Sometimes some trades at the best prices, at least once in 0.6 s. */
  trade(nowMillis: number): readonly DeribitTrade[] {
    const isDue = nowMillis - this.#lastTradeMillis >= QUIET_MILLIS_MAX;
    const count = isDue || this.random.unit() < 0.15 ? 1 + Math.floor(this.random.unit() * 3) : 0;
    const made: DeribitTrade[] = [];
    for (let index = 0; index < count; index++) made.push(this.#make(nowMillis));
    if (this.#trades.length > TRADES_MAX * 2) this.#trades.splice(0, this.#trades.length - TRADES_MAX);
    return made;
  }

  /** Best first. */
  levels(side: "bids" | "asks"): readonly (readonly [price: unknown, amount: unknown])[] {
    const levels = [...(side === "bids" ? this.#bids : this.#asks)];
    levels.sort(([left], [right]) => (side === "bids" ? right - left : left - right));
    return levels.map(([ticks, lots]) => [this.#price(ticks), this.#amount(lots)]);
  }

  #make(nowMillis: number): DeribitTrade {
    const { instrument, random } = this;
    const direction = random.unit() < 0.5 ? "buy" : "sell";
    const ticks = direction === "buy" ? Math.min(...this.#asks.keys()) : Math.max(...this.#bids.keys());
    const lots = 1 + Math.floor(random.unit() * 400);
    const seq = ++this.#seq;
    this.#lastTradeMillis = nowMillis;
    const price = plain(ticks * instrument.tickUnits, instrument.priceScale);
    const amount = plain(lots * instrument.lotUnits, instrument.amountScale);
    const row = {
      trade_seq: seq,
      trade_id: `${instrument.row.base_currency === "BTC" ? "" : "ETH-"}${267_258_000 + seq}`,
      timestamp: nowMillis,
      tick_direction: 0,
      price: this.#price(ticks),
      instrument_name: instrument.symbol,
      direction,
      amount: this.#amount(lots),
    };
    const trade = { seq, millis: nowMillis, direction, price, amount, row } as const;
    this.#trades.push(trade);
    return trade;
  }

  #around(side: Side, middle: number, step: 1 | -1): Side {
    const next: Side = new Map();
    for (let level = 1; level <= DEPTH; level++) {
      const ticks = middle + step * level;
      const before = side.get(ticks);
      const isKept = before !== undefined && this.random.unit() < 0.9;
      next.set(ticks, isKept ? before : 1 + Math.floor(this.random.unit() * 900));
    }
    return next;
  }

  #changes(before: Side, after: Side): LevelChange[] {
    const changes: LevelChange[] = [];
    for (const ticks of before.keys()) {
      if (!after.has(ticks)) changes.push(["delete", this.#price(ticks), this.#amount(0)]);
    }
    for (const [ticks, lots] of after) {
      const old = before.get(ticks);
      if (old === lots) continue;
      changes.push([old === undefined ? "new" : "change", this.#price(ticks), this.#amount(lots)]);
    }
    return changes;
  }

  #ticksOf(price: number): number {
    return (price * 10 ** this.instrument.priceScale) / this.instrument.tickUnits;
  }

  #price(ticks: number): unknown {
    return printed(ticks * this.instrument.tickUnits, this.instrument.priceScale, this.#form++);
  }

  #amount(lots: number): unknown {
    return printed(
      lots * this.instrument.lotUnits,
      this.instrument.amountScale,
      lots === 0 ? 0 : this.#form++,
    );
  }
}
