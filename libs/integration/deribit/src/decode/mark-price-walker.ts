import { createMarkPriceFields, type FrameBytes, NOWHERE, type OpenFeed } from "@ims/integration-kit";
import { fillOrigin } from "../feeds/deribit-feed.js";
import { bringToOneScale, isNoValue, mantissaOf } from "./given-decimals.js";
import type { KeptBigInts } from "./kept-bigints.js";
import { ObjectWalker, ValueKind } from "./object-walker.js";

const KEYS = [
  "timestamp",
  "mark_price",
  "index_price",
  "estimated_delivery_price",
  "current_funding",
] as const;
const TIMESTAMP = 0;
const MARK = 1;
const INDEX = 2;
const ESTIMATE = 3;
const FUNDING = 4;
const PRICES = [MARK, INDEX, ESTIMATE];

/** Places of {@link KeptBigInts} of a feed of mark prices. */
export const MARK_PRICE_PLACES: number = KEYS.length;

/** Reads tickers of futures from their bytes: the same as `readMarkPrice` makes of the parsed data. */
export class MarkPriceWalker {
  /** Filled by {@link walk}. */
  readonly price = createMarkPriceFields();
  readonly #object = new ObjectWalker(KEYS);

  /** The place behind the data that begin at `start`; {@link NOWHERE}, with no price to use, if not usual. */
  walk(frame: FrameBytes, start: number, feed: OpenFeed, kept: KeptBigInts, receiveMicros: number): number {
    const { price } = this;
    const object = this.#object;
    const { kinds } = object;
    const end = object.walk(frame, start);
    if (end === NOWHERE || kinds[MARK] !== ValueKind.Number) return NOWHERE;
    if (!object.isTimestamp(TIMESTAMP)) return NOWHERE;
    // After the expiry it is the text "expired".
    if (kinds[ESTIMATE] !== ValueKind.Number && kinds[ESTIMATE] !== ValueKind.LongNumber)
      kinds[ESTIMATE] = ValueKind.Absent;
    const scale = bringToOneScale(object, PRICES, feed.instrument.priceScale);
    const hasFunding = kinds[FUNDING] === ValueKind.Number;
    if (scale < 0 || !(hasFunding || isNoValue(kinds[FUNDING]))) return NOWHERE;
    fillOrigin(price, feed, receiveMicros);
    price.eventMicros = object.mantissas[TIMESTAMP]! * 1000;
    price.priceScale = scale;
    price.markPrice = kept.of(MARK, object.mantissas);
    price.indexPrice = mantissaOf(object, INDEX, kept);
    price.settlementEstimate = mantissaOf(object, ESTIMATE, kept);
    price.fundingScale = hasFunding ? object.scaleOf(FUNDING, 0) : 0;
    price.fundingRate = mantissaOf(object, FUNDING, kept);
    price.nextFundingMicros = 0;
    return end;
  }
}
