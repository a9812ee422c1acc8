import type { Instrument } from "@ims/common";
import { type ExactDecimal, highWord, type JsonObject, lowWord, Unusable } from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";
import { mantissaAt, readExactText } from "./exact-text.js";
import { readDigits } from "./read-numbers.js";

type Scales = Pick<Instrument, "priceScale" | "quantityScale">;
type Level = readonly [price: ExactDecimal, amount: ExactDecimal];

/**
 * Reads the `data` of a book frame or the body of `/order_book/` (bitstamp.md sections 1, 3.2 and 3.3) into `fields`:
 * levels at the instrument's scales, at larger ones where a text has more digits. Zeros behind the last digit say
 * nothing: the venue prints them by another scale than the pair's. Rows with price 0 are market orders in transit and
 * are left out. The microtimestamp is the id of the update: it only rises. Throws `Unusable`; nothing is rounded.
 */
export function readBook(data: JsonObject, scales: Scales, fields: BookFields): void {
  const micros = readDigits(data, "microtimestamp");
  const bids = readSide(data, "bids");
  const asks = readSide(data, "asks");
  fields.eventMicros = micros;
  fields.sendMicros = 0;
  fields.flags = 0;
  fields.firstUpdateId = micros;
  fields.lastUpdateId = micros;
  fields.previousUpdateId = 0;
  fields.horizon = 0;
  fields.priceScale = largest(scales.priceScale, 0, bids, asks);
  fields.quantityScale = largest(scales.quantityScale, 1, bids, asks);
  fill(fields.bids, bids, fields);
  fill(fields.asks, asks, fields);
}

function readSide(data: JsonObject, key: string): Level[] {
  const rows = data[key];
  if (!Array.isArray(rows)) throw new Unusable("missing-field", `${key} is no list`);
  const levels: Level[] = [];
  for (const row of rows as unknown[]) {
    const [price, amount] = Array.isArray(row) ? (row as unknown[]) : [];
    const what = `a level of ${key}`;
    const level = [readExactText(price, what), readExactText(amount, what)] as const;
    if (level[0].mantissa !== 0n) levels.push(level);
  }
  return levels;
}

function largest(least: number, item: 0 | 1, bids: readonly Level[], asks: readonly Level[]): number {
  let scale = least;
  for (const level of bids) scale = Math.max(scale, level[item].scale);
  for (const level of asks) scale = Math.max(scale, level[item].scale);
  return scale;
}

function fill(side: BookFields["bids"], levels: readonly Level[], fields: BookFields): void {
  side.clear();
  for (const [price, amount] of levels) {
    const priceMantissa = mantissaAt(price, fields.priceScale, "a level");
    const amountMantissa = mantissaAt(amount, fields.quantityScale, "a level");
    side.push(
      lowWord(priceMantissa),
      highWord(priceMantissa),
      lowWord(amountMantissa),
      highWord(amountMantissa),
    );
  }
}
