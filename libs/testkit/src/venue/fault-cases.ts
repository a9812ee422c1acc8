import assert from "node:assert/strict";
import { DataType, FeedState } from "@ims/common";
import type { VenueCase } from "./venue-case.js";

/** Faults of the way to the venue, slow readers, and the end. */
export const FAULT_CASES: readonly VenueCase[] = [
  {
    name: "has every trade once, or says which ones are lost, when connections are cut",
    async run(rig) {
      const { first, second, stage, integration } = rig;
      await rig.start(DataType.Trade, first, second);
      await rig.flowing(first);
      await rig.flowing(second);
      for (let cut = 0; cut < 4; cut++) {
        await rig.advance(7000 + 1300 * cut);
        stage.cutConnections();
      }
      await rig.until("it is connected again", () => integration.status().connected);
      await rig.advance(60_000);
      await rig.expectWhole(first);
      await rig.expectWhole(second);
      assert.ok(integration.status().reconnectCount >= 1);
      const states = integration.status().subscriptions.map(({ feedState }) => feedState);
      assert.deepEqual(states, [FeedState.Live, FeedState.Live]);
    },
  },
  {
    name: "begins a book anew after its connection was cut",
    async run(rig) {
      const { first, integration, sink, stage } = rig;
      if (!integration.description.dataTypes.includes(DataType.Book)) return;
      await rig.start(DataType.Book, first);
      await rig.until("a book", () => sink.booksOf(first).length > 5, 120_000);
      const before = sink.booksOf(first).length;
      stage.cutConnections();
      await rig.until("a book again", () => sink.booksOf(first).length > before + 5, 120_000);
      let last = sink.booksOf(first)[before - 1]!.lastUpdateId;
      for (const { kind, previousUpdateId, lastUpdateId } of sink.booksOf(first).slice(before)) {
        if (kind === "delta") assert.equal(previousUpdateId, last, "no change is passed on behind a loss");
        last = lastUpdateId;
      }
    },
  },
  {
    name: "stops reading while the sink is full, and goes on without a loss",
    async run(rig) {
      const { first, sink } = rig;
      await rig.start(DataType.Trade, first);
      await rig.flowing(first);
      sink.isAccepting = false;
      await rig.advance(1000);
      const count = sink.trades.length;
      // What had been read before is still passed on; then it is to stand.
      await rig.advance(15_000);
      assert.equal(sink.trades.length, count, "trades into a full sink");
      sink.accept();
      await rig.advance(30_000);
      await rig.expectWhole(first);
    },
  },
  {
    name: "leaves nothing behind: no call, no connection, no timer, also while it connects",
    async run(rig) {
      const { first, second, integration, sink, stage } = rig;
      await rig.start(DataType.Trade, first);
      await rig.flowing(first);
      const starting = integration.start({ dataType: DataType.Trade }, [second]);
      starting.catch(() => {});
      stage.cutConnections();
      await rig.settled(integration.shutdown());
      const { callCount } = sink;
      await rig.advance(120_000);
      assert.equal(sink.callCount, callCount, "no call after shutdown");
      assert.equal(stage.connectionCount, 0, "connections");
      await rig.settled(integration.shutdown());
      await stage.close();
      assert.equal(stage.clock.pendingTimerCount, 0, "timers");
    },
  },
];
