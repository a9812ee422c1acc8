import type { BookOrders, Instrument } from "@ims/common";
import { type ExactDecimal, highWord, type JsonObject, lowWord, Unusable } from "@ims/integration-kit";
import type { OrderSnapshotFields } from "@ims/traits";
import { mantissaAt, readExactText } from "../decode/exact-text.js";
import { plainDecimalAt } from "../decode/plain-decimal.js";
import { readDigits } from "../decode/read-numbers.js";
import { idOf, isPrice, NO_PRICE } from "./order-reader.js";

type Scales = Pick<Instrument, "priceScale" | "quantityScale">;

const TWO_32 = 2 ** 32;

/**
 * Reads the body of `/order_book/?group=2` (bitstamp.md section 1) at the instrument's scales, or at larger ones where a
 * text has more digits: all orders in the order of their rows, but those without a price, which are market orders in
 * transit. Throws `Unusable`; nothing is rounded.
 */
export function readOrderList(body: JsonObject, scales: Scales, list: OrderSnapshotFields): void {
  list.eventMicros = readDigits(body, "microtimestamp");
  list.sendMicros = 0;
  list.flags = 0;
  const bids = rowsOf(body, "bids");
  const asks = rowsOf(body, "asks");
  list.priceScale = scales.priceScale;
  list.quantityScale = scales.quantityScale;
  // A list may have tens of thousands of orders, and nothing else happens while it is read.
  if (fillPlain(bids, scales, list.bids) && fillPlain(asks, scales, list.asks)) return;
  fillExact(readRows(bids, "bids"), readRows(asks, "asks"), scales, list);
}

function rowsOf(body: JsonObject, key: string): readonly unknown[] {
  const rows = body[key];
  if (!Array.isArray(rows)) throw new Unusable("missing-field", `${key} is no list`);
  return rows as unknown[];
}

/** Rows of plain decimals that fit the scales, as almost all are; false, with the side spoiled, where one is another. */
function fillPlain(
  rows: readonly unknown[],
  { priceScale, quantityScale }: Scales,
  side: BookOrders,
): boolean {
  const noPrice = NO_PRICE * 10 ** priceScale;
  side.clear();
  for (const row of rows) {
    if (!Array.isArray(row)) return false;
    const [priceText, amountText, idText] = row as unknown[];
    const price = plainDecimalAt(priceText, priceScale);
    const amount = plainDecimalAt(amountText, quantityScale);
    if (price < 0 || amount < 0) return false;
    if (price === 0 || price === noPrice || amount === 0) continue;
    const id = plainDecimalAt(idText, 0);
    if (id <= 0) return false;
    side.push(id, price | 0, Math.floor(price / TWO_32), amount | 0, Math.floor(amount / TWO_32));
  }
  return true;
}

interface Row {
  readonly id: number;
  readonly price: ExactDecimal;
  readonly amount: ExactDecimal;
}

function readRows(found: readonly unknown[], key: string): Row[] {
  const what = `an order of ${key}`;
  const rows: Row[] = [];
  for (const row of found) {
    const [price, amount, id] = Array.isArray(row) ? (row as unknown[]) : [];
    const exact = readExactText(price, what);
    const left = readExactText(amount, what);
    if (isPrice(exact) && left.mantissa !== 0n) rows.push({ id: idOf(id, what), price: exact, amount: left });
  }
  return rows;
}

function fillExact(
  bids: readonly Row[],
  asks: readonly Row[],
  scales: Scales,
  list: OrderSnapshotFields,
): void {
  const all = [...bids, ...asks];
  list.priceScale = all.reduce((most, { price }) => Math.max(most, price.scale), scales.priceScale);
  list.quantityScale = all.reduce((most, { amount }) => Math.max(most, amount.scale), scales.quantityScale);
  fillSide(list, bids, list.bids);
  fillSide(list, asks, list.asks);
}

function fillSide(
  { priceScale, quantityScale }: OrderSnapshotFields,
  rows: readonly Row[],
  side: BookOrders,
): void {
  side.clear();
  for (const { amount, id, price } of rows) {
    const priceMantissa = mantissaAt(price, priceScale, "an order's price");
    const quantity = mantissaAt(amount, quantityScale, "an order's amount");
    side.push(id, lowWord(priceMantissa), highWord(priceMantissa), lowWord(quantity), highWord(quantity));
  }
}
