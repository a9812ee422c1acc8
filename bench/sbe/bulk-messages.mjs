import { keep } from "./kept.mjs";
import { MESSAGE_COUNT } from "./measure.mjs";

/**
 * Trade and bar written from, and read into, whole objects of values: `encode` and `decode` of the generated classes
 * beside functions written by hand for the same objects.
 */

/** A view of `octets`; in a holder, so that no code knows the view when it is compiled. */
function holder(octets) {
  const bytes = new Uint8Array(octets);
  return { view: new DataView(bytes.buffer), bytes };
}

function writePrefix(view, offset, blockLength, templateId, values) {
  view.setUint16(offset, blockLength, true);
  view.setUint16(offset + 2, templateId, true);
  view.setUint16(offset + 4, 1, true);
  view.setUint16(offset + 6, 2, true);
  view.setInt32(offset + 8, values.eventTimeLo, true);
  view.setInt32(offset + 12, values.eventTimeHi, true);
  view.setInt32(offset + 16, values.sendTimeLo, true);
  view.setInt32(offset + 20, values.sendTimeHi, true);
  view.setInt32(offset + 24, values.receiveTimeLo, true);
  view.setInt32(offset + 28, values.receiveTimeHi, true);
  view.setInt32(offset + 32, values.publishTimeLo, true);
  view.setInt32(offset + 36, values.publishTimeHi, true);
  view.setUint32(offset + 40, values.instrumentId, true);
  view.setUint8(offset + 44, values.exchangeId);
  view.setUint8(offset + 45, values.priceScale);
  view.setUint8(offset + 46, values.quantityScale);
  view.setUint8(offset + 47, values.flags);
  const symbol = values.symbolView;
  for (let at = 0; at < 32; at += 4) view.setInt32(offset + 48 + at, symbol.getInt32(at, true), true);
}

function readPrefix(view, offset, length, blockLength, templateId, values) {
  if (
    offset < 0 ||
    offset + length > view.byteLength ||
    view.getUint16(offset + 2, true) !== templateId ||
    view.getUint16(offset + 4, true) !== 1 ||
    view.getUint16(offset, true) < blockLength ||
    length < 8 + blockLength
  )
    throw new Error("no such frame");
  values.eventTimeLo = view.getInt32(offset + 8, true);
  values.eventTimeHi = view.getInt32(offset + 12, true);
  values.sendTimeLo = view.getInt32(offset + 16, true);
  values.sendTimeHi = view.getInt32(offset + 20, true);
  values.receiveTimeLo = view.getInt32(offset + 24, true);
  values.receiveTimeHi = view.getInt32(offset + 28, true);
  values.publishTimeLo = view.getInt32(offset + 32, true);
  values.publishTimeHi = view.getInt32(offset + 36, true);
  values.instrumentId = view.getUint32(offset + 40, true);
  values.exchangeId = view.getUint8(offset + 44);
  values.priceScale = view.getUint8(offset + 45);
  values.quantityScale = view.getUint8(offset + 46);
  values.flags = view.getUint8(offset + 47);
  const symbol = values.symbolView;
  for (let at = 0; at < 32; at += 4) symbol.setInt32(at, view.getInt32(offset + 48 + at, true), true);
}

function writeTrade(view, offset, values) {
  writePrefix(view, offset, 120, 210, values);
  view.setInt32(offset + 80, values.tradeIdLo, true);
  view.setInt32(offset + 84, values.tradeIdHi, true);
  view.setInt32(offset + 88, values.priceLo, true);
  view.setInt32(offset + 92, values.priceHi, true);
  view.setInt32(offset + 96, values.quantityLo, true);
  view.setInt32(offset + 100, values.quantityHi, true);
  view.setInt32(offset + 104, values.firstTradeIdLo, true);
  view.setInt32(offset + 108, values.firstTradeIdHi, true);
  view.setInt32(offset + 112, values.lastTradeIdLo, true);
  view.setInt32(offset + 116, values.lastTradeIdHi, true);
  view.setFloat64(offset + 120, 0, true);
  view.setUint8(offset + 120, values.aggressor);
  view.setUint8(offset + 121, values.kind);
}

function readTrade(view, offset, length, values) {
  readPrefix(view, offset, length, 120, 210, values);
  values.tradeIdLo = view.getInt32(offset + 80, true);
  values.tradeIdHi = view.getInt32(offset + 84, true);
  values.priceLo = view.getInt32(offset + 88, true);
  values.priceHi = view.getInt32(offset + 92, true);
  values.quantityLo = view.getInt32(offset + 96, true);
  values.quantityHi = view.getInt32(offset + 100, true);
  values.firstTradeIdLo = view.getInt32(offset + 104, true);
  values.firstTradeIdHi = view.getInt32(offset + 108, true);
  values.lastTradeIdLo = view.getInt32(offset + 112, true);
  values.lastTradeIdHi = view.getInt32(offset + 116, true);
  values.aggressor = view.getUint8(offset + 120);
  values.kind = view.getUint8(offset + 121);
}

