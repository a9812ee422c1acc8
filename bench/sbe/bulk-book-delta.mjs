import { sourceOf, steps } from "./bulk-messages.mjs";

/** A book delta written from, and read into, an object of values with its entries, generated and by hand. */

function writeSide(view, at, { count, entries }) {
  view.setUint16(at, 16, true);
  view.setUint16(at + 2, count, true);
  let place = at + 4;
  for (let index = 0; index < count; index++) {
    const level = entries[index];
    view.setInt32(place, level.priceLo, true);
    view.setInt32(place + 4, level.priceHi, true);
    view.setInt32(place + 8, level.quantityLo, true);
    view.setInt32(place + 12, level.quantityHi, true);
    place += 16;
  }
  return place;
}

function write(view, offset, values) {
  if (offset < 0 || offset + 56 + 16 * (values.bids.count + values.asks.count) > view.byteLength)
    throw new Error("no room");
  view.setUint16(offset, 40, true);
  view.setUint16(offset + 2, 2, true);
  view.setUint16(offset + 4, 77, true);
  view.setUint16(offset + 6, 0, true);
  view.setInt32(offset + 8, values.eventTimeLo, true);
  view.setInt32(offset + 12, values.eventTimeHi, true);
  view.setInt32(offset + 16, values.receiveTimeLo, true);
  view.setInt32(offset + 20, values.receiveTimeHi, true);
  view.setInt32(offset + 24, values.firstUpdateIdLo, true);
  view.setInt32(offset + 28, values.firstUpdateIdHi, true);
  view.setInt32(offset + 32, values.lastUpdateIdLo, true);
  view.setInt32(offset + 36, values.lastUpdateIdHi, true);
  view.setUint32(offset + 40, values.instrumentId, true);
  view.setUint8(offset + 44, values.priceScale);
  view.setUint8(offset + 45, values.quantityScale);
  view.setUint16(offset + 46, values.flags, true);
  return writeSide(view, writeSide(view, offset + 48, values.bids), values.asks) - offset;
}

function readSide(view, at, end, group) {
  const length = view.getUint16(at, true);
  const count = view.getUint16(at + 2, true);
  if (length < 16 || at + 4 + count * length > end) throw new Error("no such frame");
  const entries = group.entries.length < count ? group.resize(count) : group.entries;
  group.count = count;
  let place = at + 4;
  for (let index = 0; index < count; index++) {
    const level = entries[index];
    level.priceLo = view.getInt32(place, true);
    level.priceHi = view.getInt32(place + 4, true);
    level.quantityLo = view.getInt32(place + 8, true);
    level.quantityHi = view.getInt32(place + 12, true);
    place += length;
  }
  return place;
}

function read(view, offset, length, values) {
  const block = view.getUint16(offset, true);
  if (
    offset < 0 ||
    offset + length > view.byteLength ||
    view.getUint16(offset + 2, true) !== 2 ||
    view.getUint16(offset + 4, true) !== 77 ||
    block < 40 ||
    length < 8 + block
  )
    throw new Error("no such frame");
  values.eventTimeLo = view.getInt32(offset + 8, true);
  values.eventTimeHi = view.getInt32(offset + 12, true);
  values.receiveTimeLo = view.getInt32(offset + 16, true);
  values.receiveTimeHi = view.getInt32(offset + 20, true);
  values.firstUpdateIdLo = view.getInt32(offset + 24, true);
  values.firstUpdateIdHi = view.getUint32(offset + 28, true);
  values.lastUpdateIdLo = view.getInt32(offset + 32, true);
  values.lastUpdateIdHi = view.getUint32(offset + 36, true);
  values.instrumentId = view.getUint32(offset + 40, true);
  values.priceScale = view.getUint8(offset + 44);
  values.quantityScale = view.getUint8(offset + 45);
  values.flags = view.getUint16(offset + 46, true);
  const end = offset + length;
  readSide(view, readSide(view, offset + 8 + block, end, values.bids), end, values.asks);
}

/** @param frames messages written by setters, `frame` octets each */
export function bookDeltaBulk({ BookDeltaValues, BookDeltaEncoder, BookDeltaDecoder }, frames, frame) {
  const make = (...codec) => {
    const source = sourceOf(BookDeltaValues, BookDeltaDecoder, frames, frame);
    return steps(frame, source, new BookDeltaValues(), ...codec, frames);
  };
  return {
    bulk: make(
      (view, offset, values) => BookDeltaEncoder.encode(view, offset, values),
      (view, offset, length, values) => BookDeltaDecoder.decode(view, offset, length, values),
    ),
    bulkHand: make(write, read),
  };
}
