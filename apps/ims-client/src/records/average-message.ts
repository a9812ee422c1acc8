import type { Decimal } from "@ims/common";
import type { AverageRecord } from "@ims/sbe";
import { type MessageOrigin, recordOrigin } from "./message-origin.js";

export type AverageMethodName =
  | "simple"
  | "exponential-by-count"
  | "exponential-by-time"
  | "volume-weighted"
  | "time-weighted"
  | "unknown";

/** `revised` replaces a window that was published before; `empty` had no trade. */
export type AverageStateName = "forming" | "closed" | "revised" | "empty" | "unknown";

/**
 * Averages of a symbol's trades in one window of event time; docs/formats/averages.md has the formulas. Prices are null
 * where the window had no trade. The flag `late` says that a trade came out of order.
 */
export interface AverageMessage extends MessageOrigin {
  readonly type: "average";
  /** What `value` is; an exponential average runs over all trades until the end of the window. */
  readonly method: AverageMethodName;
  readonly state: AverageStateName;
  readonly windowStartMicros: number;
  /** First moment behind the window. */
  readonly windowEndMicros: number;
  /** Length of the window or half-life in microseconds; null where it is a number of trades. */
  readonly nominalMicros: number | null;
  /** Half-life in trades; null where it is a time. */
  readonly nominalCount: number | null;
  readonly value: Decimal | null;
  readonly vwap: Decimal | null;
  readonly twap: Decimal | null;
  readonly open: Decimal | null;
  readonly high: Decimal | null;
  readonly low: Decimal | null;
  readonly close: Decimal | null;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal | null;
  /** Quantity bought and sold by takers. */
  readonly takerVolume: Decimal;
  readonly sellVolume: Decimal;
  /** Of the window, not annualised; null without a return. */
  readonly realisedVolatility: number | null;
  readonly tradeCount: number;
  /** Trades left out: prints away from the market. */
  readonly excludedCount: number;
  /** Trades that came when their window could not be revised any more, since the message before. */
  readonly lateCount: number;
}

const METHODS: readonly AverageMethodName[] = [
  "unknown",
  "simple",
  "exponential-by-count",
  "exponential-by-time",
  "volume-weighted",
  "time-weighted",
];
const STATES: readonly AverageStateName[] = ["forming", "closed", "revised", "empty"];

/** An Average (231) for people. */
export function averageMessage(record: AverageRecord, partitionId: number, offset: number): AverageMessage {
  return {
    type: "average",
    ...recordOrigin(record, partitionId, offset),
    method: METHODS[record.method] ?? "unknown",
    state: STATES[record.state] ?? "unknown",
    windowStartMicros: record.windowStartMicros,
    windowEndMicros: record.windowEndMicros,
    nominalMicros: record.nominalMicros ?? null,
    nominalCount: record.nominalCount ?? null,
    value: record.value ?? null,
    vwap: record.vwap ?? null,
    twap: record.twap ?? null,
    open: record.open ?? null,
    high: record.high ?? null,
    low: record.low ?? null,
    close: record.close ?? null,
    volume: record.volume,
    quoteVolume: record.quoteVolume ?? null,
    takerVolume: record.takerVolume,
    sellVolume: record.sellVolume,
    realisedVolatility: record.realisedVolatility ?? null,
    tradeCount: record.tradeCount,
    excludedCount: record.excludedCount,
    lateCount: record.lateCount,
  };
}
