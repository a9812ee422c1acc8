import type { SeededRandom } from "../sources/synthetic/seeded-random.js";
import { DayStatistics } from "./day-statistics.js";
import type { BestPrices, DeribitInstrument, MakerQuote } from "./deribit-market.js";
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
/** How often {@link SymbolTrading.trade} is called. */
export const BATCH_MILLIS = 100;

/** Book and trades of one instrument. Prices are whole numbers of ticks, amounts of lots. */
export class SymbolTrading {
  readonly #trades: DeribitTrade[] = [];
  readonly #statistics = new DayStatistics();
  #openLots: number | undefined;
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
  ) {
    this.#openLots = instrument.openInterestLots;
  }

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

  /** One tick on either side of a price, with room for a whole book below it. */
  quoteAround(fairPrice: number): MakerQuote {
    const middle = Math.max(DEPTH + 2, Math.round(this.#ticksOf(fairPrice)));
    return { bidTicks: middle - 1, askTicks: middle + 1 };
  }

  /** Best prices of the book. */
  get best(): BestPrices {
    const { priceScale, tickUnits } = this.instrument;
    const priceOf = (ticks: number) => (Number.isFinite(ticks) ? (ticks * tickUnits) / 10 ** priceScale : 0);
    return { bid: priceOf(Math.max(...this.#bids.keys())), ask: priceOf(Math.min(...this.#asks.keys())) };
  }

  /** Moves the book to these best prices. Undefined if nothing changed. @param takeId gives the next change its id */
  move({ askTicks, bidTicks }: MakerQuote, takeId: () => number): BookChange | undefined {
    const bids = this.#from(this.#bids, bidTicks, -1);
    const asks = this.#from(this.#asks, askTicks, 1);
    const changes = { bids: this.#changes(this.#bids, bids), asks: this.#changes(this.#asks, asks) };
    if (changes.bids.length === 0 && changes.asks.length === 0) return undefined;
    this.#bids = bids;
    this.#asks = asks;
    const previousId = this.changeId;
    this.changeId = takeId();
    return { changeId: this.changeId, previousId, ...changes };
  }

  /** Sometimes some trades at the best prices: at least once in 0.6 s, or as the instrument says. */
  trade(nowMillis: number): readonly DeribitTrade[] {
    const { tradeMillis } = this.instrument;
    const quietMillis = tradeMillis === undefined ? QUIET_MILLIS_MAX : tradeMillis * 2;
    const share = tradeMillis === undefined ? 0.15 : BATCH_MILLIS / tradeMillis;
    const isDue = nowMillis - this.#lastTradeMillis >= quietMillis;
    const count = isDue || this.random.unit() < share ? 1 + Math.floor(this.random.unit() * 3) : 0;
    const made: DeribitTrade[] = [];
    for (let index = 0; index < count; index++) made.push(this.#make(nowMillis));
    if (this.#trades.length > TRADES_MAX * 2) this.#trades.splice(0, this.#trades.length - TRADES_MAX);
    return made;
  }

  /** `stats` of the ticker (deribit.md section 5). */
  statistics(nowMillis: number): object {
    const { amountScale, kind, lotUnits, priceScale, row, tickUnits } = this.instrument;
    const { lots, range, value } = this.#statistics.totals(nowMillis);
    if (!range) return { volume: null, volume_usd: null, price_change: null, low: null, high: null };
    const amount = lots * lotUnits;
    const money = (value * tickUnits * lotUnits) / 10 ** (priceScale + amountScale);
    const isInverse = kind === "future" && row.instrument_type === "reversed";
    const average = (value * tickUnits) / (lots * 10 ** priceScale);
    const close = this.#trades.at(-1);
    const openPrice = (range.open * tickUnits) / 10 ** priceScale;
    return {
      // Amounts of inverse futures are dollars.
      volume: isInverse
        ? Number((amount / 10 ** amountScale / average).toFixed(4))
        : printed(amount, amountScale, this.#form++),
      volume_usd: isInverse ? amount / 10 ** amountScale : Number(money.toFixed(2)),
      price_change: Number(((Number(close?.price) / openPrice - 1) * 100).toFixed(4)),
      low: this.#price(range.low),
      high: this.#price(range.high),
    };
  }

  /** Undefined where the market tells of it. */
  get openInterest(): unknown {
    return this.#openLots === undefined ? undefined : this.#amount(this.#openLots);
  }

  /** Best first. */
  levels(side: "bids" | "asks"): readonly (readonly [price: unknown, amount: unknown])[] {
    const levels = [...(side === "bids" ? this.#bids : this.#asks)];
    levels.sort(([left], [right]) => (side === "bids" ? right - left : left - right));
    return levels.map(([ticks, lots]) => [this.#price(ticks), this.#amount(lots)]);
  }

  #make(nowMillis: number): DeribitTrade {
    const { instrument, random } = this;
    // Nobody sells to an empty side.
    const direction = random.unit() < 0.5 || this.#bids.size === 0 ? "buy" : "sell";
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
    this.#statistics.add(nowMillis, ticks, lots);
    this.#shiftOpenInterest(lots);
    const trade = { seq, millis: nowMillis, direction, price, amount, row } as const;
    this.#trades.push(trade);
    return trade;
  }

  /** One trade in three opens positions, one closes some, one passes them on. */
  #shiftOpenInterest(lots: number): void {
    if (this.#openLots === undefined) return;
    const chance = this.random.unit() * 3;
    if (chance < 1) this.#openLots += lots;
    else if (chance < 2) this.#openLots = Math.max(0, this.#openLots - lots);
  }

  #from(side: Side, best: number, step: 1 | -1): Side {
    const next: Side = new Map();
    for (let level = 0; level < DEPTH; level++) {
      const ticks = best + step * level;
      if (ticks <= 0) break;
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
