import { VenueBook } from "@ims/book-merge";
import {
  BookLevels,
  DataType,
  ExchangeId,
  FeedState,
  GapReason,
  RecordFlags,
  SimulatedClock,
} from "@ims/common";
import type { ImsDataIntegration, MarketDataSink } from "@ims/traits";
import { beforeEach, expect, it } from "vitest";
import { spot } from "../spec-support/scripted-source.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { DirectSource } from "./direct-source.js";

const HEAD = { instrumentId: 0, eventMicros: 0, sendMicros: 0, receiveMicros: 0, flags: 0 };
const { Dead, Live, Quiet, Stale } = FeedState;

let clock: SimulatedClock;
let sink: MarketDataSink;
let book: VenueBook;
let source: DirectSource;
let starting: Promise<void>;
let endStarting: () => void;

beforeEach(() => {
  clock = new SimulatedClock();
  starting = Promise.resolve();
  endStarting = () => {};
  source = new DirectSource(
    (context) => {
      sink = context.sink;
      // Only what this source calls while a book runs.
      return {
        description: { exchange: ExchangeId.Bitstamp },
        start: () => starting,
        stop: async () => {},
        shutdown: async () => endStarting(),
      } as unknown as ImsDataIntegration;
    },
    clock,
    silentLogger,
  );
  book = new VenueBook("bitstamp", { staleAfterMillis: 30_000 });
  source.follow("btcusd", book, () => {});
  sink.register(spot("btcusd", "BTC", "USD"));
});

function give(kind: "whole" | "change", flags = 0): void {
  const [bids, asks] = [new BookLevels(), new BookLevels()];
  bids.push(100, 0, 1, 0);
  const fields = {
    ...HEAD,
    flags,
    priceScale: 0,
    quantityScale: 0,
    firstUpdateId: 0,
    lastUpdateId: 0,
    previousUpdateId: 0,
    horizon: 0,
    bids,
    asks,
  };
  if (kind === "whole") sink.bookSnapshot(fields);
  else sink.bookDelta(fields);
}

function tell(state: FeedState, text = ""): void {
  const rest = { resolution: 0 as const, sinceMicros: 0, lastRecordMicros: 0, expectedMicros: 0 };
  sink.feedStatus({ ...HEAD, ...rest, dataType: DataType.Book, state, text });
}

function tellGap(): void {
  const reason = GapReason.ConnectionLost;
  const range = { fromId: 0, toId: 0, fromMicros: 0, toMicros: 0, missingCount: -1, filledCount: 0 };
  sink.gap({ ...HEAD, ...range, dataType: DataType.Book, resolution: 0, reason });
}

it("keeps a book out that is not proven right, though its feed was down and is live again", () => {
  give("whole");
  give("change", RecordFlags.Suspect);
  expect(book.state).toBe("suspect");
  tell(Stale, "the connection was lost");
  expect([book.state, book.reason]).toEqual(["stale", "the connection was lost"]);
  tell(Live);
  expect(book.state).toBe("suspect");
  give("change");
  expect(book.state).toBe("fresh");
});

it("keeps a book out while its feed is down, whatever comes", () => {
  give("whole");
  tell(Dead, "restarted in vain");
  give("change");
  expect([book.state, book.reason]).toEqual(["stale", "restarted in vain"]);
  tell(Live);
  expect(book.state).toBe("fresh");
});

it("waits for the whole book behind a gap, also when it was silent for too long before", async () => {
  give("whole");
  await clock.advance(30_000);
  expect(book.expire(clock.monotonicMillis())).toBe(true);
  tellGap();
  tell(Live);
  give("change");
  expect([book.state, book.book.bids.count]).toEqual(["waiting", 0]);
  give("whole");
  expect(book.state).toBe("fresh");
});

it("keeps a book whose feed is quiet, and takes silence for staleness otherwise", async () => {
  give("whole");
  tell(Quiet, "the venue's book is the same");
  await clock.advance(3_600_000);
  expect(book.expire(clock.monotonicMillis())).toBe(false);
  give("change");
  tell(Live);
  await clock.advance(30_000);
  expect(book.expire(clock.monotonicMillis())).toBe(true);
  tell(Quiet);
  expect(book.state).toBe("fresh");
});

it("ends though a start still waits for the venue, which says no more of the book", async () => {
  starting = new Promise((_, reject) => {
    endStarting = () => reject(new Error("closed"));
  });
  const other = new VenueBook("bitstamp");
  source.follow("ethusd", other, () => {});
  await Promise.resolve();
  await source.close();
  expect([other.state, other.reason]).toEqual(["waiting", "no whole book came yet"]);
});
