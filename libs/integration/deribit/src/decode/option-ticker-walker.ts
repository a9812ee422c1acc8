import { type OpenFeed, SYMBOL_BYTES_MAX } from "@ims/integration-kit";
import type { OptionTickerFields } from "@ims/traits";
import { fillHead } from "../feeds/deribit-feed.js";
import type { DeribitTerms } from "../instruments.js";
import { JsonObjectWalker, objectKeys, standsAt, ValueKind } from "./json-object-walker.js";
import { NumberBytes, scaledUp } from "./number-bytes.js";

const KEYS = [
  "timestamp",
  "underlying_index",
  "last_price",
  "mark_price",
  "best_bid_price",
  "best_ask_price",
  "underlying_price",
  "best_bid_amount",
  "best_ask_amount",
  "open_interest",
  "stats",
  "stats.volume",
  "mark_iv",
  "bid_iv",
  "ask_iv",
  "greeks",
  "greeks.delta",
  "greeks.gamma",
  "greeks.theta",
  "greeks.vega",
  "greeks.rho",
] as const;
const OBJECT_KEYS = objectKeys(KEYS);
type Key = (typeof KEYS)[number];
const PLACES = Object.fromEntries(KEYS.map((key, place) => [key, place])) as Readonly<Record<Key, number>>;
const { best_ask_price: ASK, best_bid_price: BID, underlying_index: UNDERLYING } = PLACES;
const PRICES = [PLACES.last_price, PLACES.mark_price, BID, ASK, PLACES.underlying_price];
const AMOUNTS = [
  PLACES.best_bid_amount,
  PLACES.best_ask_amount,
  PLACES.open_interest,
  PLACES["stats.volume"],
];
const MODELS = [
  ["markIv", PLACES.mark_iv],
  ["bidIv", PLACES.bid_iv],
  ["askIv", PLACES.ask_iv],
  ["delta", PLACES["greeks.delta"]],
  ["gamma", PLACES["greeks.gamma"]],
  ["theta", PLACES["greeks.theta"]],
  ["vega", PLACES["greeks.vega"]],
  ["rho", PLACES["greeks.rho"]],
] as const;
/** In the year 2255, as of the general reader. */
const MILLIS_MAX = 9_000_000_000_000;

/**
 * Reads tickers of one option from their bytes: the same as `readOptionTicker` makes of the parsed frame, for frames of
 * the usual kind. Per ticker it makes the numbers that the record has, and nothing else.
 */
export class OptionTickerWalker {
  readonly #object = new JsonObjectWalker(OBJECT_KEYS);
  readonly #number = new NumberBytes();
  /** By place, what {@link #readDecimals} read; NaN for no value. */
  readonly #mantissas = new Float64Array(KEYS.length);
  readonly #scales = new Uint8Array(KEYS.length);
  #underlyingBytes: Uint8Array = new Uint8Array();
  #underlying = "";
  #strike = 0n;
  #strikeScale = -1;

