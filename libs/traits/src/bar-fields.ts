import type { BarState, TimeResolution } from "@ims/common";
import type { RecordHead } from "./record-head.js";

/**
 * One bar. Prices share `priceScale`, volumes of base share `quantityScale`, volumes of quote share `quoteScale`:
 * value = mantissa × 10^-scale, every mantissa in the int64 range. Times in microseconds since 1970.
 */
export interface BarFields extends RecordHead {
  resolution: TimeResolution;
  state: BarState;
  /** Inclusive start and end of the bar, as the venue prints them. */
  openMicros: number;
  closeMicros: number;
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  takerVolume: bigint;
  quoteVolume: bigint;
  priceScale: number;
  quantityScale: number;
  quoteScale: number;
  tradeCount: number;
}
