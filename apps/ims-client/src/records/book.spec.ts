import { Decimal } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Book } from "./book.js";
import type { BookDeltaMessage, BookLevel, BookMessage, BookSnapshotMessage } from "./book-message.js";
import type { FeedStatusMessage, GapMessage } from "./feed-message.js";
import type { MessageFlag, MessageOrigin } from "./message-origin.js";

type Levels = Readonly<Record<string, string>>;

function origin(flags: readonly MessageFlag[]): MessageOrigin {
  return {
    exchange: "binancespot",
    symbol: "BTCUSDT",
    flags,
    eventMicros: 1,
    sendMicros: 1,
    receiveMicros: 1,
    publishMicros: 1,
    offset: 0,
    partitionId: 0,
  };
}

function levels(given: Levels): BookLevel[] {
  return Object.entries(given).map(([price, quantity]) => ({
    price: Decimal.parse(price),
    quantity: Decimal.parse(quantity),
  }));
}

function snapshot(
  lastUpdateId: number | null,
  bids: Levels,
  asks: Levels,
  flags: readonly MessageFlag[] = ["snapshot", "last-in-event"],
): BookSnapshotMessage {
  return {
    type: "book-snapshot",
    ...origin(flags),
    lastUpdateId,
    horizon: null,
    bids: levels(bids),
    asks: levels(asks),
  };
}

function delta(
  previousUpdateId: number | null,
  lastUpdateId: number | null,
  bids: Levels,
  asks: Levels = {},
  flags: readonly MessageFlag[] = ["last-in-event"],
): BookDeltaMessage {
  return {
    type: "book-delta",
    ...origin(flags),
    firstUpdateId: lastUpdateId,
    lastUpdateId,
    previousUpdateId,
    bids: levels(bids),
    asks: levels(asks),
  };
}

const text = (side: readonly BookLevel[]) => side.map(({ price, quantity }) => `${price} x ${quantity}`);

