import type { KeptBigInts } from "./kept-bigints.js";
import { type ObjectWalker, ValueKind } from "./object-walker.js";

/** Null and a key that is missing: the venue's ways of giving no value. */
export function isNoValue(kind: number | undefined): boolean {
  return kind === ValueKind.Null || kind === ValueKind.Absent;
}

/**
 * Brings the numbers of all places, no values left aside, to the scale at which they are whole, `least` at the least;
 * -1 where one is neither, or beyond 2^53 there.
 */
export function bringToOneScale(object: ObjectWalker, places: readonly number[], least: number): number {
  const { kinds } = object;
  let scale = least;
  for (const place of places) {
    const kind = kinds[place];
    if (kind === ValueKind.Number) scale = object.scaleOf(place, scale);
    else if (!isNoValue(kind)) return -1;
  }
  for (const place of places)
    if (kinds[place] === ValueKind.Number && !object.bringTo(place, scale)) return -1;
  return scale;
}

/** The mantissa of a place at its scale; null for no value. */
export function mantissaOf(
  { kinds, mantissas }: ObjectWalker,
  place: number,
  kept: KeptBigInts,
): bigint | null {
  return kinds[place] === ValueKind.Number ? kept.of(place, mantissas) : null;
}
