import type { JsonObject } from "@ims/integration-kit";
import {
  atScale,
  commonScale,
  type ExactDecimal,
  readExact,
  readExactIfGiven,
  readTime,
  requireTime,
} from "@ims/integration-kit";
import type { MarkPriceFields } from "@ims/traits";
import type { InstrumentFeed } from "./instrument-feed.js";

/**
 * Fills `price`, all but the receive time, from a parsed markPriceUpdate record [Mark Price Stream]. Delivery contracts
 * have no funding: their rate and time are missing, empty or 0, and stand as none. Throws `Unusable`.
 */
export function readMarkPrice(
  record: JsonObject,
  { instrument, instrumentId }: InstrumentFeed,
  price: MarkPriceFields,
): void {
  price.instrumentId = instrumentId;
  price.sendMicros = requireTime(record, "E");
  price.eventMicros = price.sendMicros;
  const mark = readExact(record, "p");
  const index = readExactIfGiven(record, "i");
  const settlement = readExactIfGiven(record, "P");
  const prices = [mark, index, settlement].filter((value) => value !== undefined);
  price.priceScale = commonScale(prices, instrument.priceScale, "p, i, P");
  price.markPrice = atScale(mark, price.priceScale);
  price.indexPrice = orNull(index, price.priceScale);
  price.settlementEstimate = orNull(settlement, price.priceScale);
  price.nextFundingMicros = readTime(record, "T") ?? 0;
  const rate = price.nextFundingMicros === 0 ? undefined : readExactIfGiven(record, "r");
  price.fundingScale = rate === undefined ? 0 : commonScale([rate], 0, "r");
  price.fundingRate = orNull(rate, price.fundingScale);
}

function orNull(value: ExactDecimal | undefined, scale: number): bigint | null {
  return value === undefined ? null : atScale(value, scale);
}
