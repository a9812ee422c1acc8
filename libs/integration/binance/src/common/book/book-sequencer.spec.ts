import { GapReason } from "@ims/common";
import { describe, expect, it } from "vitest";
import { BookStage, type DepthEvent } from "../../spec-support/book-stage.js";
import { futuresSequence, spotSequence } from "./sequence-rule.js";

const BIDS = [["99", "1"]] as const;
const ASKS = [["101", "1"]] as const;

function spot(U: number, u: number): DepthEvent {
  return { U, u, b: [["98", String(u)]], a: [] };
}

function futures(U: number, u: number, pu: number): DepthEvent {
  return { U, u, pu, b: [["98", String(u)]], a: [] };
}

describe("the spot rule [binance.md 1.5]", () => {
  it("keeps events until the snapshot, drops those within it, and publishes the joined book once", () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1, 5), spot(6, 9), spot(10, 12));
    expect([stage.wanted, stage.take()]).toEqual([1, []]);
    stage.snapshot(9, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 12"]);
    stage.depth(spot(13, 13));
    expect(stage.take()).toEqual(["delta 12>13"]);
    expect(stage.feed.sequencer.counters).toMatchObject({ appliedCount: 2, droppedCount: 2 });
  });

  it("takes a first event that begins exactly behind the snapshot, or holds it", () => {
    for (const snapshotId of [4, 5, 8]) {
      const stage = new BookStage(spotSequence);
      stage.depth(spot(5, 9));
      stage.snapshot(snapshotId, BIDS, ASKS);
      expect(stage.take()).toEqual(["snapshot 9"]);
    }
  });

  it("asks again, after a pause, for a snapshot that is older than the events", async () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(5, 9));
    stage.snapshot(3, BIDS, ASKS);
    expect([stage.wanted, stage.take()]).toEqual([0, []]);
    await stage.pass(500);
    stage.snapshot(3, BIDS, ASKS);
    await stage.pass(500);
    expect(stage.wanted).toBe(0);
    await stage.pass(500);
    expect(stage.wanted).toBe(1);
    stage.snapshot(5, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 9"]);
  });

  it("publishes a snapshot without an event behind it as suspect until one continues it", () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(5, 9));
    stage.snapshot(11, BIDS, ASKS);
    expect([stage.take(), stage.feed.isSuspect]).toEqual([["snapshot 11 suspect"], true]);
    stage.depth(spot(10, 11), spot(11, 12));
    expect([stage.take(), stage.feed.isSuspect]).toEqual([["delta 11>12"], false]);
  });

  it("tells the missing updates, and joins the events from the break on to another snapshot", () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1, 5));
    stage.snapshot(2, BIDS, ASKS);
    stage.take();
    stage.depth(spot(8, 9), spot(10, 10));
    expect(stage.calls).toMatchObject([{ kind: "gap", fromId: 6, toId: 7, missingCount: 2 }]);
    stage.take();
    expect(stage.feed.isSuspect).toBe(true);
    return stage.pass(1000).then(() => {
      stage.snapshot(8, BIDS, ASKS);
      expect(stage.take()).toEqual(["snapshot 10"]);
    });
  });

  it("passes over what it has, and takes an overlap from a connection that cuts its batches elsewhere", () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1, 5));
    stage.snapshot(2, BIDS, ASKS);
    stage.take();
    stage.depth(spot(1, 5), spot(3, 4), spot(4, 8), spot(9, 9));
    expect(stage.take()).toEqual(["delta 5>8", "delta 8>9"]);
  });
});

