import { BookCondition, type Decimal } from "@ims/common";
import type { MergedBookRecord, MergedLevel } from "@ims/sbe";
import type { BookLevel } from "./book-message.js";
import { type FeedStateName, feedStateName } from "./feed-message.js";
import { exchangeText, type MessageOrigin, recordOrigin } from "./message-origin.js";

/** A level with the exchange that it stands at. */
export interface MergedBookLevel extends BookLevel {
  /** Lower-case name, for example `bitstamp`. */
  readonly exchange: string;
}

/** One exchange of a merge, whether its book is in it or left out. */
export interface MergedBookVenue {
  readonly exchange: string;
  /** Number of the instrument in the exchange's own stream. */
  readonly instrumentId: number;
  /** From its last update to `publishMicros` of the message; null before the first. */
  readonly ageMicros: number | null;
  /** Only what is `live` or `quiet` is merged. */
  readonly state: FeedStateName;
}

/**
 * The books of several exchanges as one, as it was at one moment: whole each time, nothing is to be put together.
 * `symbol` is base and quote, for example `BTCUSDT`; `eventMicros` the time of the newest event that is in it, null while
 * no exchange is.
 */
export interface MergedBookMessage extends Omit<MessageOrigin, "exchange"> {
  readonly type: "merged-book";
  /** Best ask less best bid, below 0 where the book is crossed; null where a side is empty. */
  readonly spread: Decimal | null;
  /** The best bid is above the best ask. */
  readonly crossed: boolean;
  /** The best bid equals the best ask. */
  readonly locked: boolean;
  /** An exchange is left out; `venues` says which. */
  readonly venueMissing: boolean;
  /** Levels of each side that are merged; null where all are. */
  readonly horizon: number | null;
  /** Best first; equal prices of several exchanges are levels of their own. */
  readonly bids: readonly MergedBookLevel[];
  readonly asks: readonly MergedBookLevel[];
  readonly venues: readonly MergedBookVenue[];
}

/** A MergedBook (230) for people. */
export function mergedBookMessage(
  record: MergedBookRecord,
  partitionId: number,
  offset: number,
): MergedBookMessage {
  const { exchange: _none, ...origin } = recordOrigin(record, partitionId, offset);
  const { condition } = record;
  return {
    type: "merged-book",
    ...origin,
    spread: record.spread ?? null,
    crossed: (condition & BookCondition.Crossed) !== 0,
    locked: (condition & BookCondition.Locked) !== 0,
    venueMissing: (condition & BookCondition.VenueMissing) !== 0,
    horizon: record.horizon ?? null,
    bids: record.bids.map(levelOf),
    asks: record.asks.map(levelOf),
    venues: record.venues.map(({ exchangeId, instrumentId, ageMicros, state }) => ({
      exchange: exchangeText(exchangeId),
      instrumentId,
      ageMicros: ageMicros ?? null,
      state: feedStateName(state),
    })),
  };
}

function levelOf({ price, quantity, exchangeId }: MergedLevel): MergedBookLevel {
  return { price, quantity, exchange: exchangeText(exchangeId) };
}
