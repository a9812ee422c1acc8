import fc from "fast-check";
import { expect, it } from "vitest";
import { MergedBook } from "./merged-book.js";
import type { MergedLevels } from "./merged-levels.js";
import {
  type Level,
  type MergedLevel,
  type SimpleVenue,
  scaledLevels,
  simpleMerge,
} from "./spec-support/simple-merge.js";
import { VenueBook } from "./venue-book.js";

function rows(merged: MergedLevels): MergedLevel[] {
  return Array.from({ length: merged.count }, (_, at) => [
    merged.venues[at]!,
    merged.levels.price(at),
    merged.levels.quantity(at),
  ]);
}

/** Venues of near prices that meet and cross, with a few that are absurd or hardly fit. */
const price = fc.oneof(
  { weight: 12, arbitrary: fc.bigInt({ min: 90n, max: 110n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: 1n, max: 400n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: (1n << 31n) - 2n, max: (1n << 33n) + 2n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: (1n << 62n) - 2n, max: (1n << 63n) - 1n }) },
);
const quantity = fc.oneof(
  fc.constant(0n),
  fc.bigInt({ min: 1n, max: 1000n }),
  fc.bigInt({ min: 1n << 50n, max: (1n << 63n) - 1n }),
);
const side = fc.array(fc.tuple(price, quantity), { maxLength: 12 });
const step = fc.record({
  venue: fc.nat(3),
  kind: fc.constantFrom("whole", "change", "change", "change", "suspend", "restore", "silence"),
  bids: side,
  asks: side,
});

/** In a whole book, which is read from its end, the first of equal prices counts; in a change the last. */
function set(levels: Map<bigint, bigint>, given: readonly Level[], isWhole: boolean): void {
  if (isWhole) levels.clear();
  for (const [price, quantity] of isWhole ? [...given].reverse() : given) {
    if (quantity === 0n) levels.delete(price);
    else levels.set(price, quantity);
  }
}

it("merging as changes come equals collecting, sorting and cutting", () => {
  const scale = fc.integer({ min: 0, max: 3 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(scale, scale), { minLength: 4, maxLength: 4 }),
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      (scales, steps, depth) => {
        const venues = scales.map((_, index) => new VenueBook(`venue-${index}`, { staleAfterMillis: 100 }));
        const simple = scales.map(([priceScale, quantityScale]): SimpleVenue => {
          return { priceScale, quantityScale, isFresh: false, bids: new Map(), asks: new Map() };
        });
        const merged = new MergedBook("BTCUSDT", venues, { depth, absurdFactor: 2 });
        let millis = 0;
        for (const { venue: at, kind, bids, asks } of steps) {
          const venue = venues[at]!;
          const model = simple[at]!;
          millis += 10;
          if (kind === "silence") {
            millis += 100;
            for (const [index, other] of venues.entries()) {
              if (other.expire(millis)) simple[index]!.isFresh = false;
            }
          } else if (kind === "suspend") {
            venue.suspend("suspect", "as asked");
            model.isFresh = false;
          } else if (kind === "restore") {
            venue.restore(millis);
            model.isFresh = venue.state !== "waiting";
          } else {
            const wasSilent = venue.state === "stale";
            const isWhole = kind === "whole";
            const levels = scaledLevels(bids, asks, model.priceScale, model.quantityScale);
            if (isWhole) venue.replace(levels, 0, 0, millis);
            else venue.change(levels, 0, millis);
            if (isWhole || venue.state !== "waiting") {
              set(model.bids, bids, isWhole);
              set(model.asks, asks, isWhole);
              model.isFresh ||= isWhole || wasSilent;
            }
          }
          const before = [merged.version, rows(merged.bids), rows(merged.asks)] as const;
          const isChanged = merged.refresh();
          const expected = simpleMerge(simple, depth, 2);
          expect(rows(merged.bids)).toEqual(expected.bids);
          expect(rows(merged.asks)).toEqual(expected.asks);
          expect([merged.priceScale, merged.quantityScale]).toEqual([
            expected.priceScale,
            expected.quantityScale,
          ]);
          expect(merged.version).toBe(before[0] + (isChanged ? 1 : 0));
          if (!isChanged) expect([rows(merged.bids), rows(merged.asks)]).toEqual([before[1], before[2]]);
          checkSpread(merged);
        }
      },
    ),
    { numRuns: 500 },
  );
});

function checkSpread(merged: MergedBook): void {
  const [bid] = rows(merged.bids);
  const [ask] = rows(merged.asks);
  if (!bid || !ask) {
    expect([merged.spread(), merged.mid()]).toEqual([undefined, undefined]);
    return;
  }
  expect(merged.spread()!.mantissa).toBe(ask[1] - bid[1]);
  expect((merged.condition & 1) === 1).toBe(ask[1] < bid[1]);
  expect((merged.condition & 2) === 2).toBe(ask[1] === bid[1]);
  const mid = merged.mid();
  if (mid) expect(mid.mantissa * 2n).toBe(scaledTo(mid.scale));
  function scaledTo(scale: number): bigint {
    return (ask![1] + bid![1]) * 10n ** BigInt(scale - merged.priceScale);
  }
}
