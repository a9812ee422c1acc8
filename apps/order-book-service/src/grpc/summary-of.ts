import type { MergedBook } from "@ims/book-merge";
import type { OutgoingSummary, OutgoingVenueState } from "@ims/book-proto";
import { BookCondition } from "@ims/common";

const STATES = { waiting: "WAITING", fresh: "FRESH", suspect: "SUSPECT", stale: "STALE" } as const;

/**
 * A merged book as a message, valid until its next refresh.
 * @param nowMillis of the clock by which the books of the venues are kept
 */
export function summaryOf(merged: MergedBook, version: number, nowMillis: number): OutgoingSummary {
  const { condition } = merged;
  const mid = merged.mid();
  return {
    priceScale: merged.priceScale,
    quantityScale: merged.quantityScale,
    bids: merged.bids,
    asks: merged.asks,
    spread: merged.spread()?.mantissa,
    mid: mid?.mantissa,
    midScale: mid?.scale ?? 0,
    crossed: (condition & BookCondition.Crossed) !== 0,
    locked: (condition & BookCondition.Locked) !== 0,
    venueStates: merged.venues.map((_, index) => venueStateOf(merged, index, nowMillis)),
    version,
  };
}

function venueStateOf(merged: MergedBook, index: number, nowMillis: number): OutgoingVenueState {
  const { state, reason, heardMillis, eventMicros, invalidCount } = merged.venues[index]!;
  return {
    state: STATES[state],
    reason,
    ageMillis: heardMillis === undefined ? undefined : Math.max(0, Math.round(nowMillis - heardMillis)),
    eventMicros,
    filteredLevels: invalidCount + merged.absurdCount(index) + merged.unfitCount(index),
  };
}
