import type { BookLevels } from "@ims/common";
import {
  atScale,
  commonScale,
  type ExactDecimal,
  highWord,
  type JsonObject,
  lowWord,
  Unusable,
} from "@ims/integration-kit";
import type { BookFields } from "@ims/traits";
import { NumberText } from "../json/exact-json.js";
import { exactNumber } from "../json/number-fields.js";

type Row = readonly [price: ExactDecimal, amount: ExactDecimal];

/**
 * Fills the levels of a book from `bids` and `asks`, rows of action, price and amount (deribit.md section 5). Amounts
 * are absolute, `delete` comes with 0. Throws `Unusable`.
 *
 * @param mayBeNegative prices of combos are differences
 */
export function readSides(
  record: JsonObject,
  scales: { readonly priceScale: number; readonly quantityScale: number },
  mayBeNegative: boolean,
  book: BookFields,
): void {
  const bids = readRows(record, "bids", mayBeNegative);
  const asks = readRows(record, "asks", mayBeNegative);
  const all = [...bids, ...asks];
  book.priceScale = commonScale(
    all.map(([price]) => price),
    scales.priceScale,
    "prices",
  );
  book.quantityScale = commonScale(
    all.map(([, amount]) => amount),
    scales.quantityScale,
    "amounts",
  );
  fill(book.bids, bids, book);
  fill(book.asks, asks, book);
}

function readRows(record: JsonObject, key: string, mayBeNegative: boolean): readonly Row[] {
  const rows = record[key];
  if (!Object.hasOwn(record, key)) throw new Unusable("missing-field", `${key} is missing`);
  if (!Array.isArray(rows)) throw new Unusable("unexpected", `${key} is not a list`);
  return (rows as unknown[]).map((row) => readRow(row, key, mayBeNegative));
}

function readRow(row: unknown, key: string, mayBeNegative: boolean): Row {
  const [action, price, amount] = Array.isArray(row) ? (row as unknown[]) : [];
  if (!(price instanceof NumberText) || !(amount instanceof NumberText))
    throw new Unusable("bad-number", `a level of ${key} is no action with two numbers`);
  const level = [
    exactNumber(price, `a price of ${key}`),
    exactNumber(amount, `an amount of ${key}`),
  ] as const;
  if (level[0].mantissa <= 0n && !mayBeNegative)
    throw new Unusable("bad-number", `a price of ${key} is not above zero`);
  if (level[1].mantissa < 0n) throw new Unusable("bad-number", `an amount of ${key} is below zero`);
  switch (action) {
    case "delete":
      return [level[0], { mantissa: 0n, scale: 0 }];
    case "new":
    case "change":
      return level;
    default:
      throw new Unusable("unexpected", `the action of a level of ${key} is none of new, change, delete`);
  }
}

function fill(levels: BookLevels, rows: readonly Row[], { priceScale, quantityScale }: BookFields): void {
  levels.clear();
  for (const [price, amount] of rows) {
    const priceMantissa = atScale(price, priceScale);
    const amountMantissa = atScale(amount, quantityScale);
    levels.push(
      lowWord(priceMantissa),
      highWord(priceMantissa),
      lowWord(amountMantissa),
      highWord(amountMantissa),
    );
  }
}
