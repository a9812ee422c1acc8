import { DataType, FeedState, trimFraction } from "@ims/common";
import type { BitstampFault } from "@ims/exchange-simulator";
import { runVenueCase, SeededRandom } from "@ims/testkit";
import type { IntegrationContext } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { type BitstampStage, openBitstampStage } from "./bitstamp-stage.js";
import { BookMirror } from "./book-mirror.js";
import { byId, type MirroredOrder, OrderMirror } from "./order-mirror.js";

const PAIR = "btcusd";
const FIRST = Number(process.env.IMS_FIRST_SEED ?? 1);
const SEEDS = Array.from({ length: Number(process.env.IMS_SEEDS ?? 4) }, (_, at) => at + FIRST);
const INCIDENTS = 12;
const ORDERS = "live_orders_";
const CHANNELS = ["live_trades_", "diff_order_book_", "order_book_", ORDERS] as const;

function drawFault(random: SeededRandom): BitstampFault {
  const draw = (max: number) => Math.floor(random.next() * max);
  const channel = CHANNELS[draw(CHANNELS.length)]!;
  const count = 1 + draw(5);
  const forMillis = 1000 + draw(30_000);
  const faults: readonly BitstampFault[] = [
    { fault: "cut" },
    { fault: "request-reconnect", closeAfterMillis: 500 + draw(20_000) },
    { fault: "mute", channel },
    { fault: "drop", channel, count },
    { fault: "duplicate", channel, count },
    { fault: "malform", channel, count },
    { fault: "garble", channel, count },
    { fault: "swap", channel: ORDERS, count },
    { fault: "lose", channel: ORDERS, forMillis: forMillis / 10 },
    { fault: "stale-book", lagMillis: 1000 + draw(8000), forMillis },
    { fault: "slow-rest", millis: draw(5000), forMillis },
    { fault: "refuse-rest", status: [403, 429, 500][draw(3)]!, forMillis },
  ];
  return faults[draw(faults.length)]!;
}

describe("Bitstamp under faults at random", () => {
  it.each(SEEDS)(
    "has every trade once, and the venue's book and orders in the end (seed %i)",
    async (seed) => {
      const random = new SeededRandom(seed);
      const stage = openBitstampStage(
        undefined,
        { seed, tradesPerSecond: 5 },
        { bookCheckMillis: 40_000, tradeCheckMillis: 40_000 },
      );
      const mirror = new BookMirror();
      const orders = new OrderMirror();
      const mirrored = Object.create(stage, {
        create: {
          value: (context: IntegrationContext) =>
            stage.create({ ...context, sink: orders.inFrontOf(mirror.inFrontOf(context.sink)) }),
        },
      }) as BitstampStage;
      const injected: BitstampFault[] = [];
      await runVenueCase(
        {
          name: `seed ${seed}`,
          async run(rig) {
            const { sink } = rig;
            for (const dataType of [DataType.Trade, DataType.Book, DataType.TopOfBook, DataType.Order])
              await rig.start(dataType, PAIR);
            await rig.flowing(PAIR);
            for (let incident = 0; incident < INCIDENTS; incident++) {
              await rig.advance(Math.floor(random.next() * 30_000));
              const fault = drawFault(random);
              injected.push(fault);
              stage.venue.inject(fault);
            }
            await rig.advance(240_000);
            const what = JSON.stringify(injected);
            const ids = sink.tradesOf(PAIR).map(({ tradeId }) => tradeId);
            const last = stage.lastTradeId(PAIR);
            const isInGap = (id: number) =>
              sink.gaps.some(
                ({ dataType, fromId, toId }) => dataType === DataType.Trade && fromId <= id && id <= toId,
              );
            const made = stage.trades(PAIR, Math.min(...ids), last).map(({ tradeId }) => tradeId);
            const seen = new Set(ids);
            expect(seen.size, what).toBe(ids.length);
            expect(
              made.filter((id) => !seen.has(id) && !isInGap(id)),
              what,
            ).toEqual([]);
            const { asks, bids, micros } = stage.venue.truth.book(PAIR);
            const print = (levels: readonly string[][]) =>
              levels.map(([price, amount]) => `${trimFraction(price!)} ${trimFraction(amount!)}`);
            expect([mirror.lastUpdateId, mirror.isSuspect, mirror.breaks], what).toEqual([micros, false, []]);
            expect(mirror.levels, what).toEqual({ bids: print(bids), asks: print(asks) });
            const listed = stage.venue.truth.orders(PAIR);
            const rows = (side: string[][]) => byId(side as unknown as MirroredOrder[]);
            expect(orders.orders, what).toEqual({ bids: rows(listed.bids), asks: rows(listed.asks) });
            expect([orders.isSuspect, orders.breaks], what).toEqual([false, []]);
            const states = rig.integration.status().subscriptions.map(({ feedState }) => feedState);
            expect(states, what).toEqual(Array(4).fill(FeedState.Live));
          },
        },
        () => mirrored,
      );
      expect(stage.clock.pendingTimerCount).toBe(0);
    },
  );
});
