import type { JsonObject } from "@ims/integration-kit";
import {
  atScale,
  commonScale,
  type ExactDecimal,
  readExact,
  readTime,
  readWhole,
  requireTime,
} from "@ims/integration-kit";
import type { TickerFields } from "@ims/traits";
import type { InstrumentFeed } from "./instrument-feed.js";

/**
 * Fills `ticker`, all but the receive time, from a parsed 24hrTicker record of any market [Individual Symbol Ticker
 * Streams]. Its time is `E`. COIN-M counts `v` in contracts and `q` in the base asset. A price of 0 stands for none.
 */
export function readTicker(
  record: JsonObject,
  { instrument, instrumentId }: InstrumentFeed,
  ticker: TickerFields,
): void {
  ticker.instrumentId = instrumentId;
  ticker.sendMicros = requireTime(record, "E");
  ticker.eventMicros = ticker.sendMicros;
  const open = readExact(record, "o");
  const high = readExact(record, "h");
  const low = readExact(record, "l");
  const last = readExact(record, "c");
  const volume = readExact(record, "v");
  const quoteVolume = readExact(record, "q");
  ticker.priceScale = commonScale([open, high, low, last], instrument.priceScale, "o, h, l, c");
  ticker.open = priceOrNull(open, ticker.priceScale);
  ticker.high = priceOrNull(high, ticker.priceScale);
  ticker.low = priceOrNull(low, ticker.priceScale);
  ticker.last = priceOrNull(last, ticker.priceScale);
  ticker.quantityScale = commonScale([volume], instrument.quantityScale, "v");
  ticker.volume = atScale(volume, ticker.quantityScale);
  ticker.quoteScale = commonScale([quoteVolume], 0, "q");
  ticker.quoteVolume = atScale(quoteVolume, ticker.quoteScale);
  ticker.windowStartMicros = readTime(record, "O") ?? 0;
  ticker.tradeCount = readWhole(record, "n");
}

function priceOrNull(price: ExactDecimal, scale: number): bigint | null {
  return price.mantissa === 0n ? null : atScale(price, scale);
}
