import { describe, expect, it } from "vitest";
import { BookStage, type DepthEvent } from "../../spec-support/book-stage.js";
import { futuresSequence } from "./sequence-rule.js";

const BIDS = [["99", "1"]] as const;
const ASKS = [["101", "1"]] as const;

function event(U: number, u: number, pu: number): DepthEvent {
  return { U, u, pu, b: [["98", String(u)]], a: [] };
}

/** A book at update 20 whose stream may come over another connection as well. */
function synced(isShared: boolean): BookStage {
  const stage = new BookStage(futuresSequence, { isShared: () => isShared });
  stage.depth(event(10, 20, 9));
  stage.snapshot(15, BIDS, ASKS);
  expect(stage.take()).toEqual(["snapshot 20"]);
  return stage;
}

describe("events ahead of a book", () => {
  it("wait for what another connection still brings, and follow in order", async () => {
    const stage = synced(true);
    stage.depth(event(31, 40, 30), event(41, 50, 40));
    await stage.pass(900);
    expect([stage.take(), stage.feed.isSuspect]).toEqual([[], false]);
    // The slower connection, up to what the faster one has brought already.
    stage.depth(event(21, 30, 20), event(31, 40, 30), event(41, 50, 40), event(51, 60, 50));
    expect(stage.take()).toEqual(["delta 20>30", "delta 30>40", "delta 40>50", "delta 50>60"]);
    await stage.pass(2000);
    expect(stage.take()).toEqual([]);
  });

  it("are a loss after a second, and the first ones of the next book", async () => {
    const stage = synced(true);
    stage.depth(event(31, 40, 30), event(41, 50, 40));
    await stage.pass(1250);
    expect(stage.calls).toMatchObject([{ kind: "gap", fromId: 21, toId: 30 }]);
    stage.take();
    await stage.pass(1000);
    stage.snapshot(35, BIDS, ASKS);
    expect(stage.take()).toEqual(["snapshot 50"]);
  });

  it("are a loss at once where there is no other connection", () => {
    const stage = synced(false);
    stage.depth(event(31, 40, 30));
    expect(stage.calls).toMatchObject([{ kind: "gap", fromId: 21, toId: 30 }]);
  });
});
