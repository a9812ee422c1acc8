import { FeedState, RecordFlags } from "@ims/common";
import { describe, expect, it } from "vitest";
import { BookStage, topFields } from "../../spec-support/book-stage.js";
import { spotSequence } from "./sequence-rule.js";

type Texts = [string, string][];

/** Levels of quantity 1 at these prices. */
function ones(...prices: number[]): Texts {
  return prices.map((price) => [String(price), "1"]);
}

/** A synced book at update 5: bids 99 and 98, asks 101 and 102. */
function synced(): BookStage {
  const stage = new BookStage(spotSequence);
  stage.depth({ U: 5, u: 5, b: [], a: [] });
  stage.snapshot(4, ones(99, 98), ones(101, 102));
  expect(stage.take()).toEqual(["snapshot 5"]);
  return stage;
}

function top(stage: BookStage, u: number, bid: string, ask: string): void {
  stage.feed.top(topFields({ u, b: bid, B: "1.0", a: ask, A: "1.0" }));
}

describe("what is published", () => {
  it("has the levels, scales, ids and times of the book, and numbers of this service", () => {
    const stage = new BookStage(spotSequence);
    stage.depth({ U: 5, u: 6, b: [["98.5", "2"]], a: [["101.0", "0.000"]] });
    stage.snapshot(4, ones(99, 98), ones(101, 102), 2);
    stage.depth({ E: 1700, U: 7, u: 9, b: [["97", "3"]], a: [] });
    expect(stage.calls).toEqual([
      {
        kind: "snapshot",
        book: {
          instrumentId: 7,
          eventMicros: 0,
          sendMicros: 0,
          receiveMicros: 1,
          flags: RecordFlags.Snapshot | RecordFlags.LastInEvent,
          priceScale: 1,
          quantityScale: 0,
          firstUpdateId: 6,
          lastUpdateId: 6,
          previousUpdateId: 0,
          horizon: 1,
          bids: [
            [990n, 1n],
            [985n, 2n],
            [980n, 1n],
          ],
          asks: [[1020n, 1n]],
        },
      },
      {
        kind: "delta",
        book: {
          instrumentId: 7,
          eventMicros: 0,
          sendMicros: 1_700_000,
          receiveMicros: 1,
          flags: RecordFlags.LastInEvent,
          priceScale: 0,
          quantityScale: 0,
          firstUpdateId: 7,
          lastUpdateId: 9,
          previousUpdateId: 6,
          horizon: 0,
          bids: [[97n, 3n]],
          asks: [],
        },
      },
    ]);
  });

  it("tells each change of state", async () => {
    const stage = new BookStage(spotSequence);
    stage.depth({ U: 5, u: 5, b: [], a: [] });
    stage.snapshot(5, ones(99), ones(101));
    stage.depth({ U: 6, u: 6, b: [], a: [] }, { U: 9, u: 9, b: [], a: [] });
    await stage.pass(1000);
    stage.snapshot(8, ones(99), ones(101));
    await stage.pass(30_000);
    stage.snapshot(9, ones(99), ones(101));
    stage.depth({ U: 10, u: 10, b: [], a: [] });
    stage.feed.stop();
    const { Starting, Live, Stale, Quiet, Stopped } = FeedState;
    expect(stage.states.map(Number)).toEqual([Starting, Starting, Live, Stale, Live, Quiet, Live, Stopped]);
  });
});

