import { BarState, timeResolutionOf } from "@ims/common";
import {
  asObject,
  atScale,
  commonScale,
  type JsonObject,
  microsOf,
  readBoolean,
  readExact,
  readText,
  readWhole,
  Unusable,
} from "@ims/integration-kit";
import type { BarFields } from "@ims/traits";

/** Filled by {@link readBar}; its instrument and receive time are the caller's. */
export function createBarFields(): BarFields {
  return {
    instrumentId: 0,
    resolution: 1,
    state: BarState.Forming,
    openMicros: 0,
    closeMicros: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    open: 0n,
    high: 0n,
    low: 0n,
    close: 0n,
    volume: 0n,
    takerVolume: 0n,
    quoteVolume: 0n,
    priceScale: 0,
    quantityScale: 0,
    quoteScale: 0,
    tradeCount: 0,
  };
}

/**
 * Fills `bar` from a parsed kline record [Kline/Candlestick Streams]. Each group of numbers gets one scale: the
 * instrument's, or more digits where a value needs them. Bars have no time of their own but `E`, which stands in both
 * the event and the send time. Throws {@link Unusable}.
 *
 * @param priceScale the instrument's, as is `quantityScale`
 */
export function readBar(record: JsonObject, priceScale: number, quantityScale: number, bar: BarFields): void {
  const kline = asObject(record.k);
  if (!kline) throw new Unusable("missing-field", "k is missing or not an object");
  const interval = readText(kline, "i");
  const resolution = timeResolutionOf(interval);
  if (resolution === undefined)
    throw new Unusable("unexpected", `i is ${JSON.stringify(interval.slice(0, 20))}`);
  bar.resolution = resolution;
  bar.state = readBoolean(kline, "x") ? BarState.Closed : BarState.Forming;
  bar.openMicros = microsOf(readWhole(kline, "t"));
  bar.closeMicros = microsOf(readWhole(kline, "T"));
  bar.sendMicros = microsOf(readWhole(record, "E"));
  bar.eventMicros = bar.sendMicros;
  bar.tradeCount = readWhole(kline, "n");
  const open = readExact(kline, "o");
  const high = readExact(kline, "h");
  const low = readExact(kline, "l");
  const close = readExact(kline, "c");
  const volume = readExact(kline, "v");
  const takerVolume = readExact(kline, "V");
  const quoteVolume = readExact(kline, "q");
  bar.priceScale = commonScale([open, high, low, close], priceScale, "o, h, l, c");
  bar.open = atScale(open, bar.priceScale);
  bar.high = atScale(high, bar.priceScale);
  bar.low = atScale(low, bar.priceScale);
  bar.close = atScale(close, bar.priceScale);
  bar.quantityScale = commonScale([volume, takerVolume], quantityScale, "v, V");
  bar.volume = atScale(volume, bar.quantityScale);
  bar.takerVolume = atScale(takerVolume, bar.quantityScale);
  bar.quoteScale = commonScale([quoteVolume], 0, "q");
  bar.quoteVolume = atScale(quoteVolume, bar.quoteScale);
}
