import { bench, describe } from "vitest";
import { v2 } from "./index.js";

/** Generated code beside hand-written DataView code for the same trades: the target is at most 1.2 times its time. */

const FRAME = 128;
const FRAME_COUNT = 512;
const view = new DataView(new ArrayBuffer(FRAME * FRAME_COUNT));
const bytes = new Uint8Array(view.buffer);
const symbol = new TextEncoder().encode("BTCUSDT");
const encoder = new v2.TradeEncoder();
const decoder = new v2.TradeDecoder();
/** Keeps results alive, so that no loop is removed as useless. */
let sink = 0;

function encodeGenerated(offset: number, index: number): void {
  encoder
    .wrapAndApplyHeader(view, offset)
    .eventTimeNumber(1_723_075_200_000_000 + index)
    .sendTimeNumber(1_723_075_200_000_100 + index)
    .receiveTimeNumber(1_723_075_200_000_200 + index)
    .publishTimeNumber(1_723_075_200_000_300 + index)
    .instrumentId(7)
    .exchangeId(4)
    .priceScale(8)
    .quantityScale(8)
    .flags(2)
    .symbolBytes(symbol, 0, symbol.length)
    .tradeIdNumber(3_712_345_678 + index)
    .priceWords(index, 1439)
    .quantityWords(index, 0)
    .firstTradeIdNumber(3_712_345_678 + index)
    .lastTradeIdNumber(3_712_345_678 + index)
    .aggressor(1)
    .kind(0);
}

function writeNumber(at: number, value: number): void {
  view.setInt32(at, value, true);
  view.setInt32(at + 4, Math.floor(value / 4294967296), true);
}

function encodeByHand(offset: number, index: number): void {
  view.setUint16(offset, 120, true);
  view.setUint16(offset + 2, 210, true);
  view.setUint16(offset + 4, 1, true);
  view.setUint16(offset + 6, 2, true);
  for (let at = offset + 8; at < offset + FRAME; at += 8) view.setFloat64(at, 0);
  writeNumber(offset + 8, 1_723_075_200_000_000 + index);
  writeNumber(offset + 16, 1_723_075_200_000_100 + index);
  writeNumber(offset + 24, 1_723_075_200_000_200 + index);
  writeNumber(offset + 32, 1_723_075_200_000_300 + index);
  view.setUint32(offset + 40, 7, true);
  view.setUint8(offset + 44, 4);
  view.setUint8(offset + 45, 8);
  view.setUint8(offset + 46, 8);
  view.setUint8(offset + 47, 2);
  for (let at = 0; at < symbol.length; at++) bytes[offset + 48 + at] = symbol[at]!;
  writeNumber(offset + 80, 3_712_345_678 + index);
  view.setInt32(offset + 88, index, true);
  view.setInt32(offset + 92, 1439, true);
  view.setInt32(offset + 96, index, true);
  view.setInt32(offset + 100, 0, true);
  writeNumber(offset + 104, 3_712_345_678 + index);
  writeNumber(offset + 112, 3_712_345_678 + index);
  view.setUint8(offset + 120, 1);
  view.setUint8(offset + 121, 0);
}

function decodeGenerated(offset: number): void {
  const trade = decoder.wrapAndApplyHeader(view, offset, FRAME);
  sink +=
    trade.receiveTimeNumber() +
    trade.instrumentId() +
    trade.tradeIdNumber() +
    trade.priceLo() +
    trade.priceHi() +
    trade.quantityLo() +
    trade.quantityHi() +
    trade.aggressor();
}

function decodeByHand(offset: number): void {
  if (view.getUint16(offset + 2, true) !== 210 || view.getUint16(offset, true) < 120) return;
  sink +=
    view.getInt32(offset + 28, true) * 4294967296 +
    view.getUint32(offset + 24, true) +
    view.getUint32(offset + 40, true) +
    view.getUint32(offset + 84, true) * 4294967296 +
    view.getUint32(offset + 80, true) +
    view.getInt32(offset + 88, true) +
    view.getInt32(offset + 92, true) +
    view.getInt32(offset + 96, true) +
    view.getInt32(offset + 100, true) +
    view.getUint8(offset + 120);
}

function overAll(step: (offset: number, index: number) => void): () => void {
  return () => {
    for (let index = 0; index < FRAME_COUNT; index++) step(index * FRAME, index);
    if (sink === Number.POSITIVE_INFINITY) throw new Error("unreachable");
  };
}

describe(`encode ${FRAME_COUNT} trades`, () => {
  bench("generated", overAll(encodeGenerated), { time: 300 });
  bench("by hand", overAll(encodeByHand), { time: 300 });
});

describe(`decode ${FRAME_COUNT} trades`, () => {
  bench("generated", overAll(decodeGenerated), { time: 300 });
  bench("by hand", overAll(decodeByHand), { time: 300 });
});