describe("a doubted book", () => {
  it("goes on as suspect when its best prices meet, until a new snapshot replaces it", async () => {
    for (const ask of [98, 99]) {
      const stage = synced();
      stage.depth({ U: 6, u: 6, b: [], a: ones(ask) });
      expect([stage.take(), stage.wanted]).toEqual([["delta 5>6 suspect"], 1]);
      stage.depth({ U: 7, u: 8, b: [], a: [[String(ask), "0"]] });
      expect(stage.take()).toEqual(["delta 6>8 suspect"]);
      await stage.pass(1000);
      stage.depth({ U: 9, u: 9, b: [], a: [] });
      stage.take();
      stage.snapshot(8, ones(97), ones(103));
      expect([stage.take(), stage.feed.isSuspect]).toEqual([["snapshot 9"], false]);
      expect(stage.feed.counters.crossedCount).toBe(1);
    }
  });

  it("stays suspect when the new snapshot is crossed too, and asks again", async () => {
    const stage = synced();
    stage.depth({ U: 6, u: 6, b: [], a: ones(98) });
    await stage.pass(1000);
    stage.take();
    stage.snapshot(6, ones(99), ones(98));
    expect([stage.take(), stage.feed.isSuspect]).toEqual([["snapshot 6 suspect"], true]);
    await stage.pass(3000);
    expect(stage.wanted).toBe(1);
  });

  it("takes no snapshot from before its last update, and replays what came after the request", async () => {
    const stage = synced();
    stage.depth({ U: 6, u: 6, b: [], a: ones(98) });
    await stage.pass(1000);
    stage.snapshot(5, ones(97), ones(103));
    expect(stage.take()).toEqual(["delta 5>6 suspect"]);
    await stage.pass(5000);
    stage.depth({ U: 7, u: 7, b: ones(96), a: [] }, { U: 8, u: 8, b: [["99", "5"]], a: [["98", "0"]] });
    expect(stage.take()).toEqual(["delta 6>7 suspect", "delta 7>8 suspect"]);
    stage.snapshot(7, ones(97, 96), ones(103));
    expect(stage.calls).toMatchObject([
      {
        kind: "snapshot",
        book: {
          lastUpdateId: 8,
          bids: [
            [99n, 5n],
            [97n, 1n],
            [96n, 1n],
          ],
        },
      },
    ]);
    expect(stage.take()).toEqual(["snapshot 8"]);
  });

  it("is one whose best levels lie beyond what the snapshot showed", async () => {
    const stage = new BookStage(spotSequence, { knownLevelsMin: 1 });
    stage.depth({ U: 5, u: 5, b: [], a: [] });
    stage.snapshot(4, ones(99, 98, 97, 96), ones(101, 102, 103, 104), 4);
    const gone = (...prices: number[]): Texts => prices.map((price) => [String(price), "0"]);
    stage.depth({ U: 6, u: 6, b: [...gone(99, 98, 97), ...ones(90)], a: [] });
    expect(stage.take()).toEqual(["snapshot 5", "delta 5>6"]);
    stage.depth({ U: 7, u: 7, b: gone(96), a: [] });
    expect([stage.take(), stage.feed.book.horizon]).toEqual([["delta 6>7 suspect"], -1]);
    await stage.pass(1000);
    stage.snapshot(7, ones(95, 94, 93, 92), ones(101, 102, 103, 104), 4);
    expect([stage.take(), stage.feed.isSuspect]).toEqual([["snapshot 7"], false]);
  });

  it("gets a snapshot before few known levels are left, and is good meanwhile", async () => {
    const stage = new BookStage(spotSequence, { knownLevelsMin: 3 });
    const prices = Array.from({ length: 12 }, (_, index) => index);
    const bids = ones(...prices.map((index) => 99 - index));
    stage.depth({ U: 5, u: 5, b: [], a: [] });
    stage.snapshot(4, bids, ones(...prices.map((index) => 101 + index)), 12);
    stage.depth({ U: 6, u: 6, b: bids.slice(0, 9).map(([price]) => [price, "0"]), a: [] });
    await stage.pass(1000);
    expect(stage.wanted).toBe(0);
    stage.depth({ U: 7, u: 7, b: bids.slice(9, 10).map(([price]) => [price, "0"]), a: [] });
    await stage.pass(1000);
    expect([stage.wanted, stage.take()]).toEqual([1, ["snapshot 5", "delta 5>6", "delta 6>7"]]);
  });

  it("is not published at all while nothing of it is certain", () => {
    const stage = new BookStage(spotSequence);
    stage.depth({ U: 5, u: 5, b: [["99", "0"]], a: [] });
    stage.snapshot(4, ones(99), ones(101), 1);
    stage.depth({ U: 6, u: 6, b: ones(90), a: [] });
    expect([stage.take(), stage.feed.isSuspect]).toEqual([[], true]);
  });
});

describe("the comparison with the venue's top of book", () => {
  it("is made at the end of a batch, with the last top within it", () => {
    const stage = synced();
    top(stage, 6, "98", "101");
    top(stage, 7, "99.00", "100.50");
    top(stage, 9, "90", "110");
    stage.depth({ U: 6, u: 8, b: [], a: ones(100.5) });
    expect(stage.feed.counters).toMatchObject({ topAgreedCount: 1, topDifferedCount: 0 });
    expect(stage.take()).toEqual(["delta 5>8"]);
  });

  it("waits for a top behind the batch where that comes later", () => {
    const stage = synced();
    top(stage, 6, "99", "101");
    stage.depth({ U: 6, u: 8, b: [], a: [] });
    expect(stage.feed.counters.topAgreedCount).toBe(0);
    top(stage, 7, "98", "101");
    expect(stage.feed.counters.topDifferedCount).toBe(0);
    top(stage, 12, "97", "101");
    expect(stage.feed.counters).toMatchObject({ topAgreedCount: 0, topDifferedCount: 1 });
    expect(stage.feed.isSuspect).toBe(true);
  });

  it("makes a book suspect that has another quantity, and a new snapshot clears it", async () => {
    const stage = synced();
    stage.feed.top(topFields({ u: 6, b: "99", B: "1", a: "101", A: "2" }));
    top(stage, 7, "99", "101");
    stage.depth({ U: 6, u: 6, b: [], a: [] });
    expect(stage.take()).toEqual(["delta 5>6 suspect"]);
    await stage.pass(1000);
    stage.snapshot(6, ones(99), [["101", "2"]]);
    expect([stage.take(), stage.feed.isSuspect]).toEqual([["snapshot 6"], false]);
  });

  it("says nothing of tops out of order, or of more than it can keep", () => {
    const stage = synced();
    top(stage, 9, "1", "2");
    top(stage, 6, "3", "4");
    stage.depth({ U: 6, u: 7, b: [], a: [] });
    for (let u = 10; u < 1040; u++) top(stage, u, "5", "6");
    stage.depth({ U: 8, u: 1032, b: [], a: [] });
    expect(stage.feed.counters).toMatchObject({ topAgreedCount: 0, topDifferedCount: 0 });
    stage.depth({ U: 1033, u: 1036, b: [], a: [] });
    expect(stage.feed.counters).toMatchObject({ topAgreedCount: 0, topDifferedCount: 1 });
  });
});

describe("levels that do not fit", () => {
  it("void the book, and are counted", () => {
    const stage = synced();
    stage.depth({ U: 6, u: 6, b: [["9000000000", "1"]], a: [] });
    stage.depth({ U: 7, u: 7, b: [["0.0000000001", "1"]], a: [] });
    expect([stage.take(), stage.feed.counters.refusedCount]).toEqual([["delta 5>6 suspect", "gap 7-7"], 1]);
  });

  it("of a snapshot leave no book, and it is asked for again", async () => {
    const stage = new BookStage(spotSequence);
    stage.depth({ U: 5, u: 5, b: [], a: [] });
    stage.snapshot(4, [["99", "-1"]], []);
    expect([stage.take(), stage.feed.counters.refusedCount]).toEqual([[], 1]);
    await stage.pass(500);
    expect(stage.wanted).toBe(1);
  });
});
