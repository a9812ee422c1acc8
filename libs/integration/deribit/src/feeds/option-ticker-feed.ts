import {
  atScale,
  commonScale,
  createOptionTickerFields,
  type ExactDecimal,
  type JsonObject,
  type OpenFeed,
  readText,
  SYMBOL_BYTES_MAX,
  symbolByteLength,
  Unusable,
} from "@ims/integration-kit";
import type { OptionTickerFields } from "@ims/traits";
import { OptionTickerMemory } from "../decode/option-ticker-walker.js";
import type { Walkers } from "../decode/walkers.js";
import type { DeribitTerms } from "../instruments.js";
import { readModel, readNumberIfGiven, readNumberUnlessZero, readTimestamp } from "../json/number-fields.js";
import { type FeedParts, fillHead, requireObject } from "./deribit-feed.js";
import { StateFeed } from "./state-feed.js";

type OptionTerms = NonNullable<DeribitTerms["option"]>;

const NONE: ExactDecimal = { mantissa: 0n, scale: 0 };

/** Prices, implied volatilities and greeks of one option (deribit.md section 5). */
export class OptionTickerFeed extends StateFeed<OptionTickerFields> {
  protected readonly record = createOptionTickerFields();
  readonly #memory: OptionTickerMemory;

  constructor(parts: FeedParts, terms: OptionTerms) {
    super(parts);
    this.#memory = new OptionTickerMemory(terms);
  }

  walk({ frame, optionTickers }: Walkers, start: number, receiveMicros: number): number {
    return optionTickers.walk(frame, start, this.feed, this.#memory, receiveMicros);
  }

  protected walkedRecord({ optionTickers }: Walkers): OptionTickerFields {
    return optionTickers.ticker;
  }

  protected fill(row: JsonObject, receiveMicros: number): void {
    readOptionTicker(row, this.feed, this.#memory.terms, receiveMicros, this.record);
  }

  protected publish(record: OptionTickerFields): void {
    this.context.sink.optionTicker(record);
  }
}

/**
 * Fills `ticker`. An empty side is printed as price, amount and volatility 0.0, never as null: 0 is taken for no value.
 * All prices share one scale, amounts another. Throws `Unusable`.
 */
export function readOptionTicker(
  row: JsonObject,
  feed: OpenFeed,
  { strike, type }: OptionTerms,
  receiveMicros: number,
  ticker: OptionTickerFields,
): void {
  const { instrument } = feed;
  fillHead(ticker, feed, readTimestamp(row, "timestamp"), receiveMicros);
  ticker.underlying = readText(row, "underlying_index");
  if (symbolByteLength(ticker.underlying) > SYMBOL_BYTES_MAX)
    throw new Unusable("overflow", `underlying_index is longer than ${SYMBOL_BYTES_MAX} octets`);
  ticker.expiryMicros = instrument.expiryMicros ?? 0;
  ticker.optionType = type;
  fillPrices(row, strike, instrument.priceScale, ticker);
  fillAmounts(row, instrument.quantityScale, ticker);
  ticker.markIv = readModel(row, "mark_iv");
  ticker.bidIv = absentIfZero(readModel(row, "bid_iv"));
  ticker.askIv = absentIfZero(readModel(row, "ask_iv"));
  const greeks = requireObject(row.greeks, "greeks");
  ticker.delta = readModel(greeks, "delta");
  ticker.gamma = readModel(greeks, "gamma");
  ticker.theta = readModel(greeks, "theta");
  ticker.vega = readModel(greeks, "vega");
  ticker.rho = readModel(greeks, "rho");
}

function fillPrices(
  row: JsonObject,
  strike: ExactDecimal,
  scaleMin: number,
  ticker: OptionTickerFields,
): void {
  const last = readNumberIfGiven(row, "last_price");
  const mark = readNumberIfGiven(row, "mark_price");
  const bid = readNumberUnlessZero(row, "best_bid_price");
  const ask = readNumberUnlessZero(row, "best_ask_price");
  const underlying = readNumberIfGiven(row, "underlying_price");
  const given = [strike, last, mark, bid, ask, underlying].filter((price) => price !== undefined);
  const scale = commonScale(given, scaleMin, "prices");
  const scaled = (price: ExactDecimal | undefined) => (price ? atScale(price, scale) : null);
  ticker.priceScale = scale;
  ticker.strike = atScale(strike, scale);
  ticker.lastPrice = scaled(last);
  ticker.markPrice = scaled(mark);
  ticker.bidPrice = scaled(bid);
  ticker.askPrice = scaled(ask);
  ticker.underlyingPrice = scaled(underlying);
}

function fillAmounts(row: JsonObject, scaleMin: number, ticker: OptionTickerFields): void {
  const bid = (ticker.bidPrice === null ? undefined : readNumberIfGiven(row, "best_bid_amount")) ?? NONE;
  const ask = (ticker.askPrice === null ? undefined : readNumberIfGiven(row, "best_ask_amount")) ?? NONE;
  const openInterest = readNumberIfGiven(row, "open_interest");
  const volume = readNumberIfGiven(requireObject(row.stats, "stats"), "volume");
  const given = [bid, ask, openInterest, volume].filter((amount) => amount !== undefined);
  const scale = commonScale(given, scaleMin, "amounts");
  ticker.quantityScale = scale;
  ticker.bidQuantity = atScale(bid, scale);
  ticker.askQuantity = atScale(ask, scale);
  ticker.openInterest = openInterest ? atScale(openInterest, scale) : null;
  ticker.volume = volume ? atScale(volume, scale) : null;
}

function absentIfZero(volatility: number): number {
  return volatility === 0 ? Number.NaN : volatility;
}
