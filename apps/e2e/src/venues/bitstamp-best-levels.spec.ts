import { DataType, FeedState, RecordFlags, trimFraction } from "@ims/common";
import { runVenueCase, type VenueRig } from "@ims/testkit";
import type { BookFields, FeedRequest, IntegrationContext } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { type BitstampStage, openBitstampStage } from "./bitstamp-stage.js";
import { BookMirror } from "./book-mirror.js";

const PAIR = "btcusd";
const BEST: FeedRequest = { dataType: DataType.Book, depth: 20 };
const WHOLE: FeedRequest = { dataType: DataType.Book };
const TOP: FeedRequest = { dataType: DataType.TopOfBook };
/** As many as the venue sends. */
const LEVELS = 100;

type Seen = Pick<BookFields, "flags" | "horizon" | "lastUpdateId"> & { readonly levelCount: number };

interface Scene {
  readonly rig: VenueRig;
  readonly stage: BitstampStage;
  readonly mirror: BookMirror;
  /** Whole books that were passed on. */
  readonly books: readonly Seen[];
}

/** Plays a scene against a venue whose books are deeper than what it sends of them. */
async function play(act: (scene: Scene) => Promise<void>): Promise<void> {
  const stage = openBitstampStage(undefined, { bookLevels: 150 });
  const mirror = new BookMirror();
  const books: Seen[] = [];
  const create = (given: IntegrationContext) => {
    const sink = mirror.inFrontOf(given.sink);
    const noting = new Proxy(sink, {
      get: (target, name) =>
        name === "bookSnapshot"
          ? (book: BookFields) => {
              const { flags, horizon, lastUpdateId } = book;
              books.push({ flags, horizon, lastUpdateId, levelCount: book.bids.count });
              target.bookSnapshot(book);
            }
          : (Reflect.get(target, name) as unknown),
    });
    return stage.create({ ...given, sink: noting });
  };
  const noted = Object.create(stage, { create: { value: create } }) as BitstampStage;
  await runVenueCase({ name: "best levels", run: (rig) => act({ rig, stage, mirror, books }) }, () => noted);
}

function expectBest({ mirror, stage }: Scene): void {
  const { asks, bids, micros } = stage.venue.truth.book(PAIR);
  const print = (levels: readonly string[][]) =>
    levels.slice(0, LEVELS).map(([price, amount]) => `${trimFraction(price!)} ${trimFraction(amount!)}`);
  expect(mirror.lastUpdateId).toBe(micros);
  expect(mirror.levels).toEqual({ bids: print(bids), asks: print(asks) });
}

/** Until every push so far has arrived. */
const settle = ({ mirror, rig, stage }: Scene) =>
  rig.until("the last push", () => mirror.lastUpdateId === stage.venue.truth.book(PAIR).micros);

describe("the best levels of a book of Bitstamp", () => {
  it("are a whole book at every push, of as many levels as the venue sends", () =>
    play(async (scene) => {
      const { books, rig } = scene;
      await rig.start(BEST, PAIR);
      await rig.until("some books", () => books.length >= 20);
      await settle(scene);
      expectBest(scene);
      for (const { flags, horizon, levelCount } of books) {
        expect([flags, horizon, levelCount]).toEqual([
          RecordFlags.Snapshot | RecordFlags.LastInEvent,
          LEVELS,
          LEVELS,
        ]);
      }
      expect(rig.integration.status().subscriptions).toMatchObject([{ ...BEST, symbol: PAIR }]);
      expect([rig.sink.rejections, rig.sink.gaps]).toEqual([[], []]);
    }));

  it("and tops of the same book run beside each other, each without the other", () =>
    play(async (scene) => {
      const { books, rig } = scene;
      await rig.start(TOP, PAIR);
      await rig.start(BEST, PAIR);
      const flowing = async (isBest: boolean, isTop: boolean) => {
        await rig.advance(2000);
        const [bookCount, topCount] = [books.length, rig.sink.count(DataType.TopOfBook)];
        await rig.advance(10_000);
        expect([books.length > bookCount, rig.sink.count(DataType.TopOfBook) > topCount]).toEqual([
          isBest,
          isTop,
        ]);
      };
      await flowing(true, true);
      await rig.stop(TOP, PAIR);
      await flowing(true, false);
      await rig.start(TOP, PAIR);
      await rig.stop(BEST, PAIR);
      await flowing(false, true);
      const ids = books.map(({ lastUpdateId }) => lastUpdateId);
      expect(ids).toEqual([...new Set(ids)].sort((left, right) => left - right));
      expect(rig.sink.statuses.map(({ state }) => state)).not.toContain(FeedState.Stale);
    }));

  it("are not passed on while the whole book runs, which ends without them", () =>
    play(async (scene) => {
      const { books, mirror, rig, stage } = scene;
      await rig.start(BEST, PAIR);
      await rig.until("some books", () => books.length >= 5);
      await rig.start(WHOLE, PAIR);
      await rig.until("the whole book", () => books.at(-1)!.levelCount > LEVELS);
      await rig.advance(20_000);
      expect(books.slice(-2).map(({ horizon }) => horizon)).toContain(0);
      const { asks } = stage.venue.truth.book(PAIR);
      expect(mirror.levels.asks.length).toBe(asks.length);
      expect(mirror.breaks).toEqual([]);
      const { length } = books;
      await rig.stop(WHOLE, PAIR);
      await rig.until("best levels again", () => books.length > length + 5);
      expect(books.at(-1)!.levelCount).toBe(LEVELS);
    }));

  it("go on after a lost connection with the next push", () =>
    play(async (scene) => {
      const { books, rig, stage } = scene;
      await rig.start(BEST, PAIR);
      await rig.until("some books", () => books.length >= 5);
      const { length } = books;
      stage.venue.inject({ fault: "cut" });
      await rig.until("books again", () => books.length > length + 10);
      await settle(scene);
      expectBest(scene);
    }));

  it.each([{ depth: 0 }, { depth: 101 }, { depth: 20, dataType: DataType.Trade }])(
    "are refused where the venue has none: %j",
    (request) =>
      play(async ({ rig }) => {
        const call = rig.integration.start({ ...BEST, ...request }, [PAIR]);
        expect(await rig.refused("a depth", call)).toMatchObject({ code: "venue.not-offered" });
      }),
  );
});
