import { BarState, type TimeResolution } from "@ims/common";
import { atScale, commonScale, type JsonObject, type OpenFeed, Unusable } from "@ims/integration-kit";
import type { BarFields } from "@ims/traits";
import { readNumber, readTimestamp } from "../json/number-fields.js";
import { fillHead } from "./deribit-feed.js";

const MINUTE_MICROS = 60_000_000;
const UNIT_MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/** How long bars are. */
export interface BarLength {
  readonly resolution: TimeResolution;
  readonly micros: number;
}

/** @param text such as `15m` */
export function lengthMicrosOf(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MINUTES[text.slice(-1)] ?? 1) * MINUTE_MICROS;
}

/**
 * Fills `bar` with a candle (deribit.md section 5), as one that is forming. The venue counts neither trades nor the
 * takers' part: both are 0. Throws `Unusable`.
 */
export function readBarRow(
  row: JsonObject,
  feed: OpenFeed,
  { micros, resolution }: BarLength,
  receiveMicros: number,
  bar: BarFields,
): void {
  const { priceScale, quantityScale } = feed.instrument;
  const openMicros = readTimestamp(row, "tick");
  fillHead(bar, feed, openMicros, receiveMicros);
  bar.eventMicros = 0;
  bar.resolution = resolution;
  bar.state = BarState.Forming;
  bar.openMicros = openMicros;
  bar.closeMicros = openMicros + micros - 1000;
  const open = readNumber(row, "open");
  const high = readNumber(row, "high");
  const low = readNumber(row, "low");
  const close = readNumber(row, "close");
  bar.priceScale = commonScale([open, high, low, close], priceScale, "open, high, low, close");
  bar.open = atScale(open, bar.priceScale);
  bar.high = atScale(high, bar.priceScale);
  bar.low = atScale(low, bar.priceScale);
  bar.close = atScale(close, bar.priceScale);
  if (bar.low > bar.open || bar.low > bar.close || bar.high < bar.open || bar.high < bar.close)
    throw new Unusable("bad-number", "open or close is beyond high and low");
  const volume = readNumber(row, "volume");
  bar.quantityScale = commonScale([volume], quantityScale, "volume");
  bar.volume = atScale(volume, bar.quantityScale);
  const cost = readNumber(row, "cost");
  bar.quoteScale = commonScale([cost], 0, "cost");
  bar.quoteVolume = atScale(cost, bar.quoteScale);
}

export function createBarFields(): BarFields {
  return {
    instrumentId: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    resolution: 1,
    state: BarState.Forming,
    openMicros: 0,
    closeMicros: 0,
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
