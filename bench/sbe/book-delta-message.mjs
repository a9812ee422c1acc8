import { carried, carry, keep } from "./kept.mjs";
import { buffer, indexes, readNumber, TIME, writeNumber } from "./record-prefix.mjs";

const LEVELS = 10;

/** A delta of ten bids and ten asks. */
export function bookDeltaCase({ BookDeltaEncoder, BookDeltaDecoder }) {
  const frame = 8 + 40 + 2 * (4 + LEVELS * 16);
  const own = buffer(frame);
  const holder = buffer(frame);
  const encoder = new BookDeltaEncoder();
  const decoder = new BookDeltaDecoder();
  const levels = (index, side) =>
    Array.from({ length: LEVELS }, (_, level) => ({
      price: (BigInt(1439 + side) << 32n) + BigInt(index + level),
      quantity: (1n << 32n) + BigInt(level),
    }));
  const values = indexes.map((index) => ({
    eventTime: BigInt(TIME + index),
    receiveTime: BigInt(TIME + 200 + index),
    firstUpdateId: BigInt(9_712_345_678 + index),
    lastUpdateId: BigInt(9_712_345_698 + index),
    instrumentId: 7,
    priceScale: 8,
    quantityScale: 8,
    flags: 2,
    bids: levels(index, 0),
    asks: levels(index, 1),
  }));
  const json = values.map((value) =>
    JSON.parse(
      JSON.stringify(value, (key, field) =>
        typeof field !== "bigint" ? field : /(Time|Id)$/.test(key) ? Number(field) : String(field),
      ),
    ),
  );

  function writeSide(view, at, index, side) {
    view.setUint16(at, 16, true);
    view.setUint16(at + 2, LEVELS, true);
    for (let level = 0; level < LEVELS; level++) {
      const entry = at + 4 + level * 16;
      view.setInt32(entry, index + level, true);
      view.setInt32(entry + 4, 1439 + side, true);
      view.setInt32(entry + 8, level, true);
      view.setInt32(entry + 12, 1, true);
    }
    return at + 4 + LEVELS * 16;
  }

  function encodeByHand(view, offset, index) {
    view.setUint16(offset, 40, true);
    view.setUint16(offset + 2, 2, true);
    view.setUint16(offset + 4, 77, true);
    view.setUint16(offset + 6, 0, true);
    writeNumber(view, offset + 8, TIME + index);
    writeNumber(view, offset + 16, TIME + 200 + index);
    writeNumber(view, offset + 24, 9_712_345_678 + index);
    writeNumber(view, offset + 32, 9_712_345_698 + index);
    view.setUint32(offset + 40, 7, true);
    view.setUint8(offset + 44, 8);
    view.setUint8(offset + 45, 8);
    view.setUint16(offset + 46, 2, true);
    return writeSide(view, writeSide(view, offset + 48, index, 0), index, 1);
  }

  const sums = new Float64Array(1);
  function readSide(view, at, end) {
    const length = view.getUint16(at, true);
    const count = view.getUint16(at + 2, true);
    if (at + 4 + count * length > end) return end;
    let sum = 0;
    for (let level = 0; level < count; level++) {
      const entry = at + 4 + level * length;
      sum +=
        view.getInt32(entry, true) +
        view.getInt32(entry + 4, true) +
        view.getInt32(entry + 8, true) +
        view.getInt32(entry + 12, true);
    }
    sums[0] += sum;
    return at + 4 + count * length;
  }

  function decodeByHand(view, offset, length) {
    if (view.getUint16(offset + 2, true) !== 2) return Number.NaN;
    sums[0] =
      readNumber(view, offset + 8) +
      readNumber(view, offset + 16) +
      readNumber(view, offset + 24) +
      readNumber(view, offset + 32) +
      view.getUint32(offset + 40, true) +
      view.getUint8(offset + 44) +
      view.getUint8(offset + 45) +
      view.getUint16(offset + 46, true);
    const end = offset + length;
    readSide(view, readSide(view, offset + 8 + view.getUint16(offset, true), end), end);
    return sums[0];
  }

  // Several functions: the compiler takes about nine hundred bytes of setters and getters into one.
  function setFields(index) {
    encoder
      .wrapAndApplyHeader(own.view, index * frame)
      .eventTimeNumber(TIME + index)
      .receiveTimeNumber(TIME + 200 + index)
      .firstUpdateIdNumber(9_712_345_678 + index)
      .lastUpdateIdNumber(9_712_345_698 + index)
      .instrumentId(7)
      .priceScale(8)
      .quantityScale(8)
      .flags(2);
  }

  function setBids(index) {
    const bids = encoder.bidsCount(LEVELS);
    for (let level = 0; level < LEVELS; level++) {
      bids
        .next()
        .priceWords(index + level, 1439)
        .quantityWords(level, 1);
    }
  }

  function setAsks(index) {
    const asks = encoder.asksCount(LEVELS);
    for (let level = 0; level < LEVELS; level++) {
      asks
        .next()
        .priceWords(index + level, 1440)
        .quantityWords(level, 1);
    }
  }

  function readFields(index) {
    const delta = decoder.wrapAndApplyHeader(own.view, index * frame, frame);
    carry(
      delta.eventTimeNumber() +
        delta.receiveTimeNumber() +
        delta.firstUpdateIdNumber() +
        delta.lastUpdateIdNumber() +
        delta.instrumentId() +
        delta.priceScale() +
        delta.quantityScale() +
        delta.flags(),
    );
  }

  function readBids() {
    let total = carried();
    const bids = decoder.bids();
    while (bids.hasNext()) {
      bids.next();
      total += bids.priceLo() + bids.priceHi() + bids.quantityLo() + bids.quantityHi();
    }
    carry(total);
  }

  function readAsks() {
    let total = carried();
    const asks = decoder.asks();
    while (asks.hasNext()) {
      asks.next();
      total += asks.priceLo() + asks.priceHi() + asks.quantityLo() + asks.quantityHi();
    }
    carry(total);
  }

  return {
    name: "BookDelta",
    json,
    protobuf: values,
    octets: { generated: own.bytes, hand: holder.bytes },
    generated: {
      encode: (index) => {
        setFields(index);
        setBids(index);
        setAsks(index);
        keep(encoder.limit);
      },
      decode: (index) => {
        readFields(index);
        readBids();
        readAsks();
        keep(carried());
      },
    },
    hand: {
      encode: (index) => keep(encodeByHand(holder.view, index * frame, index)),
      decode: (index) => keep(decodeByHand(holder.view, index * frame, frame)),
    },
  };
}
