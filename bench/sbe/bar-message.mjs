import { carried, carry, keep } from "./kept.mjs";
import {
  asJson,
  asProtobuf,
  bigint,
  buffer,
  indexes,
  prefixOf,
  readNumber,
  readPrefix,
  SYMBOL,
  TIME,
  writeNumber,
  writePrefix,
  writeWords,
} from "./record-prefix.mjs";

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