describe("the futures rule [binance.md 2.5]", () => {
  it("begins with the event that holds the snapshot, or ends with it, and follows pu", () => {
    for (const snapshotId of [20, 25, 29]) {
      const stage = new BookStage(futuresSequence);
      stage.depth(futures(10, 15, 7), futures(20, 29, 15), futures(33, 40, 29));
      stage.snapshot(snapshotId, BIDS, ASKS);
      expect(stage.take()).toEqual(["snapshot 40"]);
      stage.depth(futures(50, 55, 40));
      expect(stage.take()).toEqual(["delta 40>55"]);
    }
  });

  it("begins with an event whose pu is the snapshot", () => {
    const stage = new BookStage(futuresSequence);
    stage.depth(futures(20, 29, 15));
    stage.snapshot(15, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 29"]);
    const later = new BookStage(futuresSequence);
    later.depth(futures(10, 15, 7));
    later.snapshot(18, BIDS, ASKS);
    later.depth(futures(20, 29, 18));
    expect(later.take()).toEqual(["snapshot 18 suspect", "delta 18>29"]);
  });

  it("passes over a copy of the event that it began with, from another connection", () => {
    const stage = new BookStage(futuresSequence);
    stage.depth(futures(10, 15, 7));
    stage.snapshot(18, BIDS, ASKS);
    stage.depth(futures(20, 29, 18), futures(20, 29, 18), futures(30, 35, 29));
    expect(stage.take()).toEqual(["snapshot 18 suspect", "delta 18>29", "delta 29>35"]);
  });

  it("does not begin between events, where the spot rule would", async () => {
    const stage = new BookStage(futuresSequence);
    stage.depth(futures(20, 29, 15));
    stage.snapshot(19, BIDS, ASKS);
    expect(stage.take()).toEqual([]);
    await stage.pass(500);
    expect(stage.wanted).toBe(1);
  });

  it("tells a break by pu, of which it cannot count the updates", () => {
    const stage = new BookStage(futuresSequence);
    stage.depth(futures(10, 15, 7));
    stage.snapshot(12, BIDS, ASKS);
    stage.take();
    stage.depth(futures(30, 40, 22));
    expect(stage.calls).toMatchObject([
      { kind: "gap", fromId: 16, toId: 22, missingCount: -1, reason: GapReason.SequenceBroken },
    ]);
  });
});

describe("a book sequencer", () => {
  it("asks for a snapshot without an event too, for a market that is quiet", async () => {
    const stage = new BookStage(spotSequence);
    await stage.pass(2750);
    expect(stage.wanted).toBe(0);
    await stage.pass(250);
    stage.snapshot(7, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 7 suspect"]);
  });

  it("gives up kept events at their bound, and asks again for a snapshot that is older than the rest", async () => {
    const stage = new BookStage(spotSequence, { buffer: { eventsMax: 3 } });
    for (let id = 1; id <= 5; id++) stage.depth(spot(id, id));
    expect(stage.feed.sequencer.overflowCount).toBe(1);
    stage.snapshot(1, BIDS, ASKS);
    expect(stage.take()).toEqual([]);
    await stage.pass(500);
    stage.snapshot(4, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 5"]);
    const levels = new BookStage(spotSequence, { buffer: { levelsMax: 2 } });
    levels.depth(spot(1, 1), spot(2, 2), spot(3, 3));
    expect(levels.feed.sequencer.overflowCount).toBe(1);
  });

  it("begins a new chain where kept events miss some", () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1, 5), spot(8, 9));
    stage.snapshot(7, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 9"]);
  });

  it("goes on asking when a snapshot fails, at longer and longer intervals", async () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(5, 9));
    const asked: number[] = [];
    for (let turn = 0; turn < 1000; turn++) {
      if (stage.wanted > 0) {
        asked.push(stage.clock.monotonicMillis());
        stage.fail("no answer");
      }
      await stage.pass(250);
    }
    const pauses = asked.slice(1).map((at, index) => at - asked[index]!);
    expect(pauses.slice(0, 4)).toEqual([500, 750, 1500, 3000]);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(60_000);
    expect(asked.length).toBeGreaterThan(9);
  });

  it("asks at once when a book breaks that has held, and after a pause when it breaks again", async () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1, 5));
    stage.snapshot(2, BIDS, ASKS);
    await stage.pass(31_000);
    if (stage.wanted > 0) stage.snapshot(5, BIDS, ASKS);
    await stage.pass(31_000);
    stage.depth(spot(8, 9));
    expect(stage.wanted).toBe(1);
    stage.snapshot(8, BIDS, ASKS);
    stage.depth(spot(12, 13));
    expect(stage.wanted).toBe(0);
    await stage.pass(1000);
    expect(stage.wanted).toBe(1);
    stage.snapshot(12, BIDS, ASKS);
    await stage.pass(31_000);
    stage.snapshot(13, BIDS, ASKS);
    await stage.pass(31_000);
    stage.depth(spot(20, 21));
    expect(stage.wanted).toBe(1);
  });

  it("resyncs when the venue begins its ids anew", async () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1_000_001, 1_000_005));
    stage.snapshot(1_000_001, BIDS, ASKS);
    stage.take();
    for (let id = 1; id <= 150; id++) stage.depth(spot(id, id));
    expect(stage.calls).toMatchObject([{ kind: "gap", reason: GapReason.VenueRestarted }]);
    stage.take();
    await stage.pass(1000);
    stage.snapshot(149, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 150"]);
  });

  it("checks a silent stream with a snapshot: quiet if it shows the same update, behind if a newer one", async () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1, 5));
    stage.snapshot(2, BIDS, ASKS);
    await stage.pass(30_000);
    stage.snapshot(5, BIDS, ASKS);
    expect([stage.take(), stage.feed.sequencer.isLagging]).toEqual([["snapshot 5", "snapshot 5"], false]);
    await stage.pass(60_000);
    stage.snapshot(9, BIDS, ASKS);
    expect([stage.take(), stage.feed.sequencer.isLagging]).toEqual([["snapshot 9 suspect"], true]);
    stage.depth(spot(10, 10));
    expect([stage.take(), stage.feed.sequencer.isLagging]).toEqual([["delta 9>10"], false]);
  });

  it("voids the book when its stream was cut, and says so once", async () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1, 5));
    stage.snapshot(2, BIDS, ASKS);
    stage.take();
    stage.feed.interrupted(GapReason.ConnectionLost, "the connection was lost");
    stage.feed.interrupted(GapReason.ConnectionLost, "the connection was lost");
    expect(stage.calls).toMatchObject([{ kind: "gap", reason: GapReason.ConnectionLost, toId: 0 }]);
    stage.take();
    await stage.pass(1000);
    stage.snapshot(7, BIDS, ASKS);
    stage.depth(spot(8, 8));
    expect(stage.take()).toEqual(["snapshot 7 suspect", "delta 7>8"]);
  });

  it("says nothing after its stop, whatever still arrives, and can start again", () => {
    const stage = new BookStage(spotSequence);
    stage.depth(spot(1, 5));
    stage.feed.stop();
    stage.snapshot(2, BIDS, ASKS);
    stage.depth(spot(6, 6));
    expect(stage.take()).toEqual([]);
    stage.feed.start();
    stage.depth(spot(7, 9));
    stage.snapshot(8, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 9"]);
  });
});
