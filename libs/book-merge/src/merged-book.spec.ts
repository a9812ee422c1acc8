import { BookCondition } from "@ims/common";
import { expect, it } from "vitest";
import { MergedBook } from "./merged-book.js";
import { type Level, scaledLevels } from "./spec-support/simple-merge.js";
import { VenueBook } from "./venue-book.js";

function venueWith(name: string, bids: readonly Level[], asks: readonly Level[], priceScale = 0) {
  const venue = new VenueBook(name, { staleAfterMillis: 1000 });
  venue.replace(scaledLevels(bids, asks, priceScale), 0, 0, 0);
  return venue;
}

it("keeps one row per venue of equal prices, in the order of the venues, at the finest scale", () => {
  const coarse = venueWith("coarse", [[100n, 5n]], [[102n, 5n]], 0);
  const fine = venueWith("fine", [[1000n, 7n]], [[1019n, 7n]], 1);
  const merged = new MergedBook("BTCUSDT", [coarse, fine]);
  merged.refresh();
  expect(merged.priceScale).toBe(1);
  expect([...merged.bids.venues.subarray(0, merged.bids.count)]).toEqual([0, 1]);
  expect([merged.bids.levels.price(0), merged.bids.levels.price(1)]).toEqual([1000n, 1000n]);
  expect(merged.spread()!.toString()).toBe("1.9");
  expect(merged.mid()!.toString()).toBe("100.95");
  expect(merged.condition).toBe(0);
});

it("shows a crossed merge with its negative spread", () => {
  const merged = new MergedBook("BTCUSDT", [
    venueWith("low", [[100n, 1n]], [[101n, 1n]]),
    venueWith("high", [[105n, 1n]], [[106n, 1n]]),
  ]);
  merged.refresh();
  expect(merged.spread()!.toString()).toBe("-4");
  expect(merged.condition).toBe(BookCondition.Crossed);
});

it("leaves out a venue that is silent for its time, names it, and takes it back at its next record", () => {
  const silent = venueWith("silent", [[100n, 1n]], [[101n, 1n]]);
  const merged = new MergedBook("BTCUSDT", [silent]);
  merged.refresh();
  expect(silent.expire(999)).toBe(false);
  expect(silent.expire(1000)).toBe(true);
  expect(merged.refresh()).toBe(true);
  expect([merged.bids.count, merged.isMerged(0), merged.condition]).toEqual([
    0,
    false,
    BookCondition.VenueMissing,
  ]);
  expect([silent.state, silent.reason]).toEqual(["stale", "nothing was heard for 1 s"]);
  silent.change(scaledLevels([[99n, 2n]], []), 0, 1500);
  expect(merged.refresh()).toBe(true);
  expect(merged.bids.count).toBe(2);
});

it("does not take a suspect venue back because it goes on talking", () => {
  const venue = venueWith("suspect", [[100n, 1n]], [[101n, 1n]]);
  venue.suspend("suspect", "its hash differs");
  venue.change(scaledLevels([[99n, 2n]], []), 0, 10);
  venue.vouch(11);
  expect(venue.state).toBe("suspect");
  venue.restore(12);
  expect(venue.state).toBe("fresh");
});

it("filters and counts levels that cannot be", () => {
  const venue = venueWith(
    "odd",
    [
      [100n, 1n],
      [0n, 1n],
      [-5n, 1n],
      [99n, -1n],
    ],
    [[101n, 1n]],
  );
  const merged = new MergedBook("BTCUSDT", [venue]);
  merged.refresh();
  expect([merged.bids.count, venue.invalidCount]).toEqual([1, 3]);
});

it("filters and counts what is absurd against the median of three, once for each that comes", () => {
  const odd = venueWith(
    "odd",
    [
      [900n, 1n],
      [100n, 1n],
    ],
    [[101n, 1n]],
  );
  const others = [venueWith("a", [[100n, 1n]], [[102n, 1n]]), venueWith("b", [[99n, 1n]], [[103n, 1n]])];
  const merged = new MergedBook("BTCUSDT", [odd, ...others]);
  merged.refresh();
  expect(merged.bids.levels.price(0)).toBe(100n);
  expect(merged.absurdCount(0)).toBe(1);
  odd.change(scaledLevels([[98n, 1n]], []), 0, 1);
  merged.refresh();
  expect(merged.absurdCount(0)).toBe(1);
  odd.change(scaledLevels([[901n, 1n]], []), 0, 2);
  merged.refresh();
  expect(merged.absurdCount(0)).toBe(2);
});

it("waits for a whole book after a change that does not fit into 64 bits", () => {
  const venue = venueWith("wide", [[1n << 62n, 1n]], []);
  venue.change(scaledLevels([[5n, 1n]], [], 3), 0, 1);
  expect([venue.state, venue.reason]).toEqual(["waiting", "a price or quantity does not fit into 64 bits"]);
});

it("does not take a book for whole again because something is heard, once it was lost", () => {
  const venue = venueWith("lost", [[100n, 1n]], [[101n, 1n]]);
  expect(venue.expire(1000)).toBe(true);
  venue.lose("changes are missing");
  venue.vouch(1500);
  venue.change(scaledLevels([[99n, 2n]], []), 0, 1600);
  expect([venue.state, venue.reason, venue.book.bids.count]).toEqual(["waiting", "changes are missing", 0]);
});

it("keeps a venue whose feed is quiet, however long it is silent, until the feed says otherwise", () => {
  const venue = venueWith("quiet", [[100n, 1n]], [[101n, 1n]]);
  venue.vouch(500, true);
  expect(venue.expire(1_000_000)).toBe(false);
  // Somebody else joins: the whole book comes once more, and the feed is as quiet as before.
  venue.replace(scaledLevels([[100n, 1n]], [[101n, 1n]]), 0, 0, 1_000_000);
  expect(venue.expire(2_000_000)).toBe(false);
  venue.vouch(2_000_000);
  expect([venue.expire(2_000_999), venue.expire(2_001_000)]).toEqual([false, true]);
});

it("reads prices rightly when a change of the other side made the book finer", () => {
  const odd = venueWith(
    "odd",
    [900n, 300n, 290n, 100n, 99n].map((price) => [price, 1n]),
    [[210n, 1n]],
  );
  const fine = venueWith("fine", [[20_000n, 1n]], [[20_400n, 1n]], 2);
  const other = venueWith("other", [[200n, 1n]], [[204n, 1n]]);
  const merged = new MergedBook("BTCUSDT", [odd, fine, other], { depth: 1 });
  merged.refresh();
  odd.change(scaledLevels([], [[2111n, 1n]], 1), 0, 1);
  // The median falls: what was believed of the odd venue is absurd now, and more of its bids are looked at.
  fine.replace(scaledLevels([[9900n, 1n]], [[10_200n, 1n]], 2), 0, 0, 1);
  other.replace(scaledLevels([[98n, 1n]], [[103n, 1n]]), 0, 0, 1);
  merged.refresh();
  expect([merged.bids.venues[0], merged.bids.levels.price(0)]).toEqual([0, 10_000n]);
});
