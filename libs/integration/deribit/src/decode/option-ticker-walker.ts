import {
  createOptionTickerFields,
  type FrameBytes,
  NOWHERE,
  type OpenFeed,
  SYMBOL_BYTES_MAX,
} from "@ims/integration-kit";
import type { OptionTickerFields } from "@ims/traits";
import { fillOrigin } from "../feeds/deribit-feed.js";
import type { DeribitTerms } from "../instruments.js";
import { bringToOneScale, isNoValue, mantissaOf } from "./given-decimals.js";
import { KeptBigInts } from "./kept-bigints.js";
import { isAt, ObjectWalker, ValueKind } from "./object-walker.js";

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
type Key = (typeof KEYS)[number];
const PLACES = Object.fromEntries(KEYS.map((key, place) => [key, place])) as Readonly<Record<Key, number>>;
const {
  best_ask_amount: ASK_AMOUNT,
  best_ask_price: ASK,
  best_bid_amount: BID_AMOUNT,
  best_bid_price: BID,
  last_price: LAST,
  mark_price: MARK,
  open_interest: OPEN_INTEREST,
  underlying_index: UNDERLYING,
  underlying_price: UNDERLYING_PRICE,
} = PLACES;
const VOLUME = PLACES["stats.volume"];
const PRICES = [LAST, MARK, BID, ASK, UNDERLYING_PRICE];
const AMOUNTS = [BID_AMOUNT, ASK_AMOUNT, OPEN_INTEREST, VOLUME];
const MODELS = [
  PLACES.mark_iv,
  PLACES.bid_iv,
  PLACES.ask_iv,
  PLACES["greeks.delta"],
  PLACES["greeks.gamma"],
  PLACES["greeks.theta"],
  PLACES["greeks.vega"],
  PLACES["greeks.rho"],
] as const;

/** What the tickers of one option have from one to the next. */
export class OptionTickerMemory {
  readonly kept = new KeptBigInts(KEYS.length);
  underlying = "";
  underlyingBytes: Uint8Array = new Uint8Array();
  strike = 0n;
  strikeScale = -1;

  constructor(readonly terms: NonNullable<DeribitTerms["option"]>) {}
}

/**
 * Reads tickers of options from their bytes: the same as `readOptionTicker` makes of the parsed data, for frames of the
 * usual kind. Per ticker it makes the values of the record that are others than before, and nothing else.
 */
export class OptionTickerWalker {
  /** Filled by {@link walk}. */
  readonly ticker = createOptionTickerFields();
  readonly #object = new ObjectWalker(KEYS);

