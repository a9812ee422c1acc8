import { MESSAGE_COUNT } from "./measure.mjs";

/** What trade and bar have in common: header, times, instrument and symbol in front, and how values become JSON. */

export const TIME = 1_723_075_200_000_000;
export const SYMBOL = new TextEncoder().encode("BTCUSDT");
const TWO_32 = 4_294_967_296;

export const indexes = Array.from({ length: MESSAGE_COUNT }, (_, index) => index);

/** A buffer with room for all messages; a holder, so that no code knows the view when it is compiled. */
export function buffer(frame) {
  const view = new DataView(new ArrayBuffer(frame * MESSAGE_COUNT));
  return { view, bytes: new Uint8Array(view.buffer), frame };
}

export function writeNumber(view, at, value) {
  view.setInt32(at, value, true);
  view.setInt32(at + 4, Math.floor(value / TWO_32), true);
}

export function writeWords(view, at, low, high) {
  view.setInt32(at, low, true);
  view.setInt32(at + 4, high, true);
}

export function readNumber(view, at) {
  return view.getInt32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

/** Header, zeroed block, and the fields that trade and bar have in common. */
export function writePrefix(view, bytes, offset, blockLength, templateId, index) {
  view.setUint16(offset, blockLength, true);
  view.setUint16(offset + 2, templateId, true);
  view.setUint16(offset + 4, 1, true);
  view.setUint16(offset + 6, 2, true);
  for (let at = offset + 8; at < offset + 8 + blockLength; at += 8) view.setFloat64(at, 0, true);
  writeNumber(view, offset + 8, TIME + index);
  writeNumber(view, offset + 16, TIME + 100 + index);
  writeNumber(view, offset + 24, TIME + 200 + index);
  writeNumber(view, offset + 32, TIME + 300 + index);
  view.setUint32(offset + 40, 7, true);
  view.setUint8(offset + 44, 4);
  view.setUint8(offset + 45, 8);
  view.setUint8(offset + 46, 8);
  view.setUint8(offset + 47, 2);
  for (let at = 0; at < SYMBOL.length; at++) bytes[offset + 48 + at] = SYMBOL[at];
}

export function readPrefix(view, bytes, offset, blockLength, templateId, cache) {
  if (view.getUint16(offset + 2, true) !== templateId || view.getUint16(offset, true) < blockLength)
    return Number.NaN;
  return (
    readNumber(view, offset + 8) +
    readNumber(view, offset + 16) +
    readNumber(view, offset + 24) +
    readNumber(view, offset + 32) +
    view.getUint32(offset + 40, true) +
    view.getUint8(offset + 44) +
    view.getUint8(offset + 45) +
    view.getUint8(offset + 46) +
    view.getUint8(offset + 47) +
    cache.symbol(view.getUint32(offset + 40, true), bytes, offset + 48).length
  );
}

export function prefixOf(index) {
  return {
    eventTime: TIME + index,
    sendTime: TIME + 100 + index,
    receiveTime: TIME + 200 + index,
    publishTime: TIME + 300 + index,
    instrumentId: 7,
    exchangeId: 4,
    priceScale: 8,
    quantityScale: 8,
    flags: 2,
    symbol: "BTCUSDT",
  };
}

/** Times and ids are numbers, prices text: a JSON number would not hold them. */
export function asJson(values) {
  return values.map((value) =>
    Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, typeof field === "bigint" ? String(field) : field]),
    ),
  );
}

export function asProtobuf(values) {
  const wide = (name) => /(Time|Id)$/.test(name) && !/^(instrument|exchange)Id$/.test(name);
  return values.map((value) =>
    Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, wide(name) ? BigInt(field) : field]),
    ),
  );
}

/** The value of two words. */
export const bigint = (low, high) => (BigInt(high) << 32n) + BigInt(low);
