import {
  atScale,
  commonScale,
  createMarkPriceFields,
  type ExactDecimal,
  type JsonObject,
  type OpenFeed,
  Unusable,
} from "@ims/integration-kit";
import type { MarkPriceFields } from "@ims/traits";
import { KeptBigInts } from "../decode/kept-bigints.js";
import { MARK_PRICE_PLACES } from "../decode/mark-price-walker.js";
import type { Walkers } from "../decode/walkers.js";
import { NumberText } from "../json/exact-json.js";
import { exactNumber, readNumber, readNumberIfGiven, readTimestamp } from "../json/number-fields.js";
import { fillHead } from "./deribit-feed.js";
import { StateFeed } from "./state-feed.js";

/** Mark price, index and funding of one future or perpetual, from its ticker (deribit.md section 5). */
export class MarkPriceFeed extends StateFeed<MarkPriceFields> {
  protected readonly record = createMarkPriceFields();
  readonly #kept = new KeptBigInts(MARK_PRICE_PLACES);

  walk({ frame, markPrices }: Walkers, start: number, receiveMicros: number): number {
    return markPrices.walk(frame, start, this.feed, this.#kept, receiveMicros);
  }

  protected walkedRecord({ markPrices }: Walkers): MarkPriceFields {
    return markPrices.price;
  }

  protected fill(row: JsonObject, receiveMicros: number): void {
    readMarkPrice(row, this.feed, receiveMicros, this.record);
  }

  protected publish(record: MarkPriceFields): void {
    this.context.sink.markPrice(record);
  }
}

/**
 * Fills `price`. Funding is paid all the time, so there is no next one; its rate is `current_funding`, a fraction per
 * 8 hours. Throws `Unusable`.
 */
export function readMarkPrice(
  row: JsonObject,
  feed: OpenFeed,
  receiveMicros: number,
  price: MarkPriceFields,
): void {
  fillHead(price, feed, readTimestamp(row, "timestamp"), receiveMicros);
  const mark = readNumber(row, "mark_price");
  const index = readNumberIfGiven(row, "index_price");
  const estimate = readEstimate(row);
  const given = [mark, index, estimate].filter((value) => value !== undefined);
  price.priceScale = commonScale(given, feed.instrument.priceScale, "prices");
  price.markPrice = atScale(mark, price.priceScale);
  price.indexPrice = index ? atScale(index, price.priceScale) : null;
  price.settlementEstimate = estimate ? atScale(estimate, price.priceScale) : null;
  const funding = readFunding(row);
  price.fundingScale = funding?.scale ?? 0;
  price.fundingRate = funding?.mantissa ?? null;
  price.nextFundingMicros = 0;
}

/** After the expiry it is the text "expired". */
function readEstimate(row: JsonObject): ExactDecimal | undefined {
  const value = row.estimated_delivery_price;
  return value instanceof NumberText ? exactNumber(value, "estimated_delivery_price") : undefined;
}

/** A rate that close to 0 that it has more than 18 digits after the point has no exact form here, and is left out. */
function readFunding(row: JsonObject): ExactDecimal | undefined {
  try {
    return readNumberIfGiven(row, "current_funding");
  } catch (error) {
    if (error instanceof Unusable && error.reason === "overflow") return undefined;
    throw error;
  }
}