function writeBar(view, offset, values) {
  writePrefix(view, offset, 152, 211, values);
  view.setInt32(offset + 80, values.openTimeLo, true);
  view.setInt32(offset + 84, values.openTimeHi, true);
  view.setInt32(offset + 88, values.closeTimeLo, true);
  view.setInt32(offset + 92, values.closeTimeHi, true);
  view.setInt32(offset + 96, values.openLo, true);
  view.setInt32(offset + 100, values.openHi, true);
  view.setInt32(offset + 104, values.highLo, true);
  view.setInt32(offset + 108, values.highHi, true);
  view.setInt32(offset + 112, values.lowLo, true);
  view.setInt32(offset + 116, values.lowHi, true);
  view.setInt32(offset + 120, values.closeLo, true);
  view.setInt32(offset + 124, values.closeHi, true);
  view.setInt32(offset + 128, values.volumeLo, true);
  view.setInt32(offset + 132, values.volumeHi, true);
  view.setInt32(offset + 136, values.quoteVolumeLo, true);
  view.setInt32(offset + 140, values.quoteVolumeHi, true);
  view.setInt32(offset + 144, values.takerVolumeLo, true);
  view.setInt32(offset + 148, values.takerVolumeHi, true);
  view.setUint32(offset + 152, values.tradeCount, true);
  view.setUint8(offset + 156, values.resolution);
  view.setUint8(offset + 157, values.state);
  view.setUint8(offset + 158, values.quoteScale);
  view.setUint8(offset + 159, 0);
}

function readBar(view, offset, length, values) {
  readPrefix(view, offset, length, 152, 211, values);
  values.openTimeLo = view.getInt32(offset + 80, true);
  values.openTimeHi = view.getInt32(offset + 84, true);
  values.closeTimeLo = view.getInt32(offset + 88, true);
  values.closeTimeHi = view.getInt32(offset + 92, true);
  values.openLo = view.getInt32(offset + 96, true);
  values.openHi = view.getInt32(offset + 100, true);
  values.highLo = view.getInt32(offset + 104, true);
  values.highHi = view.getInt32(offset + 108, true);
  values.lowLo = view.getInt32(offset + 112, true);
  values.lowHi = view.getInt32(offset + 116, true);
  values.closeLo = view.getInt32(offset + 120, true);
  values.closeHi = view.getInt32(offset + 124, true);
  values.volumeLo = view.getInt32(offset + 128, true);
  values.volumeHi = view.getInt32(offset + 132, true);
  values.quoteVolumeLo = view.getInt32(offset + 136, true);
  values.quoteVolumeHi = view.getInt32(offset + 140, true);
  values.takerVolumeLo = view.getInt32(offset + 144, true);
  values.takerVolumeHi = view.getInt32(offset + 148, true);
  values.tradeCount = view.getUint32(offset + 152, true);
  values.resolution = view.getUint8(offset + 156);
  values.state = view.getUint8(offset + 157);
  values.quoteScale = view.getUint8(offset + 158);
}

export function steps(frame, source, target, write, read, from) {
  const own = holder(frame * MESSAGE_COUNT);
  own.bytes.set(from);
  return {
    octets: own.bytes,
    encode: (index) => write(own.view, index * frame, source[index]),
    decode: (index) => {
      read(own.view, index * frame, frame, target);
      keep(target.eventTimeLo);
    },
  };
}

/** Objects with the values of frames that exist. */
export function sourceOf(Values, Decoder, octets, frame) {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return Array.from({ length: MESSAGE_COUNT }, (_, index) => {
    const values = new Values();
    Decoder.decode(view, index * frame, frame, values);
    return values;
  });
}

/** @param frames messages written by setters, from the start of each to the start of the next */
function bulkCase(Values, Encoder, Decoder, write, read, frames) {
  const frame = Encoder.ENCODED_LENGTH;
  const make = (...codec) => {
    const source = sourceOf(Values, Decoder, frames, frame);
    return steps(frame, source, new Values(), ...codec, frames);
  };
  return {
    bulk: make(
      (view, offset, values) => Encoder.encode(view, offset, values),
      (view, offset, length, values) => Decoder.decode(view, offset, length, values),
    ),
    bulkHand: make(write, read),
  };
}

export function tradeBulk({ v2 }, frames) {
  return bulkCase(v2.TradeValues, v2.TradeEncoder, v2.TradeDecoder, writeTrade, readTrade, frames);
}

export function barBulk({ v2 }, frames) {
  return bulkCase(v2.BarValues, v2.BarEncoder, v2.BarDecoder, writeBar, readBar, frames);
}
