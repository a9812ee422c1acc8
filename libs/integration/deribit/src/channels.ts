import { DataType, type Instrument, type TimeResolutionText } from "@ims/common";
import type { FeedPlace } from "@ims/integration-kit";
import type { FeedRequest } from "@ims/traits";
import type { DeribitTerms } from "./instruments.js";

/** The venue's words for the lengths of bars (deribit.md section 5); 10 minutes and 3 hours have no number of ours. */
const RESOLUTIONS: Readonly<Partial<Record<TimeResolutionText, string>>> = {
  "1m": "1",
  "3m": "3",
  "5m": "5",
  "15m": "15",
  "30m": "30",
  "1h": "60",
  "2h": "120",
  "6h": "360",
  "12h": "720",
  "1d": "1D",
};

export const OFFERED_RESOLUTIONS = Object.keys(RESOLUTIONS) as TimeResolutionText[];

/** The venue's word for a length of bars that is offered. */
export function venueResolution(resolution: string): string | undefined {
  return RESOLUTIONS[resolution as TimeResolutionText];
}

/** Connections that are logged in carry raw channels and nothing else: one that is refused refuses its whole request. */
export const RAW_GROUP = "raw";
const PUBLIC_GROUP = "";

/**
 * The channel of a feed; undefined for what the instrument has not.
 *
 * @param isRaw whether there is a login for raw channels
 */
export function channelOf(
  { dataType, resolution }: FeedRequest,
  { kind, symbol }: Instrument,
  terms: DeribitTerms,
  isRaw: boolean,
): FeedPlace | undefined {
  const group = isRaw ? RAW_GROUP : PUBLIC_GROUP;
  const interval = isRaw ? "raw" : "100ms";
  const driven = { kind: "driven" } as const;
  const isFuture = (kind === "future" || kind === "perpetual") && !terms.isCombo;
  switch (dataType) {
    case DataType.Trade:
      return { stream: `trades.${symbol}.${interval}`, group, liveness: driven };
    case DataType.Book:
      return { stream: `book.${symbol}.${interval}`, group, liveness: driven };
    case DataType.TopOfBook:
      return { stream: `quote.${symbol}`, group: PUBLIC_GROUP, liveness: driven };
    case DataType.MarkPrice:
      return isFuture
        ? { stream: `ticker.${symbol}.100ms`, group: PUBLIC_GROUP, liveness: driven }
        : undefined;
    case DataType.Ticker:
      // Slower than the channels of mark prices and options, and another name: a channel belongs to one feed.
      return terms.isCombo
        ? undefined
        : { stream: `ticker.${symbol}.agg2`, group: PUBLIC_GROUP, liveness: driven };
    case DataType.OptionTicker:
      return terms.option && { stream: `ticker.${symbol}.100ms`, group: PUBLIC_GROUP, liveness: driven };
    case DataType.Bar: {
      const length = resolution && RESOLUTIONS[resolution];
      return length === undefined
        ? undefined
        : { stream: `chart.trades.${symbol}.${length}`, group: PUBLIC_GROUP, liveness: { kind: "rare" } };
    }
    default:
      return undefined;
  }
}
