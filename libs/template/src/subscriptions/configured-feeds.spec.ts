import { DataType, SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import type { FeedEntry } from "../settings/feed-entries.js";
import { FakeIntegration, testInstrument } from "../spec-support/fake-integration.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { ConfiguredFeeds, checkFeedEntries } from "./configured-feeds.js";
import { CONFIGURATION_CLIENT_ID, SubscriptionTable } from "./subscription-table.js";

const ALL_TRADES: FeedEntry = { dataType: DataType.Trade, resolution: 0, symbols: "*" };

function setUp(feeds: readonly FeedEntry[]) {
  const clock = new SimulatedClock();
  const venue = new FakeIntegration();
  const table = new SubscriptionTable();
  const configured = new ConfiguredFeeds({ feeds }, venue, table, clock, silentLogger);
  const symbols = () => table.feedsOf(CONFIGURATION_CLIENT_ID).map(({ symbol }) => symbol);
  /** One look at the list, which answers in a later turn. */
  const follow = async () => {
    configured.follow();
    await clock.advance(0);
    configured.follow();
  };
  return { clock, venue, table, configured, symbols, follow };
}

describe("ConfiguredFeeds", () => {
  it("subscribes to everything that trades, and follows listings and delistings", async () => {
    const { clock, venue, configured, symbols, follow } = setUp([ALL_TRADES]);
    venue.instruments.push({ ...testInstrument("HALTED"), status: "halted" });
    expect(configured.isSettled).toBe(false);
    await follow();
    expect(configured.isSettled).toBe(true);
    expect(symbols()).toEqual(["BTCUSDT", "ETHUSDT", "SOLUSDT"]);
    venue.instruments = [...["BTCUSDT", "SOLUSDT", "NEWUSDT"].map(testInstrument)];
    await clock.advance(9999);
    await follow();
    expect(symbols()).not.toContain("NEWUSDT");
    await clock.advance(1);
    await follow();
    expect(symbols()).toEqual(["BTCUSDT", "SOLUSDT", "NEWUSDT"]);
  });

  it("takes of everything what can have such data: options for their tickers", async () => {
    const { venue, symbols, follow } = setUp([
      { dataType: DataType.OptionTicker, resolution: 0, symbols: "*" },
    ]);
    venue.instruments.push({ ...testInstrument("BTC-27NOV26-90000-C"), kind: "option" });
    await follow();
    expect(symbols()).toEqual(["BTC-27NOV26-90000-C"]);
  });

  it("waits for the list, and leaves what clients asked for alone", async () => {
    const { clock, venue, table, configured, follow } = setUp([
      { dataType: DataType.Bar, resolution: 1, symbols: ["ETHUSDT"] },
    ]);
    const feed = { dataType: DataType.Bar, resolution: 1, symbol: "ETHUSDT" };
    table.add({ clientId: 100, feed, delivery: 1, generation: 2 });
    let open!: () => void;
    venue.symbolsGate = new Promise((resolve) => {
      open = resolve;
    });
    await follow();
    expect(configured.isSettled).toBe(false);
    open();
    await clock.advance(0);
    await follow();
    expect(table.subscribersOf(feed).map(({ clientId }) => clientId)).toEqual([100, 0]);
    table.remove(100, feed);
    expect(table.isWanted(feed)).toBe(true);
    configured.dispose();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("names every symbol that is not listed where none is, and what the venue does not offer", async () => {
    const { configured, clock, venue } = setUp([
      { dataType: DataType.Trade, resolution: 0, symbols: ["BTCUSD"] },
      { dataType: DataType.Bar, resolution: 1, symbols: ["XXXXXXXXXX"] },
    ]);
    configured.follow();
    await clock.advance(0);
    expect(() => configured.follow()).toThrow(
      /feeds\[0\]: "BTCUSD" is not listed \(did you mean "BTCUSDT"\?\); feeds\[1\]: "XXXXXXXXXX" is not listed/,
    );
    const entries: FeedEntry[] = [
      ALL_TRADES,
      { dataType: DataType.Book, resolution: 0, symbols: "*" },
      { dataType: DataType.Bar, resolution: 8, symbols: "*" },
    ];
    expect(() => checkFeedEntries(entries, venue.description)).toThrow(
      /feeds\[1\]: Test venue does not offer book, only trades, bars; feeds\[2\]: .*bars of 1M, only 1m, 1h/,
    );
    expect(() => checkFeedEntries([ALL_TRADES], venue.description)).not.toThrow();
  });
});
