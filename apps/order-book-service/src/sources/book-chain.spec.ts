import { VenueBook } from "@ims/book-merge";
import { BookLevels, RecordFlags } from "@ims/common";
import { beforeEach, expect, it } from "vitest";
import { BookChain } from "./book-chain.js";

const { LastInEvent, Snapshot, Suspect } = RecordFlags;

let chain: BookChain;
let book: VenueBook;

beforeEach(() => {
  chain = new BookChain();
  book = new VenueBook("binancespot");
  book.replace({ priceScale: 0, quantityScale: 0, bids: new BookLevels(), asks: new BookLevels() }, 0, 0, 0);
});

const record = (
  flags: number,
  lastUpdateId: number | null,
  firstUpdateId: number | null = null,
  previousUpdateId: number | null = null,
) => ({
  flags: () => flags,
  lastUpdateIdNumber: () => lastUpdateId,
  publishTimeNumber: () => 1000,
  firstUpdateIdNumber: () => firstUpdateId,
  previousUpdateIdNumber: () => previousUpdateId,
});

const stateOf = () => {
  chain.settle(book, "", 0);
  return [book.state, book.reason];
};

it("takes changes that continue one another, and leaves out what the book has already", () => {
  expect(chain.change(record(LastInEvent, 9, 9))).toBe(false);
  chain.whole(record(Snapshot | LastInEvent, 10));
  expect(chain.change(record(LastInEvent, 10, 8))).toBe(false);
  expect(chain.change(record(LastInEvent, 12, 10))).toBe(true);
  expect(chain.change(record(LastInEvent, 13, 13))).toBe(true);
  expect(stateOf()).toEqual(["fresh", ""]);
});

it.each([
  ["a first id beyond the next", record(LastInEvent, 20, 12), "updates from 11 to 11 are missing"],
  ["another one before it", record(LastInEvent, 20, null, 12), "updates from 10 to 12 are missing"],
])("knows that changes are missing by %s, until a whole book comes", (_, next, reason) => {
  chain.whole(record(Snapshot | LastInEvent, 10));
  expect(chain.change(next)).toBe(false);
  expect(stateOf()).toEqual(["waiting", reason]);
  expect(chain.change(record(LastInEvent, 21, 21))).toBe(false);
  chain.whole(record(Snapshot | LastInEvent, 30));
  book.replace({ priceScale: 0, quantityScale: 0, bids: new BookLevels(), asks: new BookLevels() }, 0, 0, 0);
  expect(stateOf()).toEqual(["fresh", ""]);
});

it("waits for all parts of a large book", () => {
  chain.whole(record(Snapshot, 10));
  expect(stateOf()[0]).toBe("suspect");
  expect(chain.change(record(Snapshot, 10, null, 10))).toBe(true);
  expect(stateOf()[0]).toBe("suspect");
  expect(chain.change(record(Snapshot | LastInEvent, 10, null, 10))).toBe(true);
  expect(stateOf()).toEqual(["fresh", ""]);
});

it("knows that a part is missing", () => {
  chain.whole(record(Snapshot, 10));
  expect(chain.change(record(LastInEvent, 11, 11))).toBe(false);
  expect(stateOf()).toEqual(["waiting", "parts of update 10 are missing"]);
});

it("leaves a book out while it is not proven, its feed is down or it is not reached", () => {
  chain.whole(record(Snapshot | LastInEvent | Suspect, 10));
  expect(stateOf()[0]).toBe("suspect");
  chain.whole(record(Snapshot | LastInEvent, 11));
  expect(stateOf()[0]).toBe("fresh");
  expect(chain.feed("dead")).toBe(false);
  expect(stateOf()).toEqual(["stale", "the feed is dead"]);
  expect(chain.feed("live")).toBe(true);
  expect(stateOf()[0]).toBe("fresh");
  chain.settle(book, "the broker is not connected", 0);
  expect([book.state, book.reason]).toEqual(["stale", "the broker is not connected"]);
});

it("takes a gap for mended that was noticed before the whole book was published, whichever is read first", () => {
  chain.whole(record(Snapshot | LastInEvent, 10));
  chain.gap("changes are missing", 1000);
  expect(stateOf()).toEqual(["fresh", ""]);
  chain.gap("changes are missing", 1001);
  expect(stateOf()).toEqual(["waiting", "changes are missing"]);
  expect(chain.isMissed).toBe(false);
});

it("wants the service to be asked for what was missed here, until the whole book comes", () => {
  chain.whole(record(Snapshot | LastInEvent, 10));
  chain.change(record(LastInEvent, 20, 12));
  expect(chain.isMissed).toBe(true);
  chain.whole(record(Snapshot | LastInEvent, 30));
  expect([chain.isMissed, ...stateOf()]).toEqual([false, "fresh", ""]);
});
