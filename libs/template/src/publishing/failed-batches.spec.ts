import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FailedBatches } from "./failed-batches.js";

describe("FailedBatches", () => {
  it("gives a time before which no record of the batch was published, and not needlessly early", () => {
    // Records are published one per microsecond and settled in batches, some records later each.
    const step = fc.record({
      publish: fc.integer({ min: 0, max: 50 }),
      settle: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const batches = new FailedBatches();
        const publishedAt: number[] = [];
        const outcomes: number[] = [];
        let now = 0;
        let settled = 0;
        for (const { publish, settle } of steps) {
          for (let record = 0; record < publish; record++) publishedAt.push(++now);
          const count = Math.min(settle, publishedAt.length - settled);
          if (count === 0) continue;
          now++;
          const from = batches.settle(count, publishedAt.length - settled - count, now);
          expect(from).toBeLessThan(publishedAt[settled]!);
          const known = outcomes.filter((at) => at < publishedAt[settled]!);
          expect(from).toBe(known.at(-1) ?? 0);
          outcomes.push(now);
          settled += count;
        }
      }),
    );
  });

  it("knows nothing of records that waited longer than it remembers", () => {
    const batches = new FailedBatches();
    for (let outcome = 1; outcome <= 300; outcome++) batches.settle(1, 1_000_000, outcome);
    expect(batches.settle(1, 0, 301)).toBe(0);
  });
});
