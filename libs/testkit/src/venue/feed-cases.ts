import assert from "node:assert/strict";
import { DataType, FeedState } from "@ims/common";
import type { VenueCase } from "./venue-case.js";

/** A number that is no data type. */
const NO_DATA_TYPE = 99 as DataType;

/** Starting, reading and stopping feeds. */
export const FEED_CASES: readonly VenueCase[] = [
  {
    name: "refuses kinds of data and resolutions that it does not offer, and then starts nothing",
    async run(rig) {
      const { first, integration, sink } = rig;
      const refusals = [
        rig.refused("an unknown kind", integration.start({ dataType: NO_DATA_TYPE }, [first])),
        rig.refused("no kind", integration.start({ dataType: DataType.Unknown }, [first])),
      ];
      if (integration.description.dataTypes.includes(DataType.Bar)) {
        const feed = { dataType: DataType.Bar, resolution: "7m" as never };
        refusals.push(
          rig.refused("an unknown resolution", integration.start(feed, [first])),
          rig.refused("bars without a resolution", integration.start({ dataType: DataType.Bar }, [first])),
        );
      }
      await Promise.all(refusals);
      await rig.advance(5000);
      assert.deepEqual(integration.status().subscriptions, []);
      assert.equal(sink.counts.size, 0);
    },
  },
  {
    name: "refuses a call with an unknown symbol whole, naming it",
    async run(rig) {
      const { first, stage, integration, sink } = rig;
      const call = integration.start({ dataType: DataType.Trade }, [first, stage.unknownSymbol]);
      const error = await rig.refused("an unknown symbol", call);
      assert.ok(error.message.includes(stage.unknownSymbol), error.message);
      await rig.advance(5000);
      assert.deepEqual(integration.status().subscriptions, []);
      assert.equal(sink.counts.size, 0);
    },
  },
  {
    name: "passes on every trade once, in order and exact, of the symbols asked for and no others",
    async run(rig) {
      await rig.start(DataType.Trade, rig.first);
      await rig.flowing(rig.first);
      await rig.advance(60_000);
      await rig.expectWhole(rig.first);
      assert.deepEqual(rig.sink.tradesOf(rig.second), []);
      assert.deepEqual([...rig.sink.counts.keys()], [DataType.Trade]);
      await rig.start(DataType.Trade, rig.second);
      await rig.flowing(rig.second);
      await rig.advance(30_000);
      await rig.expectWhole(rig.first);
      await rig.expectWhole(rig.second);
      assert.deepEqual(rig.errors, []);
    },
  },
  {
    name: "takes a second start as done, and shows what runs",
    async run(rig) {
      const { first, integration, sink } = rig;
      await rig.start(DataType.Trade, first);
      await rig.start(DataType.Trade, first, first);
      await rig.flowing(first);
      await rig.start(DataType.Trade, first);
      await rig.advance(20_000);
      await rig.expectWhole(first);
      const { connected, connectionCount, subscriptions } = integration.status();
      assert.ok(connected && connectionCount >= 1);
      assert.equal(subscriptions.length, 1);
      const [subscription] = subscriptions;
      assert.equal(subscription!.symbol, first);
      assert.equal(subscription!.dataType, DataType.Trade);
      assert.equal(subscription!.state, "acknowledged");
      assert.equal(subscription!.feedState, FeedState.Live);
      assert.ok(subscription!.lastMicros > rig.stage.clock.nowMicros() - 20_000_000);
      const told = sink.statuses.filter(({ symbol }) => symbol === first).map(({ state }) => state);
      assert.ok(told.includes(FeedState.Live), `told states: ${told}`);
    },
  },
  {
    name: "stops one symbol and leaves the other, begins again, and stops all",
    async run(rig) {
      const { first, second, integration, sink } = rig;
      await rig.stop(DataType.Trade, first);
      await rig.start(DataType.Trade, first, second);
      await rig.flowing(first);
      await rig.flowing(second);
      await rig.stop(DataType.Trade, first);
      await rig.advance(2000);
      const stopped = sink.tradesOf(first).length;
      await rig.advance(20_000);
      assert.equal(sink.tradesOf(first).length, stopped, "nothing after a stop");
      await rig.expectWhole(second);
      await rig.start(DataType.Trade, first);
      await rig.until("trades after another start", () => sink.tradesOf(first).length > stopped);
      const ids = sink.tradesOf(first).map(({ tradeId }) => tradeId);
      assert.deepEqual(
        ids,
        [...new Set(ids)].sort((left, right) => left - right),
        "ids rise",
      );
      await rig.settled(integration.stopAll());
      await rig.advance(2000);
      const count = sink.trades.length;
      await rig.advance(20_000);
      assert.equal(sink.trades.length, count, "nothing after stopAll");
      assert.deepEqual(integration.status().subscriptions, []);
    },
  },
  {
    name: "starts and stops every kind of data that it offers; what the venue has flows",
    async run(rig) {
      const { first, integration, sink, stage } = rig;
      for (const dataType of integration.description.dataTypes) {
        const symbol = stage.symbolOf?.(dataType) ?? first;
        await rig.start(dataType, symbol);
        const isThere = () => integration.status().subscriptions.some((row) => row.state === "acknowledged");
        await rig.until(`kind ${dataType} is acknowledged`, isThere);
        if (stage.flowing.includes(dataType)) {
          await rig.until(`kind ${dataType} flows`, () => sink.count(dataType) > 0, 120_000);
        }
        await rig.stop(dataType, symbol);
        await rig.advance(2000);
        assert.deepEqual(integration.status().subscriptions, []);
      }
      assert.deepEqual(sink.rejections, []);
    },
  },
  {
    name: "gives books whole first, then changes that continue one another, never crossed",
    async run(rig) {
      const { first, integration, sink } = rig;
      if (!integration.description.dataTypes.includes(DataType.Book)) return;
      await rig.start(DataType.Book, first);
      await rig.until("changes of a book arrive", () => sink.booksOf(first).length > 20, 120_000);
      const books = sink.booksOf(first);
      assert.equal(books[0]!.kind, "snapshot");
      let last = 0;
      for (const book of books) {
        if (book.kind === "snapshot") {
          assert.ok(book.bestBid! < book.bestAsk!, "a snapshot is not crossed");
        } else assert.equal(book.previousUpdateId, last, "a change continues the one before");
        assert.ok(book.lastUpdateId >= last, "updates rise");
        last = book.lastUpdateId;
      }
      const count = sink.booksOf(first).filter(({ kind }) => kind === "snapshot").length;
      await rig.start(DataType.Book, first);
      const again = () => sink.booksOf(first).filter(({ kind }) => kind === "snapshot").length > count;
      await rig.until("the whole book comes once more for a further reader", again);
    },
  },
];
