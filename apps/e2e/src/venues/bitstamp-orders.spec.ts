import { DataType, FeedState, GapReason } from "@ims/common";
import type { InProcessBitstampOptions } from "@ims/exchange-simulator";
import type { BitstampOptions } from "@ims/integration-bitstamp";
import { runVenueCase, type VenueRig } from "@ims/testkit";
import type { IntegrationContext } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { type BitstampStage, openBitstampStage } from "./bitstamp-stage.js";
import { byId, type MirroredOrder, OrderMirror } from "./order-mirror.js";

const PAIR = "btcusd";
const CHANNEL = "live_orders_";

interface Scene {
  readonly rig: VenueRig;
  readonly stage: BitstampStage;
  readonly mirror: OrderMirror;
}

/** Plays a scene against a venue of its own, with orders that run. */
async function play(
  act: (scene: Scene) => Promise<void>,
  venue: Partial<InProcessBitstampOptions> = {},
  options: BitstampOptions = {},
): Promise<void> {
  const stage = openBitstampStage(undefined, venue, options);
  const mirror = new OrderMirror();
  const mirrored = Object.create(stage, {
    create: {
      value: (given: IntegrationContext) => stage.create({ ...given, sink: mirror.inFrontOf(given.sink) }),
    },
  }) as BitstampStage;
  await runVenueCase(
    {
      name: "scene",
      async run(rig) {
        await rig.start(DataType.Order, PAIR);
        await rig.until("the orders", () => mirror.wholeCount > 0);
        await rig.until("they are sure", () => !mirror.isSuspect);
        await act({ rig, stage, mirror });
      },
    },
    () => mirrored,
  );
}

/** The orders that a reader has are the venue's, one by one. */
function expectOrders({ mirror, stage }: Scene): void {
  const { asks, bids } = stage.venue.truth.orders(PAIR);
  const rows = (side: string[][]) => byId(side as unknown as MirroredOrder[]);
  expect(mirror.orders).toEqual({ bids: rows(bids), asks: rows(asks) });
  expect([mirror.breaks, mirror.isSuspect]).toEqual([[], false]);
}

const reasonsOf = ({ rig }: Scene) =>
  rig.sink.gaps.filter(({ dataType }) => dataType === DataType.Order).map(({ reason }) => reason);

describe("single orders of Bitstamp", () => {
  it("are the venue's after a minute of events, and come whole once more for a further reader", () =>
    play(async (scene) => {
      const { mirror, rig, stage } = scene;
      await rig.advance(60_000);
      expectOrders(scene);
      expect(mirror.eventCount).toBeGreaterThan(500);
      const { wholeCount } = mirror;
      // No time passes.
      await rig.integration.start({ dataType: DataType.Order }, [PAIR]);
      expect(mirror.wholeCount).toBe(wholeCount + 1);
      const { asks, bids } = stage.venue.truth.orders(PAIR);
      expect(mirror.lastWhole).toEqual({ bids, asks });
      expect([rig.sink.gaps, rig.sink.rejections]).toEqual([[], []]);
    }));

  it("move to another connection when the venue asks for it, and nobody notices", () =>
    play(async (scene) => {
      const { mirror, rig, stage } = scene;
      const { wholeCount } = mirror;
      for (let turn = 0; turn < 3; turn++) {
        stage.venue.inject({ fault: "request-reconnect" });
        await rig.until("two connections", () => stage.connectionCount === 2);
        await rig.until("one connection", () => stage.connectionCount === 1);
        await rig.advance(25_000);
      }
      expectOrders(scene);
      expect([mirror.wholeCount, rig.sink.gaps]).toEqual([wholeCount, []]);
    }));

  it("begin anew behind a Gap when the connection is lost", () =>
    play(async (scene) => {
      const { mirror, rig, stage } = scene;
      const { wholeCount } = mirror;
      stage.venue.inject({ fault: "cut" });
      await rig.advance(30_000);
      expectOrders(scene);
      expect(mirror.wholeCount).toBeGreaterThan(wholeCount);
      expect(reasonsOf(scene)).toEqual([GapReason.ConnectionLost]);
    }));

  it.each(["drop", "malform", "garble"] as const)(
    "tell a loss in their chain within seconds and begin anew (%s)",
    (fault) =>
      play(async (scene) => {
        const { rig, stage } = scene;
        stage.venue.inject({ fault, channel: CHANNEL, count: 1 });
        await rig.until("the Gap", () => reasonsOf(scene).length > 0, 5000);
        await rig.advance(20_000);
        expectOrders(scene);
        expect(reasonsOf(scene)).toEqual([GapReason.SequenceBroken]);
        expect(rig.sink.rejections).toHaveLength(fault === "drop" ? 0 : 1);
      }),
  );

  it.each(["duplicate", "swap"] as const)("are put right without a word where frames come so: %s", (fault) =>
    play(async (scene) => {
      const { mirror, rig, stage } = scene;
      const { wholeCount } = mirror;
      stage.venue.inject({ fault, channel: CHANNEL, count: 20 });
      await rig.advance(30_000);
      expectOrders(scene);
      expect([mirror.wholeCount, rig.sink.gaps]).toEqual([wholeCount, []]);
    }),
  );

  it("find by comparison what was lost without a trace", () =>
    play(
      async (scene) => {
        const { rig, stage } = scene;
        stage.venue.inject({ fault: "lose", channel: CHANNEL, forMillis: 2000 });
        await rig.until("the Gap", () => reasonsOf(scene).length > 0, 60_000);
        await rig.advance(20_000);
        expectOrders(scene);
        expect(reasonsOf(scene)).toEqual([GapReason.SequenceBroken]);
      },
      {},
      { bookCheckMillis: 20_000 },
    ));

  it("wait for a list of REST that is new enough, and ask until there is one", () =>
    play(async (scene) => {
      const { mirror, rig, stage } = scene;
      stage.venue.inject({ fault: "stale-book", lagMillis: 4000, forMillis: 30_000 });
      stage.venue.inject({ fault: "refuse-rest", status: 500, forMillis: 8000 });
      stage.venue.inject({ fault: "cut" });
      const { wholeCount } = mirror;
      await rig.advance(40_000);
      expect(mirror.wholeCount).toBeGreaterThan(wholeCount);
      expectOrders(scene);
      expect(reasonsOf(scene)).toEqual([GapReason.ConnectionLost]);
    }));

  it("are asked for again when their channel falls silent while the venue's orders change", () =>
    play(async (scene) => {
      const { rig, stage } = scene;
      await rig.advance(20_000);
      stage.venue.inject({ fault: "mute", channel: CHANNEL });
      const isTold = (state: FeedState) => rig.sink.statuses.some((row) => row.state === state);
      await rig.until("it is called stale", () => isTold(FeedState.Stale), 30_000);
      await rig.until("it is live again", () => rig.sink.statuses.at(-1)?.state === FeedState.Live, 30_000);
      await rig.advance(30_000);
      expectOrders(scene);
    }));

  it("of the shape of 2023, without a chain, are the venue's too, and copies are dropped", () =>
    play(
      async (scene) => {
        const { mirror, rig, stage } = scene;
        const { wholeCount } = mirror;
        stage.venue.inject({ fault: "duplicate", channel: CHANNEL, count: 20 });
        stage.venue.inject({ fault: "request-reconnect" });
        await rig.advance(40_000);
        expectOrders(scene);
        expect([mirror.wholeCount, rig.sink.gaps]).toEqual([wholeCount, []]);
        stage.venue.inject({ fault: "drop", channel: CHANNEL, count: 20 });
        await rig.until("the Gap", () => reasonsOf(scene).length > 0, 60_000);
        await rig.advance(20_000);
        expectOrders(scene);
      },
      { orderFields: "2023" },
      { bookCheckMillis: 20_000 },
    ));
});

