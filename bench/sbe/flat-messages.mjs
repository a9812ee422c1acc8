import { carried, carry, keep } from "./kept.mjs";
import { MESSAGE_COUNT } from "./measure.mjs";

/** Trade and bar: one block each, a symbol, 64-bit fields. */

const TIME = 1_723_075_200_000_000;
const SYMBOL = new TextEncoder().encode("BTCUSDT");
const TWO_32 = 4_294_967_296;

const indexes = Array.from({ length: MESSAGE_COUNT }, (_, index) => index);

/** A buffer with room for all messages; a holder, so that no code knows the view when it is compiled. */
function buffer(frame) {
  const view = new DataView(new ArrayBuffer(frame * MESSAGE_COUNT));
  return { view, bytes: new Uint8Array(view.buffer), frame };
}

function writeNumber(view, at, value) {
  view.setInt32(at, value, true);
  view.setInt32(at + 4, Math.floor(value / TWO_32), true);
}

function writeWords(view, at, low, high) {
  view.setInt32(at, low, true);
  view.setInt32(at + 4, high, true);
}

function readNumber(view, at) {
  return view.getInt32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

/** Header, zeroed block, and the fields that trade and bar have in common. */
function writePrefix(view, bytes, offset, blockLength, templateId, index) {
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

function readPrefix(view, bytes, offset, blockLength, templateId, cache) {
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

function prefixOf(index) {
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
function asJson(values) {
  return values.map((value) =>
    Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, typeof field === "bigint" ? String(field) : field]),
    ),
  );
}

function asProtobuf(values) {
  const wide = (name) => /(Time|Id)$/.test(name) && !/^(instrument|exchange)Id$/.test(name);
  return values.map((value) =>
    Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, wide(name) ? BigInt(field) : field]),
    ),
  );
}

const bigint = (low, high) => (BigInt(high) << 32n) + BigInt(low);

export function tradeCase({ v2, SymbolCache }) {
  const { view: hand, bytes: handBytes, frame } = buffer(128);
  const own = buffer(128);
  const holder = { view: hand, bytes: handBytes };
  const encoder = new v2.TradeEncoder();
  const decoder = new v2.TradeDecoder();
  const cache = new SymbolCache();
  const handCache = new SymbolCache();
  const values = indexes.map((index) => ({
    ...prefixOf(index),
    tradeId: 3_712_345_678 + index,
    price: bigint(index, 1439),
    quantity: bigint(index, 1),
    firstTradeId: 3_712_345_678 + index,
    lastTradeId: 3_712_345_678 + index,
    aggressor: 1,
    kind: 2,
  }));

  function encodeByHand(view, bytes, offset, index) {
    writePrefix(view, bytes, offset, 120, 210, index);
    writeNumber(view, offset + 80, 3_712_345_678 + index);
    writeWords(view, offset + 88, index, 1439);
    writeWords(view, offset + 96, index, 1);
    writeNumber(view, offset + 104, 3_712_345_678 + index);
    writeNumber(view, offset + 112, 3_712_345_678 + index);
    view.setUint8(offset + 120, 1);
    view.setUint8(offset + 121, 2);
  }

  function decodeByHand(view, bytes, offset) {
    return (
      readPrefix(view, bytes, offset, 120, 210, handCache) +
      readNumber(view, offset + 80) +
      view.getInt32(offset + 88, true) +
      view.getInt32(offset + 92, true) +
      view.getInt32(offset + 96, true) +
      view.getInt32(offset + 100, true) +
      readNumber(view, offset + 104) +
      readNumber(view, offset + 112) +
      view.getUint8(offset + 120) +
      view.getUint8(offset + 121)
    );
  }

  // Two functions, as the platform has them: the compiler takes about nine hundred bytes of setters into one.
  function setPrefix(index) {
    encoder
      .wrapAndApplyHeader(own.view, index * frame)
      .eventTimeNumber(TIME + index)
      .sendTimeNumber(TIME + 100 + index)
      .receiveTimeNumber(TIME + 200 + index)
      .publishTimeNumber(TIME + 300 + index)
      .instrumentId(7)
      .exchangeId(4)
      .priceScale(8)
      .quantityScale(8)
      .flags(2)
      .symbolBytes(SYMBOL, 0, SYMBOL.length);
  }

  function setRest(index) {
    encoder
      .tradeIdNumber(3_712_345_678 + index)
      .priceWords(index, 1439)
      .quantityWords(index, 1)
      .firstTradeIdNumber(3_712_345_678 + index)
      .lastTradeIdNumber(3_712_345_678 + index)
      .aggressor(1)
      .kind(2);
  }

  function readFirst(trade) {
    carry(
      trade.eventTimeNumber() +
        trade.sendTimeNumber() +
        trade.receiveTimeNumber() +
        trade.publishTimeNumber() +
        trade.instrumentId() +
        trade.exchangeId() +
        trade.priceScale() +
        trade.quantityScale() +
        trade.flags() +
        cache.symbol(trade.instrumentId(), trade.bytes, trade.symbolStart()).length,
    );
  }

  return {
    name: "Trade",
    json: asJson(values),
    protobuf: asProtobuf(values),
    octets: { generated: own.bytes, hand: handBytes },
    generated: {
      encode: (index) => {
        setPrefix(index);
        setRest(index);
      },
      decode: (index) => {
        const trade = decoder.wrapAndApplyHeader(own.view, index * frame, frame);
        readFirst(trade);
        keep(
          carried() +
            trade.tradeIdNumber() +
            trade.priceLo() +
            trade.priceHi() +
            trade.quantityLo() +
            trade.quantityHi() +
            trade.firstTradeIdNumber() +
            trade.lastTradeIdNumber() +
            trade.aggressor() +
            trade.kind(),
        );
      },
    },
    hand: {
      encode: (index) => {
        encodeByHand(holder.view, holder.bytes, index * frame, index);
      },
      decode: (index) => keep(decodeByHand(holder.view, holder.bytes, index * frame)),
    },
  };
}

