import { createTickerFields, type FrameBytes, NOWHERE, type OpenFeed } from "@ims/integration-kit";
import { fillOrigin } from "../feeds/deribit-feed.js";
import { bringToOneScale, mantissaOf } from "./given-decimals.js";
import type { KeptBigInts } from "./kept-bigints.js";
import { ObjectWalker, ValueKind } from "./object-walker.js";

const KEYS = [
  "timestamp",
  "last_price",
  "stats",
  "stats.high",
  "stats.low",
  "stats.volume",
  "stats.volume_usd",
] as const;
const TIMESTAMP = 0;
const LAST = 1;
const STATS = 2;
const HIGH = 3;
const LOW = 4;
const COINS = 5;
const DOLLARS = 6;
const PRICES = [HIGH, LOW, LAST];
const IN_COINS = [COINS];
const IN_DOLLARS = [DOLLARS];

/** Places of {@link KeptBigInts} of a feed of tickers. */
export const DAY_TICKER_PLACES: number = KEYS.length;

/** Reads what was traded within 24 hours from the bytes of tickers: the same as `readDayTicker` of the parsed data. */
export class DayTickerWalker {
  /** Filled by {@link walk}. */
  readonly ticker = createTickerFields();
  readonly #object = new ObjectWalker(KEYS);

  /** The place behind the data that begin at `start`; {@link NOWHERE}, with no ticker to use, if not usual. */
  walk(frame: FrameBytes, start: number, feed: OpenFeed, kept: KeptBigInts, receiveMicros: number): number {
    const { ticker } = this;
    const object = this.#object;
    const end = object.walk(frame, start);
    if (end === NOWHERE || object.kinds[STATS] !== ValueKind.Object) return NOWHERE;
    if (!object.isTimestamp(TIMESTAMP)) return NOWHERE;
    const { contractSize, priceScale, quantityScale } = feed.instrument;
    // Amounts of inverse futures are dollars.
    const volume = contractSize === undefined ? IN_COINS : IN_DOLLARS;
    const prices = bringToOneScale(object, PRICES, priceScale);
    const amounts = bringToOneScale(object, volume, quantityScale);
    if (prices < 0 || amounts < 0) return NOWHERE;
    fillOrigin(ticker, feed, receiveMicros);
    ticker.eventMicros = object.mantissas[TIMESTAMP]! * 1000;
    ticker.priceScale = prices;
    ticker.open = null;
    ticker.high = mantissaOf(object, HIGH, kept);
    ticker.low = mantissaOf(object, LOW, kept);
    ticker.last = mantissaOf(object, LAST, kept);
    ticker.quantityScale = amounts;
    ticker.volume = mantissaOf(object, volume[0]!, kept) ?? 0n;
    ticker.quoteScale = 0;
    ticker.quoteVolume = null;
    ticker.windowStartMicros = 0;
    ticker.tradeCount = -1;
    return end;
  }
}
