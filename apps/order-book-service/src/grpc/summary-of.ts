import type { MergedBook, MergedLevels } from "@ims/book-merge";
import type { OutgoingLevel, OutgoingSummary, OutgoingVenueState } from "@ims/book-proto";
import { BookCondition } from "@ims/common";

const STATES = { waiting: "WAITING", fresh: "FRESH", suspect: "SUSPECT", stale: "STALE" } as const;

/** A merged book as a message. @param nowMillis of the clock by which the books of the venues are kept */
export function summaryOf(merged: MergedBook, version: number, nowMillis: number): OutgoingSummary {
  const { condition, priceScale } = merged;
  const mid = merged.mid();
  const spread = merged.spread();
  return {
    symbol: merged.symbol,
    priceScale,
    quantityScale: merged.quantityScale,
    bids: levelsOf(merged, merged.bids),
    asks: levelsOf(merged, merged.asks),
    ...(spread && { spread: spread.mantissa.toString() }),
    ...(mid && { mid: mid.mantissa.toString() }),
    midScale: mid?.scale ?? 0,
    crossed: (condition & BookCondition.Crossed) !== 0,
    locked: (condition & BookCondition.Locked) !== 0,
    venues: merged.venues.map((_, index) => venueOf(merged, index, nowMillis)),
    version,
  };
}

function levelsOf(merged: MergedBook, { count, venues, levels }: MergedLevels): OutgoingLevel[] {
  return Array.from({ length: count }, (_, at) => ({
    venue: merged.venues[venues[at]!]!.venue,
    price: { low: levels.priceLo[at]!, high: levels.priceHi[at]!, unsigned: false },
    quantity: { low: levels.quantityLo[at]!, high: levels.quantityHi[at]!, unsigned: false },
  }));
}

function venueOf(merged: MergedBook, index: number, nowMillis: number): OutgoingVenueState {
  const { venue, state, reason, heardMillis, eventMicros, invalidCount } = merged.venues[index]!;
  return {
    venue,
    state: STATES[state],
    reason,
    ...(heardMillis !== undefined && { ageMillis: Math.max(0, Math.round(nowMillis - heardMillis)) }),
    eventMicros,
    filteredLevels: invalidCount + merged.absurdCount(index) + merged.unfitCount(index),
  };
}