describe("Book", () => {
  it("follows a whole book and its changes, best levels first", () => {
    const book = new Book("BTCUSDT");
    expect([book.state, book.reason]).toEqual(["empty", "no whole book came yet"]);
    expect(book.apply(delta(1, 2, { "100": "1" }))).toBe(false);
    expect(book.apply(snapshot(5, { "100": "1", "99.5": "2" }, { "101": "3" }))).toBe(true);
    expect(book.apply(delta(5, 6, { "99.50": "0", "99.75": "4" }, { "100.5": "1.5" }))).toBe(true);
    expect([text(book.bids), text(book.asks)]).toEqual([
      ["100 x 1", "99.75 x 4"],
      ["100.5 x 1.5", "101 x 3"],
    ]);
    expect([book.lastUpdateId, book.state, book.reason]).toEqual([6, "valid", ""]);
  });

  it("passes over changes that it has already, and other symbols", () => {
    const book = new Book("BTCUSDT");
    book.apply(snapshot(5, { "100": "1" }, {}));
    expect(book.apply(delta(3, 4, { "100": "9" }))).toBe(true);
    expect(book.apply({ ...delta(5, 6, { "100": "9" }), symbol: "ETHUSDT" })).toBe(true);
    expect(text(book.bids)).toEqual(["100 x 1"]);
  });

  it("is not valid after a missing change, until the next whole book", () => {
    const book = new Book("BTCUSDT");
    book.apply(snapshot(5, { "100": "1" }, {}));
    expect(book.apply(delta(7, 8, { "100": "2" }))).toBe(false);
    expect([book.state, book.reason, book.bids]).toEqual(["broken", "updates from 5 to 7 are missing", []]);
    expect(book.apply(delta(8, 9, { "100": "3" }))).toBe(false);
    expect(book.apply(snapshot(9, { "100": "3" }, {}))).toBe(true);
  });

  it("goes by the first update where the venue does not say what a change continues", () => {
    const book = new Book("BTCUSDT");
    book.apply(snapshot(5, { "100": "1" }, {}));
    expect(book.apply({ ...delta(null, 8, { "100": "2" }), firstUpdateId: 4 })).toBe(true);
    expect(book.apply({ ...delta(null, 12, { "100": "3" }), firstUpdateId: 10 })).toBe(false);
    expect(book.reason).toBe("updates from 9 to 9 are missing");
  });

  it("waits for all parts of a large book", () => {
    const book = new Book("BTCUSDT");
    expect(book.apply(snapshot(5, { "100": "1" }, {}, ["snapshot"]))).toBe(false);
    expect(book.state).toBe("incomplete");
    expect(book.apply(delta(5, 5, { "99": "1" }, {}, ["snapshot"]))).toBe(false);
    // A part of the change before it, which came late, is no part of the whole book.
    expect(book.apply(delta(5, 5, { "90": "1" }))).toBe(false);
    expect(book.apply(delta(5, 5, { "98": "1" }, {}, ["snapshot", "last-in-event"]))).toBe(true);
    expect(book.bids).toHaveLength(3);
    book.apply(delta(5, 6, { "97": "1" }, {}, []));
    expect(book.apply(delta(6, 7, { "96": "1" }))).toBe(false);
    expect([book.state, book.reason]).toEqual(["broken", "parts of update 6 are missing"]);
  });

  it("says when it is crossed, and when the service has not proven it", () => {
    const book = new Book("BTCUSDT");
    book.apply(snapshot(5, { "100": "1" }, { "101": "1" }, ["snapshot", "last-in-event", "suspect"]));
    expect(book.state).toBe("suspect");
    book.apply(delta(5, 6, { "101": "1" }));
    expect([book.state, book.reason]).toEqual(["crossed", "bid 101 is not below ask 101"]);
    expect(book.apply(delta(6, 7, {}, { "101": "0", "102": "1" }))).toBe(true);
  });

  it("heeds what is told of its feed, and of no other", () => {
    const book = new Book("BTCUSDT");
    book.apply(snapshot(5, { "100": "1" }, {}));
    const status = (state: FeedStatusMessage["state"], data = "book"): FeedStatusMessage => ({
      type: "feed-status",
      ...origin([]),
      data,
      resolution: null,
      state,
      sinceMicros: 1,
      lastRecordMicros: null,
      expectedIntervalMicros: null,
      text: "",
    });
    expect(book.apply(status("dead", "trades"))).toBe(true);
    expect(book.apply(status("stale"))).toBe(false);
    expect([book.state, book.reason]).toEqual(["stale", "the feed is stale"]);
    expect(book.apply(status("live"))).toBe(true);
    const gap: GapMessage = {
      type: "gap",
      ...origin([]),
      data: "book",
      resolution: null,
      reason: "connection-lost",
      fromId: null,
      toId: null,
      fromMicros: null,
      toMicros: null,
      missingCount: null,
      filledCount: 0,
    };
    expect(book.apply(gap)).toBe(false);
    expect(book.reason).toBe("changes are missing: connection-lost");
  });

  it("is equal to the truth whenever it is valid, whatever is lost, doubled or late", () => {
    const change = fc.record({
      price: fc.integer({ min: 1, max: 40 }),
      quantity: fc.integer({ min: 0, max: 3 }),
      isWhole: fc.nat({ max: 5 }).map((number) => number === 0),
      partCount: fc.integer({ min: 1, max: 3 }),
      fault: fc.oneof(
        { weight: 6, arbitrary: fc.constant("none" as const) },
        fc.constantFrom("lost", "cut", "doubled", "late"),
      ),
    });
    let validCount = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 60 }), (changes) => {
        const truth = new Truth();
        const book = new Book("BTCUSDT");
        for (const message of truth.whole(1)) book.apply(message);
        let held: readonly BookMessage[] = [];
        for (const { price, quantity, isWhole, partCount, fault } of changes) {
          const messages = isWhole ? truth.whole(partCount) : truth.change(price, quantity, partCount);
          // A part that is lost at the service is followed by none of the same update.
          const sent = fault === "lost" ? [] : fault === "cut" ? messages.slice(0, -1) : messages;
          const delivered =
            fault === "late" ? [] : fault === "doubled" ? [...sent, ...sent] : [...sent, ...held];
          for (const message of delivered) {
            if (!book.apply(message)) continue;
            validCount++;
            expect(truth.at(book.lastUpdateId!)).toEqual([text(book.bids), text(book.asks)]);
          }
          held = fault === "late" ? sent : [];
        }
        for (const message of truth.whole(2)) book.apply(message);
        expect(book.isValid).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(validCount).toBeGreaterThan(500);
  });

  it("is broken where its messages were skipped, and only then", () => {
    const book = new Book("BTCUSDT");
    book.apply(snapshot(1, { "100": "1" }, { "101": "1" }));
    const skipped = (symbol: string, type: "book-delta" | "trade") => ({
      type: "skipped" as const,
      count: 3,
      feeds: [{ type, symbol, count: 3, partitionId: 0, firstOffset: 5, lastOffset: 9 }],
    });
    expect(book.apply(skipped("ETHUSDT", "book-delta"))).toBe(true);
    expect(book.apply(skipped("BTCUSDT", "trade"))).toBe(true);
    expect(book.apply(skipped("BTCUSDT", "book-delta"))).toBe(false);
    expect([book.state, book.reason]).toEqual([
      "broken",
      "3 messages were skipped because the consumer was too slow",
    ]);
    expect(book.apply(snapshot(20, { "100": "1" }, { "101": "1" }))).toBe(true);
  });
});

