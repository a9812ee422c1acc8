import { BarState, MantissaCell, timeResolutionOf } from "@ims/common";
import type { BarFields } from "@ims/traits";
import { asObject, type JsonObject } from "./json-fields.js";
import { readBoolean, readDecimal, readText, readWhole, Unusable } from "./read-fields.js";
import { microsOf } from "./venue-time.js";

const INT64_MAX = (1n << 63n) - 1n;
const INT64_MIN = -(1n << 63n);

const cell = new MantissaCell();
const mantissas: bigint[] = [];
const scales: number[] = [];

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
  bar.priceScale = readAligned(kline, ["o", "h", "l", "c"], priceScale);
  bar.open = mantissas[0]!;
  bar.high = mantissas[1]!;
  bar.low = mantissas[2]!;
  bar.close = mantissas[3]!;
  bar.quantityScale = readAligned(kline, ["v", "V"], quantityScale);
  bar.volume = mantissas[0]!;
  bar.takerVolume = mantissas[1]!;
  bar.quoteScale = readAligned(kline, ["q"], 0);
  bar.quoteVolume = mantissas[0]!;
}

/** Reads the keys into `mantissas`, all at the returned scale, exactly. */
function readAligned(kline: JsonObject, keys: readonly string[], scaleMin: number): number {
  let needed = 0;
  keys.forEach((key, index) => {
    readDecimal(kline, key, cell);
    let mantissa = cell.toBigInt();
    let scale = cell.scale;
    // Payloads print eight decimals whatever the instrument; zeros that say nothing would only cost range.
    while (scale > 0 && mantissa % 10n === 0n) {
      mantissa /= 10n;
      scale--;
    }
    mantissas[index] = mantissa;
    scales[index] = scale;
    needed = Math.max(needed, scale);
  });
  return align(keys, Math.max(needed, scaleMin)) ?? align(keys, needed) ?? outOfRange(keys);
}

/** Raises every mantissa to the scale; undefined, changing nothing, if one leaves the int64 range. */
function align(keys: readonly string[], scale: number): number | undefined {
  const raised = keys.map((_, index) => mantissas[index]! * 10n ** BigInt(scale - scales[index]!));
  if (raised.some((mantissa) => mantissa > INT64_MAX || mantissa < INT64_MIN)) return undefined;
  raised.forEach((mantissa, index) => {
    mantissas[index] = mantissa;
  });
  return scale;
}

function outOfRange(keys: readonly string[]): never {
  throw new Unusable("overflow", `${keys.join(", ")} do not fit into 64 bits at one scale`);
}