  /** The place behind the data that begin at `start`; {@link NOWHERE}, with no ticker to use, if not usual. */
  walk(
    frame: FrameBytes,
    start: number,
    feed: OpenFeed,
    memory: OptionTickerMemory,
    receiveMicros: number,
  ): number {
    const { ticker } = this;
    const object = this.#object;
    const { kinds } = object;
    const { instrument } = feed;
    const { kept, terms } = memory;
    const end = object.walk(frame, start);
    if (end === NOWHERE) return NOWHERE;
    if (!object.isTimestamp(PLACES.timestamp) || !this.#readUnderlying(frame, memory)) return NOWHERE;
    if (kinds[PLACES.greeks] !== ValueKind.Object || kinds[PLACES.stats] !== ValueKind.Object) return NOWHERE;
    this.#clearEmpty(BID, BID_AMOUNT);
    this.#clearEmpty(ASK, ASK_AMOUNT);
    const prices = bringToOneScale(object, PRICES, Math.max(instrument.priceScale, terms.strike.scale));
    const amounts = bringToOneScale(object, AMOUNTS, instrument.quantityScale);
    if (prices < 0 || amounts < 0 || !isStrikeSafe(memory, prices)) return NOWHERE;
    if (!this.#readModels()) return NOWHERE;
    fillOrigin(ticker, feed, receiveMicros);
    ticker.eventMicros = object.mantissas[PLACES.timestamp]! * 1000;
    this.#fillModels(ticker);
    ticker.underlying = memory.underlying;
    ticker.expiryMicros = instrument.expiryMicros ?? 0;
    ticker.optionType = terms.type;
    ticker.priceScale = prices;
    ticker.strike = memory.strike;
    ticker.lastPrice = mantissaOf(object, LAST, kept);
    ticker.markPrice = mantissaOf(object, MARK, kept);
    ticker.bidPrice = mantissaOf(object, BID, kept);
    ticker.askPrice = mantissaOf(object, ASK, kept);
    ticker.underlyingPrice = mantissaOf(object, UNDERLYING_PRICE, kept);
    ticker.quantityScale = amounts;
    ticker.bidQuantity = mantissaOf(object, BID_AMOUNT, kept) ?? 0n;
    ticker.askQuantity = mantissaOf(object, ASK_AMOUNT, kept) ?? 0n;
    ticker.openInterest = mantissaOf(object, OPEN_INTEREST, kept);
    ticker.volume = mantissaOf(object, VOLUME, kept);
    return end;
  }

  /** An empty side is printed as 0; its amount counts for nothing. */
  #clearEmpty(price: number, amount: number): void {
    const { kinds, mantissas } = this.#object;
    if (kinds[price] === ValueKind.Number && mantissas[price] === 0) kinds[price] = ValueKind.Absent;
    if (isNoValue(kinds[price])) kinds[amount] = ValueKind.Absent;
  }

  /** Makes doubles of the mantissas of models, in place; NaN for no value. */
  #readModels(): boolean {
    const object = this.#object;
    for (const place of MODELS) {
      const kind = object.kinds[place];
      if (kind === ValueKind.Number) object.makeDouble(place);
      else if (isNoValue(kind)) object.mantissas[place] = Number.NaN;
      else return false;
    }
    return true;
  }

  #fillModels(ticker: OptionTickerFields): void {
    const { mantissas } = this.#object;
    // Of an empty side the volatility is printed as 0.
    ticker.markIv = mantissas[PLACES.mark_iv]!;
    ticker.bidIv = mantissas[PLACES.bid_iv] === 0 ? Number.NaN : mantissas[PLACES.bid_iv]!;
    ticker.askIv = mantissas[PLACES.ask_iv] === 0 ? Number.NaN : mantissas[PLACES.ask_iv]!;
    ticker.delta = mantissas[PLACES["greeks.delta"]]!;
    ticker.gamma = mantissas[PLACES["greeks.gamma"]]!;
    ticker.theta = mantissas[PLACES["greeks.theta"]]!;
    ticker.vega = mantissas[PLACES["greeks.vega"]]!;
    ticker.rho = mantissas[PLACES["greeks.rho"]]!;
  }

  #readUnderlying({ bytes }: FrameBytes, memory: OptionTickerMemory): boolean {
    const { ends, kinds, starts } = this.#object;
    if (kinds[UNDERLYING] !== ValueKind.Text) return false;
    const start = starts[UNDERLYING]!;
    const end = ends[UNDERLYING]!;
    if (end === start || end - start > SYMBOL_BYTES_MAX) return false;
    if (isAt(memory.underlyingBytes, bytes, start, end)) return true;
    memory.underlyingBytes = bytes.slice(start, end);
    memory.underlying = Buffer.from(memory.underlyingBytes).toString("latin1");
    return true;
  }
}

/** Brings the strike to the scale of the prices; false where it is beyond 2^53 there. */
function isStrikeSafe(memory: OptionTickerMemory, scale: number): boolean {
  if (scale === memory.strikeScale) return true;
  const { mantissa, scale: ownScale } = memory.terms.strike;
  const strike = mantissa * 10n ** BigInt(scale - ownScale);
  if (strike > Number.MAX_SAFE_INTEGER) return false;
  memory.strike = strike;
  memory.strikeScale = scale;
  return true;
}
