import { Decimal, ExchangeId } from "@ims/common";
import { decodeRecord, v2 } from "../index.js";

/** Memory that specs encode into; they fill it with 0xa5 before each test. */
export const bytes = new Uint8Array(1024);
export const view = new DataView(bytes.buffer);
/** An odd place, as in a batch of other messages. */
export const START = 5;

interface PrefixEncoder {
  sendTimeNull(): unknown;
  eventTimeNumber(value: number): unknown;
  receiveTimeNumber(value: number): unknown;
  publishTimeNumber(value: number): unknown;
  instrumentId(value: number): unknown;
  exchangeId(value: number): unknown;
  priceScale(value: number): unknown;
  quantityScale(value: number): unknown;
  flags(value: number): unknown;
  symbol(value: string): unknown;
}

/** The same prefix for every message, as a record has it. */
export const PREFIX = {
  schemaVersion: 2,
  exchangeId: ExchangeId.Deribit,
  instrumentId: 77,
  symbol: "BTC_USDC-27JUN25-100000-C",
  flags: v2.RecordFlags.Snapshot,
  eventMicros: 11,
  sendMicros: undefined,
  receiveMicros: 13,
  publishMicros: 14,
};

/** Begins a message at the odd place with the prefix of all. */
export function begin<T extends PrefixEncoder & { wrapAndApplyHeader(view: DataView, offset: number): T }>(
  encoder: T,
): T {
  encoder.wrapAndApplyHeader(view, START);
  encoder.eventTimeNumber(11);
  encoder.sendTimeNull();
  encoder.receiveTimeNumber(13);
  encoder.publishTimeNumber(14);
  encoder.instrumentId(77);
  encoder.exchangeId(ExchangeId.Deribit);
  encoder.priceScale(2);
  encoder.quantityScale(3);
  encoder.flags(v2.RecordFlags.Snapshot);
  encoder.symbol("BTC_USDC-27JUN25-100000-C");
  return encoder;
}

/** A copy with decimals in their canonical text. */
function readable(value: unknown): unknown {
  if (value instanceof Decimal) return { decimal: value.toString() };
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(readable);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readable(member)]));
}

/** The record that was encoded, with decimals in their canonical text. */
export function decode(encoder: { readonly limit: number }): unknown {
  return readable(decodeRecord(view, START, encoder.limit - START));
}

export const decimal = (text: string) => ({ decimal: text });
export const level = (price: string, quantity: string) => ({
  price: decimal(price),
  quantity: decimal(quantity),
});
