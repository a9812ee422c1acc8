import { DataType, FeedState } from "@ims/common";
import { describe, expect, it } from "vitest";
import type { ListedFeed } from "./feed-listing.js";
import { staleness } from "./freshness.js";

function listed(
  symbol: string,
  state: FeedState,
  dataType: DataType = DataType.Trade,
  resolution = 0,
): ListedFeed {
  return { feed: { dataType, resolution, symbol }, state, atVenue: undefined };
}

const trades = (symbols: "*" | readonly string[]) => ({ dataType: DataType.Trade, resolution: 0, symbols });

describe("required feeds", () => {
  it("that are named have to be live, or quiet with the venue, each", () => {
    const feeds = [listed("A", FeedState.Live), listed("B", FeedState.Quiet), listed("C", FeedState.Stale)];
    expect(staleness([], feeds)).toEqual([]);
    expect(staleness([trades(["A", "B"])], feeds)).toEqual([]);
    expect(staleness([trades(["A", "C", "D"])], feeds)).toEqual([
      "2 of 3 required feeds of trades are not fresh: C, D",
    ]);
  });

  it.each([
    [FeedState.Starting, false],
    [FeedState.Live, true],
    [FeedState.Quiet, true],
    [FeedState.Stale, false],
    [FeedState.Dead, false],
    [FeedState.Stopped, false],
    // Waiting does not help: it is reported elsewhere.
    [FeedState.Refused, true],
  ])("in state %i", (state, isFresh) => {
    expect(staleness([trades(["A"])], [listed("A", state), listed("B", FeedState.Live)]).length === 0).toBe(
      isFresh,
    );
  });

  it("of every symbol need half of them, and one", () => {
    const states = (live: number, stale: number) => [
      ...Array.from({ length: live }, (_, index) => listed(`L${index}`, FeedState.Live)),
      ...Array.from({ length: stale }, (_, index) => listed(`S${index}`, FeedState.Stale)),
    ];
    expect(staleness([trades("*")], states(5, 5))).toEqual([]);
    expect(staleness([trades("*")], states(4, 7))).toEqual([
      "7 of 11 required feeds of trades are not fresh: S0, S1, S2, S3, S4 and 2 more",
    ]);
    expect(staleness([trades("*")], [])).toEqual(["no required feed of trades runs yet"]);
  });

  it("are told apart by data type and resolution", () => {
    const bars = { dataType: DataType.Bar, resolution: 1, symbols: ["A"] };
    const feeds = [listed("A", FeedState.Live), listed("A", FeedState.Live, DataType.Bar, 5)];
    expect(staleness([trades(["A"]), bars], feeds)).toEqual([
      "1 of 1 required feeds of bars 1m are not fresh: A",
    ]);
  });
});
