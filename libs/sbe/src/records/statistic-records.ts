import type { Decimal } from "@ims/common";
import type { NumberedRecordBase } from "./record-base.js";

/** Statistics of a rolling window, from `v2.Ticker`; prices are undefined where there was no trade. */
export interface TickerRecord extends NumberedRecordBase {
  readonly type: "ticker";
  readonly open: Decimal | undefined;
  readonly high: Decimal | undefined;
  readonly low: Decimal | undefined;
  readonly last: Decimal | undefined;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal | undefined;
  readonly windowStartMicros: number | undefined;
  readonly tradeCount: number | undefined;
}

/** Averages of the trades of a window, from `v2.Average`. */
export interface AverageRecord extends NumberedRecordBase {
  readonly type: "average";
  /** A number of `v2.AverageMethod`: what `value` is. */
  readonly method: number;
  /** A number of `v2.AverageState`, or of a newer schema. */
  readonly state: number;
  readonly windowStartMicros: number;
  /** First moment behind the window. */
  readonly windowEndMicros: number;
  /** Nominal length or half-life: of the two, the one in which the window is measured. */
  readonly nominalMicros: number | undefined;
  readonly nominalCount: number | undefined;
  readonly value: Decimal | undefined;
  readonly vwap: Decimal | undefined;
  readonly twap: Decimal | undefined;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal | undefined;
  readonly takerVolume: Decimal;
  readonly tradeCount: number;
  /** Trades left out: prints away from the market. */
  readonly excludedCount: number;
  readonly open: Decimal | undefined;
  readonly high: Decimal | undefined;
  readonly low: Decimal | undefined;
  readonly close: Decimal | undefined;
  /** Quantity sold by takers; `takerVolume` is what they bought. */
  readonly sellVolume: Decimal;
  /** Square root of the sum of squared logarithmic returns in the window. */
  readonly realisedVolatility: number | undefined;
  /** Trades that came too late for their window, since the message before of these windows. */
  readonly lateCount: number;
}
