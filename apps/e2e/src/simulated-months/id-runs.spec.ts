import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdRuns } from "./id-runs.js";

describe("IdRuns", () => {
  it("knows what is there and what is not, as a plain set does", () => {
    const run = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 40 }), (parts) => {
        const runs = new IdRuns();
        const plain = new Set<number>();
        for (const [from, length] of parts) {
          const ids = Array.from({ length: length + 1 }, (_, at) => from + at);
          const isNew = ids.every((id) => !plain.has(id));
          expect(length === 0 ? runs.add(from) : runs.addRun(from, from + length)).toBe(isNew);
          if (isNew) for (const id of ids) plain.add(id);
        }
        const all = Array.from({ length: 80 }, (_, at) => at + 1);
        for (const id of all) expect(runs.has(id)).toBe(plain.has(id));
        const holes = runs.missing(1, 80).flatMap(([from, to]) => all.slice(from - 1, to));
        expect(holes).toEqual(all.filter((id) => !plain.has(id)));
      }),
    );
  });
});
