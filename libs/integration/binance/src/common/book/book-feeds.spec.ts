import { type Instrument, SimulatedClock } from "@ims/common";
import { expect, it } from "vitest";
import { BookStage, depthFields } from "../../spec-support/book-stage.js";
import { InstrumentFeed } from "../decode/instrument-feed.js";
import { BookFeeds } from "./book-feeds.js";
import { spotSequence } from "./sequence-rule.js";

it("books share one timer, which ends with the last of them", async () => {
  const clock = new SimulatedClock();
  const feeds = new BookFeeds(clock);
  const stages = ["BTCUSDT", "ETHUSDT"].map((symbol) => new BookStage(spotSequence, { symbol }, clock));
  for (const { feed } of stages) feeds.add(feed);
  expect([feeds.size, clock.pendingTimerCount]).toEqual([2, 1]);
  // Nothing but the timer makes them ask.
  await clock.advance(3000);
  expect(stages.map(({ wanted }) => wanted)).toEqual([1, 1]);
  feeds.remove("BTCUSDT");
  expect([feeds.get("BTCUSDT"), [...feeds].length, clock.pendingTimerCount]).toEqual([undefined, 1, 1]);
  feeds.clear();
  expect([feeds.size, clock.pendingTimerCount]).toEqual([0, 0]);
  expect(stages.map(({ feed }) => feed.sequencer.state)).toEqual(["stopped", "stopped"]);
  feeds.add(stages[0]!.feed);
  await clock.advance(3000);
  expect(stages[0]!.wanted).toBe(2);
  feeds.clear();
});

it("what decoders read goes to the book of its instrument", () => {
  const clock = new SimulatedClock();
  const feeds = new BookFeeds(clock);
  const [bitcoin, ether] = ["BTCUSDT", "ETHUSDT"].map((symbol) => {
    const stage = new BookStage(spotSequence, { symbol }, clock);
    feeds.add(stage.feed);
    return { stage, instrument: new InstrumentFeed({ symbol } as Instrument, 1) };
  });
  const depth = (id: number) => depthFields({ U: id, u: id, b: [], a: [] });
  feeds.depth(bitcoin!.instrument, depth(5));
  expect([bitcoin!.stage.wanted, ether!.stage.wanted]).toEqual([1, 0]);
  bitcoin!.stage.snapshot(5, [["99", "1"]], [["101", "1"]]);
  feeds.depth(bitcoin!.instrument, depth(6));
  expect(bitcoin!.stage.feed.sequencer.bookId).toBe(6);
  feeds.remove("ETHUSDT");
  feeds.depth(ether!.instrument, depth(5));
  expect(ether!.stage.wanted).toBe(0);
  feeds.clear();
});