/** A book kept as simply as can be: prices up to 20 are bids, the others asks. */
class Truth {
  readonly #quantities = new Map<number, number>();
  readonly #states: (readonly [string[], string[]])[] = [];
  #lastUpdateId = 0;

  constructor() {
    this.#states.push(this.#state());
  }

  at(updateId: number) {
    return this.#states[updateId];
  }

  change(price: number, quantity: number, partCount: number): BookMessage[] {
    const previous = this.#lastUpdateId++;
    if (quantity === 0) this.#quantities.delete(price);
    else this.#quantities.set(price, quantity);
    this.#states.push(this.#state());
    const last = this.#lastUpdateId;
    const side = { [price]: String(quantity) };
    return Array.from({ length: partCount }, (_, part) => {
      const flags: MessageFlag[] = part + 1 === partCount ? ["last-in-event"] : [];
      const own = part + 1 === partCount ? side : {};
      const [bids, asks] = price <= 20 ? [own, {}] : [{}, own];
      return delta(part === 0 ? previous : last, last, bids, asks, flags);
    });
  }

  whole(partCount: number): BookMessage[] {
    const last = this.#lastUpdateId;
    const entries = [...this.#quantities].map(
      ([price, quantity]) => [String(price), String(quantity)] as const,
    );
    return Array.from({ length: partCount }, (_, part) => {
      const own = entries.filter((_entry, index) => index % partCount === part);
      const bids = Object.fromEntries(own.filter(([price]) => Number(price) <= 20));
      const asks = Object.fromEntries(own.filter(([price]) => Number(price) > 20));
      const end: MessageFlag[] = part + 1 === partCount ? ["last-in-event"] : [];
      return part === 0
        ? snapshot(last, bids, asks, ["snapshot", ...end])
        : delta(last, last, bids, asks, ["snapshot", ...end]);
    });
  }

  #state(): readonly [string[], string[]] {
    const sorted = [...this.#quantities].sort(([a], [b]) => a - b);
    const line = ([price, quantity]: readonly [number, number]) => `${price} x ${quantity}`;
    return [
      sorted
        .filter(([price]) => price <= 20)
        .reverse()
        .map(line),
      sorted.filter(([price]) => price > 20).map(line),
    ];
  }
}