  /** The place behind the data that begin at `start`; -1, with nothing of use in `ticker`, for what is not usual. */
  read(
    frame: Uint8Array,
    start: number,
    feed: OpenFeed,
    { strike, type }: NonNullable<DeribitTerms["option"]>,
    receiveMicros: number,
    ticker: OptionTickerFields,
  ): number {
    const object = this.#object;
    const end = object.walk(frame, start);
    if (end < 0) return -1;
    const millis = this.#wholeNumber(frame, PLACES.timestamp);
    if (!(millis >= 0 && millis <= MILLIS_MAX)) return -1;
    if (!this.#readUnderlying(frame)) return -1;
    if (object.kinds[PLACES.greeks] !== ValueKind.Object || object.kinds[PLACES.stats] !== ValueKind.Object)
      return -1;
    const { instrument } = feed;
    const priceScale = this.#readDecimals(frame, PRICES, Math.max(instrument.priceScale, strike.scale));
    const quantityScale = this.#readAmounts(frame, instrument.quantityScale);
    if (priceScale < 0 || quantityScale < 0 || !this.#readModels(frame, ticker)) return -1;
    if (!this.#fits(PRICES, priceScale) || !this.#fits(AMOUNTS, quantityScale)) return -1;
    if (priceScale !== this.#strikeScale) {
      this.#strike = strike.mantissa * 10n ** BigInt(priceScale - strike.scale);
      if (this.#strike > Number.MAX_SAFE_INTEGER) return -1;
      this.#strikeScale = priceScale;
    }
    fillHead(ticker, feed, millis * 1000 + 0, receiveMicros);
    ticker.underlying = this.#underlying;
    ticker.expiryMicros = instrument.expiryMicros ?? 0;
    ticker.optionType = type;
    ticker.priceScale = priceScale;
    ticker.strike = this.#strike;
    ticker.lastPrice = this.#at(PLACES.last_price, priceScale);
    ticker.markPrice = this.#at(PLACES.mark_price, priceScale);
    ticker.bidPrice = this.#at(BID, priceScale);
    ticker.askPrice = this.#at(ASK, priceScale);
    ticker.underlyingPrice = this.#at(PLACES.underlying_price, priceScale);
    ticker.quantityScale = quantityScale;
    ticker.bidQuantity = this.#at(PLACES.best_bid_amount, quantityScale) ?? 0n;
    ticker.askQuantity = this.#at(PLACES.best_ask_amount, quantityScale) ?? 0n;
    ticker.openInterest = this.#at(PLACES.open_interest, quantityScale);
    ticker.volume = this.#at(PLACES["stats.volume"], quantityScale);
    return end;
  }

  /** Of an empty side the amount counts for nothing. */
  #readAmounts(frame: Uint8Array, scaleMin: number): number {
    const { kinds } = this.#object;
    if (Number.isNaN(this.#mantissas[BID])) kinds[PLACES.best_bid_amount] = ValueKind.Absent;
    if (Number.isNaN(this.#mantissas[ASK])) kinds[PLACES.best_ask_amount] = ValueKind.Absent;
    return this.#readDecimals(frame, AMOUNTS, scaleMin);
  }

  /** The scale at which all are whole; -1 for what is not usual. */
  #readDecimals(frame: Uint8Array, places: readonly number[], scaleMin: number): number {
    const { ends, kinds, starts } = this.#object;
    const number = this.#number;
    let scale = scaleMin;
    for (const place of places) {
      const kind = kinds[place];
      this.#mantissas[place] = Number.NaN;
      if (kind === ValueKind.Absent || kind === ValueKind.Null) continue;
      if (kind !== ValueKind.Number || !number.read(frame, starts[place]!, ends[place]!)) return -1;
      // An empty side is printed as 0.
      if (number.mantissa === 0 && (place === BID || place === ASK)) continue;
      this.#mantissas[place] = number.mantissa;
      this.#scales[place] = number.scale;
      if (number.scale > scale) scale = number.scale;
    }
    return scale;
  }

  #readModels(frame: Uint8Array, ticker: OptionTickerFields): boolean {
    const { ends, kinds, starts } = this.#object;
    for (const [name, place] of MODELS) {
      const kind = kinds[place];
      if (kind === ValueKind.Number && this.#number.read(frame, starts[place]!, ends[place]!)) {
        const { value } = this.#number;
        ticker[name] = value === 0 && (name === "bidIv" || name === "askIv") ? Number.NaN : value;
      } else if (kind === ValueKind.Null) ticker[name] = Number.NaN;
      else if (kind === ValueKind.Absent) ticker[name] = Number.NaN;
      else return false;
    }
    return true;
  }

  #readUnderlying(frame: Uint8Array): boolean {
    const { ends, kinds, starts } = this.#object;
    if (kinds[UNDERLYING] !== ValueKind.Text) return false;
    const start = starts[UNDERLYING]!;
    const length = ends[UNDERLYING]! - start;
    if (length === 0 || length > SYMBOL_BYTES_MAX) return false;
    if (this.#underlyingBytes.length === length && standsAt(this.#underlyingBytes, frame, start)) return true;
    this.#underlyingBytes = Uint8Array.prototype.slice.call(frame, start, start + length);
    this.#underlying = Buffer.from(this.#underlyingBytes).toString("latin1");
    return true;
  }

  /** NaN for what is none. */
  #wholeNumber(frame: Uint8Array, place: number): number {
    const { ends, kinds, starts } = this.#object;
    const isRead =
      kinds[place] === ValueKind.Number && this.#number.read(frame, starts[place]!, ends[place]!);
    return isRead && this.#number.scale === 0 ? this.#number.mantissa : Number.NaN;
  }

  #fits(places: readonly number[], scale: number): boolean {
    for (const place of places) {
      const mantissa = this.#mantissas[place]!;
      if (Number.isNaN(mantissa)) continue;
      if (Number.isNaN(scaledUp(mantissa, scale - this.#scales[place]!))) return false;
    }
    return true;
  }

  #at(place: number, scale: number): bigint | null {
    const mantissa = this.#mantissas[place]!;
    return Number.isNaN(mantissa) ? null : BigInt(scaledUp(mantissa, scale - this.#scales[place]!));
  }
}