describe("liquidations of Bitstamp", () => {
  const PERPETUAL = "btcusd-perp";
  const gapsOf = (rig: VenueRig) =>
    rig.sink.gaps.filter(({ dataType }) => dataType === DataType.Liquidation).map(({ reason }) => reason);

  it("come from the events of orders, with and without the orders beside them", async () => {
    const stage = openBitstampStage([PERPETUAL, PAIR], { tradesPerSecond: 5 });
    await runVenueCase(
      {
        name: "scene",
        async run(rig) {
          await rig.refused(
            "liquidations of spot",
            rig.integration.start({ dataType: DataType.Liquidation }, [PAIR]),
          );
          await rig.start(DataType.Liquidation, PERPETUAL);
          await rig.advance(60_000);
          const count = rig.sink.count(DataType.Liquidation);
          expect(count).toBeGreaterThan(5);
          await rig.start(DataType.Order, PERPETUAL);
          await rig.advance(60_000);
          // A second connection brings copies of the events.
          expect(stage.connectionCount).toBe(2);
          const marked = rig.sink.orders.filter(
            (row) => row.kind === "event" && (row.marks & 1) !== 0,
          ).length;
          expect(marked).toBeGreaterThan(5);
          await rig.stop(DataType.Order, PERPETUAL);
          const before = rig.sink.count(DataType.Liquidation);
          await rig.advance(60_000);
          expect(rig.sink.count(DataType.Liquidation)).toBeGreaterThan(before);
          expect(rig.sink.gaps).toEqual([]);
        },
      },
      () => stage,
    );
  });

  it("tell a Gap where the chain of events is broken or did not go on behind a cut", async () => {
    const stage = openBitstampStage([PERPETUAL, PAIR], { tradesPerSecond: 5 });
    await runVenueCase(
      {
        name: "scene",
        async run(rig) {
          await rig.start(DataType.Liquidation, PERPETUAL);
          await rig.advance(20_000);
          stage.venue.inject({ fault: "drop", channel: CHANNEL, count: 1 });
          await rig.until("the Gap", () => gapsOf(rig).length > 0, 20_000);
          stage.venue.inject({ fault: "cut" });
          await rig.until("the next Gap", () => gapsOf(rig).length > 1, 60_000);
          expect(gapsOf(rig)).toEqual([GapReason.SequenceBroken, GapReason.ConnectionLost]);
          stage.venue.inject({ fault: "request-reconnect" });
          await rig.advance(60_000);
          expect(gapsOf(rig)).toHaveLength(2);
          expect(
            rig.sink.gaps.every(({ fromMicros, toMicros }) => fromMicros > 0 && fromMicros < toMicros),
          ).toBe(true);
        },
      },
      () => stage,
    );
  });
});
