import type { Instrument } from "@ims/common";
import type { ListedSymbol } from "./listed-symbol.js";

/** What one reading of the symbol list has that the one before it had not. */
export interface InstrumentChanges {
  readonly listed: readonly Instrument[];
  /** Same symbol, other status, increments, expiry or contract size: as it is now. */
  readonly changed: readonly Instrument[];
  /** No longer in the list: as it was, with the status `expired`. */
  readonly removed: readonly Instrument[];
}

/** Compares two readings of the symbol list. Each part is in the order of its list. */
export function diffInstruments(
  before: ReadonlyMap<string, ListedSymbol>,
  after: ReadonlyMap<string, ListedSymbol>,
): InstrumentChanges {
  const listed: Instrument[] = [];
  const changed: Instrument[] = [];
  for (const [symbol, { instrument }] of after) {
    const old = before.get(symbol);
    if (!old) listed.push(instrument);
    else if (!isSameInstrument(old.instrument, instrument)) changed.push(instrument);
  }
  const removed = [...before.values()]
    .filter(({ instrument }) => !after.has(instrument.symbol))
    .map(({ instrument }): Instrument => ({ ...instrument, status: "expired" }));
  return { listed, changed, removed };
}

/** Whether nothing about an instrument has changed. */
export function isSameInstrument(left: Instrument, right: Instrument): boolean {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<keyof Instrument>;
  return [...keys].every((key) => left[key] === right[key]);
}
