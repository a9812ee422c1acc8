import { BookLevels, MantissaCell } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BookOutcome, OrderBook } from "./order-book.js";
import { type Level, levelsOf, SimpleBook, scaledLevels } from "./spec-support/simple-book.js";

/** Few prices, so that changes meet levels; or anything, across the boundaries of words and signs. */
const nearPrice = fc.bigInt({ min: 1n, max: 60n });
const anyPrice = fc.oneof(
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  fc.bigInt({ min: (1n << 31n) - 30n, max: (1n << 31n) + 30n }),
  fc.bigInt({ min: (1n << 32n) - 30n, max: (1n << 32n) + 30n }),
  fc.bigInt({ min: -30n, max: 30n }),
);
const quantity = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }));

function changes(price: fc.Arbitrary<bigint>) {
  const side = fc.array(fc.tuple(price, quantity), { maxLength: 40 });
  return fc.array(fc.record({ bids: side, asks: side, reload: fc.boolean() }), { maxLength: 25 });
}

function check(book: OrderBook, simple: SimpleBook, depth: number): void {
  const [bids, asks] = [new BookLevels(), new BookLevels()];
  book.copyTop(depth, bids, asks);
  expect(levelsOf(bids)).toEqual(simple.sorted("bids").slice(0, depth));
  expect(levelsOf(asks)).toEqual(simple.sorted("asks").slice(0, depth));
  expect([book.bids.count, book.asks.count]).toEqual([simple.bids.size, simple.asks.size]);
  const [price, quantity] = [new MantissaCell(), new MantissaCell()];
  for (const kind of ["bids", "asks"] as const) {
    const [best] = simple.sorted(kind);
    const found = kind === "bids" ? book.bestBid(price, quantity) : book.bestAsk(price, quantity);
    expect(found ? [price.toBigInt(), quantity.toBigInt()] : undefined).toEqual(best);
    expect(book[kind].slotCount).toBeLessThanOrEqual(2 * book[kind].count + 256);
  }
}

describe("an order book equals the simple one", () => {
  for (const [name, price] of [
    ["near prices", nearPrice],
    ["prices of the whole range", anyPrice],
  ] as const) {
    it(`for ${name}`, () => {
      fc.assert(
        fc.property(changes(price), fc.integer({ min: 0, max: 50 }), (steps, depth) => {
          const [book, simple] = [new OrderBook(), new SimpleBook()];
          for (const { bids, asks, reload } of steps) {
            const first = reload && bids.length < 5;
            if (first) simple.load(lastFirst(bids), lastFirst(asks));
            else simple.apply(bids, asks);
            const levels = scaledLevels(bids, asks);
            expect(first ? book.load(levels, 0) : book.apply(levels)).toBe(BookOutcome.Applied);
            check(book, simple, depth);
          }
          check(book, simple, Number.POSITIVE_INFINITY);
        }),
        { numRuns: 300 },
      );
    });
  }

  it("for thousands of levels that come and go", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1 << 30 }), (seed) => {
        const [book, simple] = [new OrderBook(), new SimpleBook()];
        let state = seed;
        const random = (bound: number) => {
          state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
          return Math.floor((state / 0x80000000) * bound);
        };
        for (let step = 0; step < 300; step++) {
          const keep = step % 100 < 60 ? 8 : 2;
          const bids = Array.from({ length: 40 }, (): Level => {
            return [BigInt(random(1500)), BigInt(random(10) < keep ? 1 + random(99) : 0)];
          });
          simple.apply(bids, []);
          book.apply(scaledLevels(bids, []));
          if (step % 25 === 0) check(book, simple, Number.POSITIVE_INFINITY);
        }
        check(book, simple, Number.POSITIVE_INFINITY);
      }),
      { numRuns: 10 },
    );
  });
});

it("changes of any scale add up exactly, or are refused where 64 bits do not hold them", () => {
  const scale = fc.integer({ min: 0, max: 18 });
  const value = fc.oneof(fc.bigInt({ min: 0n, max: 50n }), fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }));
  const price = fc.oneof(value, fc.bigInt({ min: -(1n << 63n), max: 0n }));
  const side = fc.array(fc.tuple(price, value), { maxLength: 5 });
  const change = fc.record({ bids: side, asks: side, priceScale: scale, quantityScale: scale });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (steps) => {
      const [book, simple] = [new OrderBook(), new SimpleBook()];
      // The simple book holds everything at scale 18, without a bound.
      const finest = (levels: readonly Level[], prices: number, quantities: number) =>
        levels.map(([p, q]): Level => [p * 10n ** BigInt(18 - prices), q * 10n ** BigInt(18 - quantities)]);
      for (const { bids, asks, priceScale, quantityScale } of steps) {
        const before = [book.priceScale, book.quantityScale] as const;
        const outcome = book.apply(scaledLevels(bids, asks, priceScale, quantityScale));
        if (outcome === BookOutcome.Applied) {
          simple.apply(finest(bids, priceScale, quantityScale), finest(asks, priceScale, quantityScale));
        } else {
          expect(outcome).toBe(BookOutcome.Overflow);
          expect([book.priceScale, book.quantityScale]).toEqual(before);
        }
        const [bidColumns, askColumns] = [new BookLevels(), new BookLevels()];
        book.copyTop(Number.POSITIVE_INFINITY, bidColumns, askColumns);
        const scales = [book.priceScale, book.quantityScale] as const;
        expect(finest(levelsOf(bidColumns), ...scales)).toEqual(simple.sorted("bids"));
        expect(finest(levelsOf(askColumns), ...scales)).toEqual(simple.sorted("asks"));
      }
    }),
    { numRuns: 500 },
  );
});

describe("what a book calls known", () => {
  it("equals the truth, though it began with a cut snapshot and keeps few levels", () => {
    const side = fc.uniqueArray(nearPrice, { maxLength: 50 });
    fc.assert(
      fc.property(
        side,
        side,
        changes(nearPrice),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 16, max: 40 }),
        (bids, asks, steps, sideLimit, levelsMax) => {
          const [book, truth] = [new OrderBook({ levelsMax }), new SimpleBook()];
          truth.load(bids.map(one), asks.map(one));
          const cut = (kind: "bids" | "asks") => truth.sorted(kind).slice(0, sideLimit);
          book.load(scaledLevels(cut("bids"), cut("asks")), sideLimit);
          for (const step of steps) {
            truth.apply(step.bids, step.asks);
            book.apply(scaledLevels(step.bids, step.asks));
            for (const kind of ["bids", "asks"] as const) {
              const known = new BookLevels();
              book[kind].copyTop(book[kind].knownCount, known);
              expect(known.count).toBe(book[kind].knownCount);
              expect(levelsOf(known)).toEqual(truth.sorted(kind).slice(0, known.count));
              if (!book[kind].isLimited) expect(known.count).toBe(truth[kind].size);
              expect(book[kind].count).toBeLessThanOrEqual(levelsMax);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

function one(price: bigint): Level {
  return [price, 1n];
}

/** A snapshot is read from its end, so the first of equal prices counts. */
function lastFirst(levels: readonly Level[]): Level[] {
  return [...levels].reverse();
}
