import { DataType, FeedState, RecordFlags } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import type { SeenBook } from "../../spec-support/recording-sink.js";
import { SimulatedStage } from "../../spec-support/simulated-venue.js";

const BOOKS = { dataType: DataType.Book };
const TRADES = { dataType: DataType.Trade };

let stage: SimulatedStage;

afterEach(() => stage.close());

async function open(symbols: number | readonly string[], tradesPerSecond: number): Promise<string[]> {
  stage = await SimulatedStage.open({
    market: "spot",
    source: { kind: "synthetic", seed: 2, symbols, tradesPerSecond, historyMinutes: 60 },
  });
  const listed = await stage.during(stage.integration.symbols());
  return listed.filter(({ status }) => status === "trading").map(({ symbol }) => symbol);
}

/** The last whole book of each instrument, and how many there were. */
async function lastBooks(): Promise<Map<number, SeenBook>> {
  const books = new Map<number, SeenBook>();
  while (stage.sink.bookSnapshots.pendingCount > 0) {
    const book = await stage.sink.bookSnapshots.next();
    books.set(book.instrumentId, book);
  }
  return books;
}

const isSuspect = ({ flags }: SeenBook) => (flags & RecordFlags.Suspect) !== 0;
const countOf = (path: string) => stage.requests.filter((request) => request.startsWith(path)).length;

describe("quiet symbols", () => {
  it("have good books soon, without an event and without a second snapshot", async () => {
    const symbols = await open(60, 0);
    await stage.during(stage.integration.start(BOOKS, symbols));
    await stage.advance(4000, 250);
    const first = await lastBooks();
    expect(first.size).toBe(symbols.length);
    expect([...first.values()].every(isSuspect)).toBe(true);
    await stage.advance(16_000, 250);
    const second = await lastBooks();
    expect(second.size).toBe(symbols.length);
    expect([...second.values()].some(isSuspect)).toBe(false);
    expect(stage.sink.gaps.pendingCount).toBe(0);
    const { subscriptions } = stage.integration.status();
    expect(new Set(subscriptions.map(({ feedState }) => feedState))).toEqual(new Set([FeedState.Quiet]));
    await stage.advance(100_000, 250);
    expect(countOf("/api/v3/depth?")).toBe(symbols.length);
    expect(stage.requests.find((request) => request.startsWith("/api/v3/depth?"))).toContain("limit=1000");
    expect(countOf("/api/v3/ticker/bookTicker")).toBeLessThan(8);
  });

  it("are good by one request of their own where there is one alone, with the long snapshot", async () => {
    await open(["AAAUSDT"], 0);
    await stage.during(stage.integration.start(BOOKS, ["AAAUSDT"]));
    await stage.advance(20_000, 250);
    expect([...(await lastBooks()).values()].some(isSuspect)).toBe(false);
    expect(stage.requests).toContain("/api/v3/depth?symbol=AAAUSDT&limit=5000");
    expect(stage.requests).toContain("/api/v3/ticker/bookTicker?symbol=AAAUSDT");
  });

  it("are not taken for good while the venue's book moves and its stream says nothing", async () => {
    await open(["AAAUSDT"], 20);
    stage.venue.faults.silence("aaausdt@depth@100ms");
    await stage.during(stage.integration.start(BOOKS, ["AAAUSDT"]));
    await stage.advance(120_000, 250);
    let books = 0;
    while (stage.sink.bookSnapshots.pendingCount > 0) {
      books++;
      expect(isSuspect(await stage.sink.bookSnapshots.next())).toBe(true);
    }
    expect(books).toBeGreaterThan(1);
    stage.venue.faults.resume();
    await stage.advance(30_000, 250);
    const { feedState } = stage.integration.status().subscriptions[0]!;
    expect(feedState).toBe(FeedState.Live);
  });

  it("are checked together: the weight does not grow with their number", async () => {
    const symbols = await open(400, 0);
    await stage.during(stage.integration.start(TRADES, symbols));
    await stage.advance(60_000, 250);
    const { subscriptions, rest } = stage.integration.status();
    expect(new Set(subscriptions.map(({ feedState }) => feedState))).toEqual(new Set([FeedState.Quiet]));
    expect(countOf("/api/v3/aggTrades")).toBe(0);
    expect(countOf("/api/v3/ticker/24hr")).toBeLessThan(12);
    expect(rest.usedWeight).toBeLessThan(1000);
  });

  it("that are silent among many are known as dead within 5 s when they trade", async () => {
    const symbols = await open(200, 400);
    for (const symbol of symbols) stage.venue.faults.silence(`${symbol.toLowerCase()}@trade`);
    await stage.during(stage.integration.start(TRADES, symbols));
    const fromMillis = stage.clock.monotonicMillis();
    let staleCount = 0;
    while (staleCount < symbols.length / 4 && stage.clock.monotonicMillis() - fromMillis < 5200) {
      await stage.clock.advance(50);
      const { subscriptions } = stage.integration.status();
      staleCount = subscriptions.filter(({ feedState }) => feedState === FeedState.Stale).length;
    }
    expect(staleCount).toBeGreaterThanOrEqual(symbols.length / 4);
  });
});
