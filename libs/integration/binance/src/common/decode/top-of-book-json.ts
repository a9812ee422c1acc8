import type { MantissaCell } from "@ims/common";
import type { JsonObject } from "@ims/integration-kit";
import {
  atScale,
  commonScale,
  type ExactDecimal,
  readExact,
  readTime,
  readWhole,
  Unusable,
} from "@ims/integration-kit";
import type { TopOfBookFields } from "@ims/traits";
import type { InstrumentFeed } from "./instrument-feed.js";

/** Spot's records name no event: they are known by their fields. */
export function isTopOfBook(record: JsonObject): boolean {
  return ["u", "s", "b", "B", "a", "A"].every((key) => Object.hasOwn(record, key));
}

/**
 * Fills `top`, all but the receive time, from a parsed bookTicker record of any market [Individual Symbol Book Ticker
 * Streams]. Prices and quantities get the instrument's scales, or larger ones where a value has more digits. A side
 * without a price is empty. Throws {@link Unusable}.
 */
export function readTopOfBook(
  record: JsonObject,
  { instrument, instrumentId }: Pick<InstrumentFeed, "instrument" | "instrumentId">,
  top: TopOfBookFields,
): void {
  top.instrumentId = instrumentId;
  top.updateId = readWhole(record, "u");
  top.eventMicros = readTime(record, "T") ?? 0;
  top.sendMicros = readTime(record, "E") ?? 0;
  const prices = [readUnsigned(record, "b"), readUnsigned(record, "a")] as const;
  const quantities = [readUnsigned(record, "B"), readUnsigned(record, "A")] as const;
  const priceScale = commonScale(prices, instrument.priceScale, "b, a");
  const quantityScale = commonScale(quantities, instrument.quantityScale, "B, A");
  setCell(top.bidPrice, prices[0], priceScale);
  setCell(top.askPrice, prices[1], priceScale);
  setCell(top.bidQuantity, quantities[0], quantityScale);
  setCell(top.askQuantity, quantities[1], quantityScale);
  top.hasBid = !top.bidPrice.isZero;
  top.hasAsk = !top.askPrice.isZero;
}

function readUnsigned(record: JsonObject, key: string): ExactDecimal {
  const value = readExact(record, key);
  if (value.mantissa < 0n) throw new Unusable("bad-number", `${key} is below zero`);
  return value;
}

function setCell(cell: MantissaCell, value: ExactDecimal, scale: number): void {
  cell.setBigInt(atScale(value, scale), scale);
}
