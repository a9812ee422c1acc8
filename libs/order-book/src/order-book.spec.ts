import { BookCondition, BookLevels, MantissaCell } from "@ims/common";
import { describe, expect, it } from "vitest";
import { bookHash } from "./book-hash.js";
import { BookOutcome, OrderBook } from "./order-book.js";
import { type Level, levelsOf, scaledLevels } from "./spec-support/simple-book.js";

const INT64_MAX = (1n << 63n) - 1n;

function bookOf(bids: readonly Level[], asks: readonly Level[], sideLimit = 0): OrderBook {
  const book = new OrderBook();
  expect(book.load(scaledLevels(bids, asks, 2, 3), sideLimit)).toBe(BookOutcome.Applied);
  return book;
}

function top(book: OrderBook, depth = Number.POSITIVE_INFINITY): { bids: Level[]; asks: Level[] } {
  const [bids, asks] = [new BookLevels(), new BookLevels()];
  book.copyTop(depth, bids, asks);
  return { bids: levelsOf(bids), asks: levelsOf(asks) };
}

describe("an order book", () => {
  it("gives its levels best first, as many as are asked for", () => {
    const book = bookOf(
      [
        [99n, 1n],
        [98n, 2n],
      ],
      [
        [101n, 3n],
        [102n, 4n],
      ],
    );
    expect(top(book, 1)).toEqual({ bids: [[99n, 1n]], asks: [[101n, 3n]] });
    expect(top(book).asks).toEqual([
      [101n, 3n],
      [102n, 4n],
    ]);
    const [price, quantity] = [new MantissaCell(), new MantissaCell()];
    expect(book.bestAsk(price, quantity)).toBe(true);
    expect([price.toBigInt(), price.scale, quantity.toBigInt(), quantity.scale]).toEqual([101n, 2, 3n, 3]);
  });

  it("removes a level whose quantity is 0, and minds no unknown one", () => {
    const book = bookOf([[99n, 1n]], [[101n, 3n]]);
    book.apply(
      scaledLevels(
        [
          [99n, 0n],
          [97n, 0n],
        ],
        [],
        2,
        3,
      ),
    );
    expect(top(book)).toEqual({ bids: [], asks: [[101n, 3n]] });
    expect(book.bestBid(new MantissaCell(), new MantissaCell())).toBe(false);
  });

  it("says whether it is locked or crossed", () => {
    expect(bookOf([[99n, 1n]], [[100n, 1n]]).condition).toBe(0);
    expect(bookOf([[99n, 1n]], []).condition).toBe(0);
    expect(bookOf([[100n, 1n]], [[100n, 1n]]).condition).toBe(BookCondition.Locked);
    expect(bookOf([[101n, 1n]], [[100n, 1n]]).condition).toBe(BookCondition.Crossed);
    // Low words are unsigned: 2^31 is above 1.
    expect(bookOf([[1n << 31n, 1n]], [[1n, 1n]]).condition).toBe(BookCondition.Crossed);
    expect(bookOf([[-1n, 1n]], [[1n << 40n, 1n]]).condition).toBe(0);
  });

  it("becomes finer for a change with more digits, and brings a coarser change to its own scale", () => {
    const book = bookOf([[9900n, 1n]], [[10_100n, 3n]]);
    expect(book.apply(scaledLevels([[99_001n, 7n]], [], 3, 1))).toBe(BookOutcome.Applied);
    expect([book.priceScale, book.quantityScale]).toEqual([3, 3]);
    expect(top(book)).toEqual({
      bids: [
        [99_001n, 700n],
        [99_000n, 1n],
      ],
      asks: [[101_000n, 3n]],
    });
  });

  it("refuses what does not fit, as a whole", () => {
    const book = bookOf([[INT64_MAX, 1n]], []);
    const before = bookHash(book);
    expect(book.apply(scaledLevels([], [[5n, 5n]], 3, 3))).toBe(BookOutcome.Overflow);
    const negative = scaledLevels(
      [[7n, 7n]],
      [
        [8n, 1n],
        [9n, -1n],
      ],
      2,
      3,
    );
    expect(book.apply(negative)).toBe(BookOutcome.NegativeQuantity);
    expect(book.load(negative, 0)).toBe(BookOutcome.NegativeQuantity);
    const finer = bookOf([], []);
    finer.apply(scaledLevels([[1n, 1n]], [], 5, 3));
    expect(finer.apply(scaledLevels([[INT64_MAX, 1n]], [], 2, 3))).toBe(BookOutcome.Overflow);
    expect([bookHash(book), book.priceScale]).toEqual([before, 2]);
  });

  it("declares how many levels are known for certain", () => {
    const bids: Level[] = [
      [99n, 1n],
      [98n, 1n],
      [97n, 1n],
    ];
    const asks: Level[] = [[101n, 1n]];
    expect(bookOf(bids, asks).horizon).toBe(0);
    const book = bookOf(bids, asks, 3);
    expect(book.horizon).toBe(3);
    // Behind the horizon a level is no more than what happened to be heard; before it, it counts.
    const add: Level[] = [
      [96n, 5n],
      [100n, 5n],
    ];
    book.apply(scaledLevels(add, [], 2, 3));
    expect([book.horizon, book.bids.count]).toEqual([4, 5]);
    book.apply(
      scaledLevels(
        [100n, 99n, 98n, 97n].map((price): Level => [price, 0n]),
        [],
        2,
        3,
      ),
    );
    expect([book.horizon, book.bids.count]).toEqual([-1, 1]);
  });

  it("keeps no more levels than it may: the worst go, and the horizon moves up", () => {
    const book = new OrderBook({ levelsMax: 32 });
    const bids = Array.from({ length: 33 }, (_, index): Level => [BigInt(100 - index), 1n]);
    book.load(scaledLevels(bids, []), 0);
    expect([book.bids.count, book.bids.shedCount, book.horizon]).toEqual([31, 2, 31]);
    expect(top(book).bids).toEqual(bids.slice(0, 31));
  });

  it("takes no more room as its prices wander off", () => {
    const book = bookOf([], []);
    for (let price = 100n; price < 3000n; price++) {
      book.apply(
        scaledLevels(
          [
            [price, 1n],
            [price - 50n, 0n],
          ],
          [],
          2,
          3,
        ),
      );
    }
    expect(book.bids.count).toBe(50);
    expect(book.bids.slotCount).toBeLessThanOrEqual(2 * 50 + 256);
    expect(top(book).bids.at(-1)).toEqual([2950n, 1n]);
  });

  it("has one hash for one content, whatever the scales", () => {
    const book = new OrderBook();
    book.load(scaledLevels([[61_602_000n, 91_220n]], [[61_602_020n, 5_000n]], 3, 6), 0);
    const other = new OrderBook();
    other.load(scaledLevels([[61_602n, 9_122n]], [], 0, 5), 0);
    other.apply(scaledLevels([], [[6_160_202n, 5n]], 2, 3));
    // sha256 of "b|61602|0.09122\na|61602.02|0.005\n"
    expect(bookHash(book)).toBe("5b284cd9039325626db2aedc67f09b71a1425123967cd1cb9d402691ab165e72");
    expect(bookHash(other)).toBe(bookHash(book));
  });
});
