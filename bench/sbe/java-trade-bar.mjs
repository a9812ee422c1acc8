import { keep } from "./kept.mjs";
import { MESSAGE_COUNT } from "./measure.mjs";

/** The trade of version 1: symbol, time and two decimals, as its composites are. */

const TIME = 1_723_075_200_000_000;
const SYMBOL = new TextEncoder().encode("BTCUSDT");

export function tradeBarCase({ v2, SymbolCache }) {
  const frame = 8 + v2.TradeBarEncoder.BLOCK_LENGTH;
  const bytes = new Uint8Array(frame * MESSAGE_COUNT);
  const own = { view: new DataView(bytes.buffer), bytes };
  const encoder = new v2.TradeBarEncoder();
  const decoder = new v2.TradeBarDecoder();
  const cache = new SymbolCache({ symbolSize: 20 });
  return {
    octets: { generated: own.bytes },
    generated: {
      encode: (index) => {
        encoder
          .wrapAndApplyHeader(own.view, index * frame)
          .messageType(v2.MessageType.TradeBar)
          .symbolIDBytes(SYMBOL, 0, SYMBOL.length)
          .dateTimeNumber(TIME + index);
        encoder.price().numWords(index, 1439).scale(8);
        encoder.volume().numWords(index, 1).scale(8);
      },
      decode: (index) => {
        const trade = decoder.wrapAndApplyHeader(own.view, index * frame, frame);
        const price = trade.price();
        const volume = trade.volume();
        keep(
          trade.messageType() +
            cache.symbol(0, trade.bytes, trade.symbolIDStart()).length +
            trade.dateTimeNumber() +
            price.numLo() +
            price.numHi() +
            price.scale() +
            volume.numLo() +
            volume.numHi() +
            volume.scale(),
        );
      },
    },
  };
}
