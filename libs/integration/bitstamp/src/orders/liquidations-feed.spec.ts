import {
  DataType,
  GapReason,
  OrderEvent,
  OrderKind,
  OrderMarks,
  OrderStatus,
  Side,
  SimulatedClock,
} from "@ims/common";
import type { OpenFeed } from "@ims/integration-kit";
import { createBookFields } from "@ims/integration-kit";
import { CollectingSink } from "@ims/testkit";
import type { LiquidationFields } from "@ims/traits";
import { beforeEach, describe, expect, it } from "vitest";
import { INSTRUMENT } from "../spec-support/reader-stage.js";
import { LiquidationsFeed } from "./liquidations-feed.js";
import { createOrderFrame, type OrderFrame } from "./order-frame.js";

const START_MICROS = 1_790_000_000_000_000;

describe("LiquidationsFeed", () => {
  let sink: CollectingSink;
  let seenCount = 0;
  let bookMicros = 0;
  let records: LiquidationFields[] = [];
  let clock: SimulatedClock;
  let feed: LiquidationsFeed;
  let index = 0;

  beforeEach(() => {
    sink = new CollectingSink();
    [seenCount, index, records] = [0, 0, []];
    clock = new SimulatedClock();
    const open: OpenFeed = {
      stream: "live_orders_btcusd-perp+liquidations",
      group: "liquidations",
      liveness: { kind: "driven" },
      request: { dataType: DataType.Liquidation },
      instrument: INSTRUMENT,
      instrumentId: sink.register(INSTRUMENT),
      seen: () => seenCount++,
      restart() {},
    };
    const take = sink.liquidation.bind(sink);
    sink.liquidation = (record) => {
      records.push({ ...record });
      take(record);
    };
    const book = () => Promise.resolve({ ...createBookFields(), lastUpdateId: bookMicros });
    feed = new LiquidationsFeed(open, { book }, { clock, sink });
  });

  /** The next event of the channel. */
  function event(changes: Partial<OrderFrame["order"]>, left = 0, traded = 0): OrderFrame {
    const frame = createOrderFrame();
    frame.isChained = true;
    frame.previousId[0] = index;
    frame.eventId[0] = ++index;
    const { order } = frame;
    Object.assign(order, {
      event: OrderEvent.Created,
      side: Side.Sell,
      marks: OrderMarks.Liquidation,
      orderId: 7,
      eventMicros: START_MICROS + index * 1000,
      hasPrice: true,
      hasFilledQuantity: true,
      hasOriginalQuantity: true,
      ...changes,
    });
    order.price.setBigInt(8_399_000n, 2);
    order.quantity.setBigInt(BigInt(left), 5);
    order.filledQuantity.setBigInt(BigInt(traded), 5);
    order.originalQuantity.setBigInt(10n, 5);
    return frame;
  }
  const take = (frame: OrderFrame) => feed.takeOrder(frame, START_MICROS + 1_000_000);
  const gaps = () => sink.gaps.map(({ reason }) => reason);

  it("passes on what happens to orders that close positions, and to no others", () => {
    take(event({}, 10, 0));
    take(event({ marks: OrderMarks.Stop }, 10, 0));
    take(event({ event: OrderEvent.Changed }, 4, 6));
    // What remained before the last execution may still be printed.
    take(event({ event: OrderEvent.Deleted }, 4, 10));
    take(event({ event: OrderEvent.Deleted }, 4, 6));
    expect(records.map(({ filledQuantity, quantity, status }) => [status, quantity, filledQuantity])).toEqual(
      [
        [OrderStatus.New, 10n, 0n],
        [OrderStatus.PartiallyFilled, 10n, 6n],
        [OrderStatus.Filled, 10n, 10n],
        [OrderStatus.Canceled, 10n, 6n],
      ],
    );
    expect(records[0]).toMatchObject({
      side: Side.Sell,
      price: 8_399_000n,
      priceScale: 2,
      quantityScale: 5,
      averagePrice: null,
      eventMicros: START_MICROS + 1000,
      receiveMicros: START_MICROS + 1_000_000,
    });
    take(event({ kind: OrderKind.Market, hasPrice: false }));
    expect(records.at(-1)).toMatchObject({ price: null, quantity: 10n });
    expect([seenCount, gaps()]).toEqual([6, []]);
  });

  it("tells no Gap where the chain goes on behind a cut, and one where it does not", () => {
    take(event({ marks: 0 }));
    feed.interrupted();
    take(event({}));
    expect(gaps()).toEqual([]);
    feed.interrupted();
    event({});
    take(event({}));
    feed.check(clock.monotonicMillis() + 1000);
    expect([gaps(), records.length]).toEqual([[GapReason.ConnectionLost], 2]);
    event({});
    take(event({}));
    feed.check(clock.monotonicMillis() + 1000);
    expect(gaps()).toEqual([GapReason.ConnectionLost, GapReason.SequenceBroken]);
    expect(sink.gaps[1]!.fromMicros).toBe(START_MICROS + 4000);
  });

  it("tells a Gap for a cut that nobody can judge: without a chain, or when it ends before the next event", () => {
    feed.interrupted();
    expect(gaps()).toEqual([]);
    feed.acknowledged();
    feed.interrupted();
    expect(gaps()).toEqual([GapReason.ConnectionLost]);
    take(event({}));
    feed.interrupted();
    feed.close();
    expect(gaps()).toEqual([GapReason.ConnectionLost, GapReason.ConnectionLost]);
  });

  it("tells a frame that cannot be read where no chain will show it", () => {
    const read = () => feed.read("order_created", {}, START_MICROS, { event: "order_created", data: {} });
    expect(read).toThrow("id is missing");
    expect(gaps()).toEqual([GapReason.Unknown]);
    take(event({}));
    expect(read).toThrow("id is missing");
    expect(gaps()).toHaveLength(1);
  });

  it("is dead when the venue's book changes while no event of an order comes", async () => {
    take(event({}));
    bookMicros = START_MICROS + 5_001_000;
    await expect(feed.crossCheck(0, new AbortController().signal)).resolves.toMatchObject({
      verdict: "quiet",
    });
    bookMicros++;
    await expect(feed.crossCheck(0, new AbortController().signal)).resolves.toEqual({
      verdict: "dead",
      text: "live_orders_btcusd-perp did not bring the venue's orders",
    });
  });
});
