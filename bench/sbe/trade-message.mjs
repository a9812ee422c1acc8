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

/** One block, a symbol, seven 64-bit fields that are numbers. */
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