const MANTISSAS = ["open", "high", "low", "close", "volume", "quoteVolume"];

/** @param offsets where the fields of the schema stand, from the start of the block */
export function barCase({ v2, SymbolCache }) {
  const frame = v2.BarEncoder.ENCODED_LENGTH;
  const block = v2.BarEncoder.BLOCK_LENGTH;
  const own = buffer(frame);
  const holder = buffer(frame);
  const encoder = new v2.BarEncoder();
  const decoder = new v2.BarDecoder();
  const cache = new SymbolCache();
  const handCache = new SymbolCache();
  const probe = new v2.BarDecoder().wrap(new DataView(new ArrayBuffer(frame)), 0, block, 2);
  const at = Object.fromEntries(
    [...MANTISSAS, "openTime", "closeTime"].map((name) => [name, 8 + probe[`${name}Start`]()]),
  );
  const { openTime, closeTime, open, high, low, close, volume, quoteVolume } = at;
  const values = indexes.map((index) => ({
    ...prefixOf(index),
    openTime: TIME + index,
    closeTime: TIME + 59_999_999 + index,
    ...Object.fromEntries(MANTISSAS.map((name, offset) => [name, bigint(index, 1439 + offset)])),
  }));

  function encodeByHand(view, bytes, offset, index) {
    writePrefix(view, bytes, offset, block, 211, index);
    writeNumber(view, offset + openTime, TIME + index);
    writeNumber(view, offset + closeTime, TIME + 59_999_999 + index);
    writeWords(view, offset + open, index, 1439);
    writeWords(view, offset + high, index, 1440);
    writeWords(view, offset + low, index, 1441);
    writeWords(view, offset + close, index, 1442);
    writeWords(view, offset + volume, index, 1443);
    writeWords(view, offset + quoteVolume, index, 1444);
  }

  function decodeByHand(view, bytes, offset) {
    return (
      readPrefix(view, bytes, offset, block, 211, handCache) +
      readNumber(view, offset + openTime) +
      readNumber(view, offset + closeTime) +
      view.getInt32(offset + open, true) +
      view.getInt32(offset + open + 4, true) +
      view.getInt32(offset + high, true) +
      view.getInt32(offset + high + 4, true) +
      view.getInt32(offset + low, true) +
      view.getInt32(offset + low + 4, true) +
      view.getInt32(offset + close, true) +
      view.getInt32(offset + close + 4, true) +
      view.getInt32(offset + volume, true) +
      view.getInt32(offset + volume + 4, true) +
      view.getInt32(offset + quoteVolume, true) +
      view.getInt32(offset + quoteVolume + 4, true)
    );
  }

  // Two functions, as the platform has them: the compiler takes about nine hundred bytes of setters into one.
  function setPrefix(index) {
    encoder
      .wrapAndApplyHeader(own.view, index * frame)
      .eventTimeNumber(TIME + index)
      .sendTimeNumber(TIME + 100 + index)
      .receiveTimeNumber(TIME + 200 + index)
      .publishTimeNumber(TIME + 300 + index)
      .instrumentId(7)
      .exchangeId(4)
      .priceScale(8)
      .quantityScale(8)
      .flags(2)
      .symbolBytes(SYMBOL, 0, SYMBOL.length);
  }

  function setRest(index) {
    encoder
      .openTimeNumber(TIME + index)
      .closeTimeNumber(TIME + 59_999_999 + index)
      .openWords(index, 1439)
      .highWords(index, 1440)
      .lowWords(index, 1441)
      .closeWords(index, 1442)
      .volumeWords(index, 1443)
      .quoteVolumeWords(index, 1444);
  }

  function readFirst(bar) {
    carry(
      bar.eventTimeNumber() +
        bar.sendTimeNumber() +
        bar.receiveTimeNumber() +
        bar.publishTimeNumber() +
        bar.instrumentId() +
        bar.exchangeId() +
        bar.priceScale() +
        bar.quantityScale() +
        bar.flags() +
        cache.symbol(bar.instrumentId(), bar.bytes, bar.symbolStart()).length,
    );
  }

  return {
    name: "Bar",
    json: asJson(values),
    protobuf: asProtobuf(values),
    octets: { generated: own.bytes, hand: holder.bytes },
    generated: {
      encode: (index) => {
        setPrefix(index);
        setRest(index);
      },
      decode: (index) => {
        const bar = decoder.wrapAndApplyHeader(own.view, index * frame, frame);
        readFirst(bar);
        keep(
          carried() +
            bar.openTimeNumber() +
            bar.closeTimeNumber() +
            bar.openLo() +
            bar.openHi() +
            bar.highLo() +
            bar.highHi() +
            bar.lowLo() +
            bar.lowHi() +
            bar.closeLo() +
            bar.closeHi() +
            bar.volumeLo() +
            bar.volumeHi() +
            bar.quoteVolumeLo() +
            bar.quoteVolumeHi(),
        );
      },
    },
    hand: {
      encode: (index) => {
        encodeByHand(holder.view, holder.bytes, index * frame, index);
      },
      decode: (index) => keep(decodeByHand(holder.view, holder.bytes, index * frame)),
    },
  };
}
