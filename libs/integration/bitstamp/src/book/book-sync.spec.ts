import { GapReason } from "@ims/common";
import { cloneBookFields, createBookFields } from "@ims/integration-kit";
import { bookHash, OrderBook } from "@ims/order-book";
import type { BookFields } from "@ims/traits";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { BookSync } from "./book-sync.js";

type Row = readonly [price: number, quantity: number];

/** A diff or a snapshot, prices and quantities as mantissas. */
function part(micros: number, bids: readonly Row[], asks: readonly Row[] = []): BookFields {
  const fields = createBookFields();
  fields.firstUpdateId = micros;
  fields.lastUpdateId = micros;
  for (const [price, quantity] of bids) fields.bids.push(price, 0, quantity, 0);
  for (const [price, quantity] of asks) fields.asks.push(price, 0, quantity, 0);
  return fields;
}

describe("BookSync", () => {
  let told: string[] = [];
  let sync = create();

  function create(): BookSync {
    const made: BookSync = new BookSync({
      whole: () => told.push(`whole ${made.bookId}${made.isSuspect ? " suspect" : ""}`),
      change: (diff, previousId) => told.push(`change ${diff.lastUpdateId} behind ${previousId}`),
      gap: (reason) => told.push(`gap ${reason}`),
      doubted: (text) => told.push(`doubted: ${text}`),
    });
    return made;
  }

  beforeEach(() => {
    told = [];
    sync = create();
  });

  it("drops kept diffs up to the snapshot, applies the others in order, and goes on", () => {
    sync.diff(part(100, [[10, 1]]));
    sync.diff(part(200, [[11, 1]]));
    sync.diff(part(300, [[12, 2]]));
    expect(sync.snapshot(part(200, [[11, 5]], [[20, 1]]))).toBe("begun");
    sync.diff(part(400, [[12, 0]]));
    expect(told).toEqual(["whole 300", "change 400 behind 300"]);
    expect([sync.book.bids.count, sync.counters.droppedCount, sync.counters.appliedCount]).toEqual([1, 2, 2]);
  });

  it("takes no snapshot older than the first diff kept: what lies between may be missing", () => {
    sync.diff(part(100, [[10, 1]]));
    expect(sync.snapshot(part(99, [[9, 1]]))).toBe("stale");
    expect([sync.stands, told]).toEqual([false, []]);
    expect(sync.snapshot(part(100, [[10, 1]]))).toBe("begun");
  });

  it("shows the book of a market that does not change as suspect until it is confirmed", () => {
    expect(sync.snapshot(part(100, [[10, 1]]))).toBe("begun");
    sync.prepare();
    expect(sync.snapshot(part(100, [[10, 1]]))).toBe("confirmed");
    expect(told).toEqual(["whole 100 suspect", "whole 100"]);
  });

  it("drops what the stream brings behind a newer snapshot", () => {
    sync.snapshot(part(200, [[11, 5]]));
    expect(sync.diff(part(150, [[11, 4]]))).toBe(true);
    expect([sync.counters.droppedCount, sync.book.bids.count, told]).toEqual([1, 1, ["whole 200 suspect"]]);
  });

  it("finds a loss by comparison, tells it, and replaces the book", () => {
    sync.diff(part(100, [[10, 1]]));
    sync.snapshot(part(100, [[10, 1]]));
    sync.prepare();
    sync.diff(part(300, [[12, 1]]));
    expect(
      sync.snapshot(
        part(300, [
          [10, 1],
          [11, 7],
          [12, 1],
        ]),
      ),
    ).toBe("differed");
    expect(told.slice(-2)).toEqual([`gap ${GapReason.SequenceBroken}`, "whole 300"]);
    expect(sync.book.bids.count).toBe(3);
  });

  it("takes equal values for equal, though a level that is gone made the running book finer", () => {
    sync.diff(part(100, [[10, 1]]));
    sync.snapshot(part(100, [[10, 1]], [[30, 4]]));
    sync.diff({ ...part(200, [[95, 7]]), priceScale: 1, quantityScale: 2 });
    sync.diff({ ...part(300, [[95, 0]]), priceScale: 1 });
    sync.prepare();
    expect(sync.snapshot(part(300, [[10, 1]], [[30, 4]]))).toBe("confirmed");
    sync.prepare();
    expect(sync.snapshot(part(300, [[10, 1]], [[30, 5]]))).toBe("differed");
    expect(told.filter((each) => each.startsWith("gap"))).toHaveLength(1);
  });

  it("compares with a snapshot that the stream has passed already", () => {
    sync.diff(part(100, [[10, 1]]));
    sync.snapshot(part(100, [[10, 1]]));
    sync.prepare();
    sync.diff(part(200, [[11, 1]]));
    sync.diff(part(300, [[12, 1]]));
    expect(
      sync.snapshot(
        part(200, [
          [10, 1],
          [11, 1],
        ]),
      ),
    ).toBe("confirmed");
    expect(sync.bookId).toBe(300);
  });

  it("takes over a book that is newer than the stream, without a gap", () => {
    sync.diff(part(100, [[10, 1]]));
    sync.snapshot(part(100, [[10, 1]]));
    sync.prepare();
    expect(sync.snapshot(part(200, [[10, 2]]))).toBe("ahead");
    expect(told.at(-1)).toBe("whole 200");
  });

  it("passes on the copy of another connection once, and doubts the book when a diff was overtaken", () => {
    sync.diff(part(100, [[10, 1]]));
    sync.snapshot(part(100, [[10, 1]]));
    sync.diff(part(300, [[12, 1]]));
    expect(sync.diff(part(300, [[12, 1]]))).toBe(false);
    expect(sync.isSuspect).toBe(false);
    sync.diff(part(200, [[11, 1]]));
    expect(sync.isSuspect).toBe(true);
    expect(told.at(-1)).toBe("doubted: a change was overtaken by a later one");
  });

  it("doubts a book whose best prices meet, and begins anew where a change does not fit", () => {
    sync.diff(part(100, [[10, 1]], [[12, 1]]));
    sync.snapshot(part(100, [[10, 1]], [[12, 1]]));
    sync.diff(part(200, [[12, 1]]));
    expect([sync.isSuspect, sync.counters.crossedCount]).toEqual([true, 1]);
    const fine = part(300, [[10, 1]]);
    fine.priceScale = 18;
    fine.bids.priceHi[0] = 0x7fffffff;
    const coarse = part(400, [[10, 1]]);
    coarse.bids.priceHi[0] = 0x7fffffff;
    sync.diff(fine);
    sync.diff(coarse);
    expect([sync.stands, told.includes(`gap ${GapReason.Unknown}`)]).toEqual([false, true]);
  });

  it("is void when the stream is cut, and begins with the next snapshot", () => {
    sync.diff(part(100, [[10, 1]]));
    sync.snapshot(part(100, [[10, 1]]));
    sync.interrupted(GapReason.ConnectionLost);
    sync.interrupted(GapReason.ConnectionLost);
    sync.diff(part(500, [[11, 1]]));
    expect(sync.snapshot(part(300, [[9, 1]]))).toBe("stale");
    expect(sync.snapshot(part(600, [[9, 1]]))).toBe("begun");
    expect(told).toEqual(["whole 100", `gap ${GapReason.ConnectionLost}`, "whole 600"]);
  });

  it("is the venue's book after a comparison, whatever was lost, doubled or overtaken, and however old snapshots are", () => {
    const step = fc.record({
      price: fc.integer({ min: 1, max: 20 }),
      quantity: fc.integer({ min: 0, max: 3 }),
      fate: fc.constantFrom("sent", "sent", "sent", "lost", "twice", "later", "cut", "compare"),
      lag: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        sync = create();
        const venue = new OrderBook();
        const past: BookFields[] = [];
        const remember = (micros: number) => {
          const book = part(micros, []);
          venue.copyTop(Number.POSITIVE_INFINITY, book.bids, book.asks);
          past.push(cloneBookFields(book));
        };
        remember(1);
        let later: BookFields | undefined;
        steps.forEach(({ fate, lag, price, quantity }, at) => {
          const diff = part(2 + at, [[price, quantity]]);
          venue.apply(diff);
          remember(2 + at);
          if (fate === "cut") sync.interrupted(GapReason.ConnectionLost);
          else if (fate === "compare") {
            sync.diff(diff);
            sync.prepare();
            sync.snapshot(past.at(-1 - Math.min(lag, past.length - 1))!);
          } else if (fate === "later") {
            if (later) sync.diff(later);
            later = diff;
          } else if (fate !== "lost") {
            sync.diff(diff);
            if (fate === "twice") sync.diff(diff);
          }
        });
        sync.prepare();
        expect(sync.snapshot(past.at(-1)!)).not.toBe("stale");
        expect(bookHash(sync.book)).toBe(bookHash(venue));
        expect(sync.bookId).toBe(past.at(-1)!.lastUpdateId);
      }),
      { numRuns: 500 },
    );
  });
});
