import { GapReason, Side } from "@ims/common";
import { describe, expect, it } from "vitest";
import { OrderReaderModel } from "../spec-support/order-reader-model.js";
import { OrderVenue } from "../spec-support/order-venue.js";
import { createOrderSnapshot } from "./order-frame.js";

/** A market with some orders, and a reader whose stream begins with their last event. */
function begin(options = {}) {
  const venue = new OrderVenue();
  const reader = new OrderReaderModel(options);
  const send = (frame: Parameters<typeof reader.chain.offer>[0]) =>
    reader.chain.offer(frame, venue.nowMillis);
  venue.create(Side.Buy, 10, 1);
  venue.create(Side.Sell, 12, 2);
  venue.nowMillis = 60_000;
  return { venue, reader, send };
}

describe("LiveOrders", () => {
  it("begins with a list and the events since, and passes on every event behind it", () => {
    const { reader, send, venue } = begin();
    send(venue.create(Side.Buy, 11, 3));
    send(venue.market(Side.Sell, 1));
    expect(reader.live.stands).toBe(false);
    expect(reader.live.snapshot(venue.list(1))).toBe("begun");
    expect(reader.orders).toEqual(venue.orders);
    send(venue.create(Side.Sell, 13, 1));
    expect([reader.orders, reader.told, reader.live.count]).toEqual([venue.orders, ["whole suspect"], 4]);
  });

  it("is sure of a list that is two seconds newer than the first event, and of others when they are confirmed", () => {
    const { reader, send, venue } = begin();
    send(venue.create(Side.Buy, 11, 3));
    venue.nowMillis += 1999;
    expect(reader.live.snapshot(venue.list(0))).toBe("begun");
    expect(reader.told).toEqual(["whole suspect"]);
    venue.nowMillis += 1;
    expect(reader.live.snapshot(venue.list(0))).toBe("confirmed");
    reader.live.interrupted(GapReason.ConnectionLost);
    send(venue.create(Side.Buy, 11, 3));
    venue.nowMillis += 2000;
    expect(reader.live.snapshot(venue.list(0))).toBe("begun");
    expect(reader.told.slice(1)).toEqual(["whole", `gap ${GapReason.ConnectionLost}`, "whole"]);
  });

  it("takes no list that is older than the first event, unless the market has stood still for ten seconds since", () => {
    const { reader, send, venue } = begin();
    send(venue.create(Side.Buy, 11, 3));
    expect(reader.live.snapshot(venue.list(1))).toBe("stale");
    // A clock of lists that is behind that of events.
    venue.past[3] = { ...venue.past[3]!, millis: 60_000 };
    const list = () => ({ ...venue.list(0), eventMicros: 1_790_000_059_500_000 });
    venue.nowMillis += 9999;
    expect(reader.live.snapshot(list())).toBe("stale");
    venue.nowMillis += 1;
    expect(reader.live.snapshot(list())).toBe("begun");
    expect([reader.told, reader.orders]).toEqual([["whole"], venue.orders]);
    // Of a market that goes on, such a list is only old.
    reader.live.interrupted(GapReason.ConnectionLost);
    venue.nowMillis = 60_000;
    send(venue.create(Side.Buy, 11, 3));
    venue.nowMillis += 10_000;
    send(venue.create(Side.Buy, 11, 3));
    expect(reader.live.snapshot({ ...list(), receiveMicros: 1_790_000_070_000_000 })).toBe("stale");
  });

  it("takes what stands still for suspect until a second list says the same", () => {
    const { reader, venue } = begin();
    expect(reader.live.snapshot(venue.list(0))).toBe("begun");
    venue.nowMillis += 9999;
    expect(reader.live.snapshot(venue.list(0))).toBe("confirmed");
    expect(reader.live.isSuspect).toBe(true);
    venue.nowMillis += 1;
    expect(reader.live.snapshot(venue.list(0))).toBe("confirmed");
    expect(reader.told).toEqual(["whole suspect", "whole"]);
  });

  it("waits for what is under way before it calls a difference a loss", () => {
    const { reader, send, venue } = begin();
    send(venue.create(Side.Buy, 11, 3));
    venue.nowMillis += 3000;
    reader.live.snapshot(venue.list(0));
    venue.nowMillis += 3000;
    const late = venue.create(Side.Sell, 14, 1);
    expect(reader.live.snapshot(venue.list(0))).toBe("unsettled");
    send(late);
    send(venue.create(Side.Sell, 15, 1));
    send(venue.delete([...venue.orders.keys()][0]!));
    expect([reader.live.judge(), reader.live.judge(), reader.told]).toEqual([
      "confirmed",
      undefined,
      ["whole"],
    ]);
  });

  it("tells a loss that a list shows, takes over the list, and is not sure of it before another one", () => {
    const { reader, send, venue } = begin();
    send(venue.create(Side.Buy, 11, 3));
    venue.nowMillis += 3000;
    reader.live.snapshot(venue.list(0));
    // Nothing of it ever comes, and nothing is chained to it.
    venue.create(Side.Sell, 14, 1);
    venue.nowMillis += 3000;
    expect(reader.live.snapshot(venue.list(0))).toBe("unsettled");
    expect(reader.live.judge()).toBe("differed");
    expect([reader.orders, reader.told]).toEqual([
      venue.orders,
      ["whole", `gap ${GapReason.SequenceBroken}`, "whole suspect"],
    ]);
    expect(reader.live.snapshot(venue.list(0))).toBe("confirmed");
  });

  it("gives up more orders than its bound, from lists and from events, and tells it", () => {
    const { reader, send, venue } = begin({ ordersMax: 3 });
    reader.live.snapshot(venue.list(0));
    send(venue.create(Side.Buy, 1, 1));
    expect(reader.stands).toBe(true);
    send(venue.create(Side.Buy, 1, 1));
    expect([reader.told, reader.live.stands]).toEqual([
      ["whole suspect", `gap ${GapReason.QueueFull}`, "doubted: there are more than 3 orders"],
      false,
    ]);
    venue.nowMillis += 5000;
    expect([reader.live.snapshot(venue.list(0)), reader.live.stands]).toEqual(["refused", false]);
    venue.nowMillis += 5000;
    send(venue.delete([...venue.orders.keys()][0]!));
    expect(reader.live.snapshot(venue.list(0))).toBe("begun");
    expect(reader.orders).toEqual(venue.orders);
  });

  it("asks for a newer list where more events came than it keeps", () => {
    const { reader, send, venue } = begin({ eventsMax: 256 });
    for (let at = 0; at < 300; at++) {
      venue.nowMillis += 10;
      send(venue.create(Side.Buy, 1 + at, 1));
    }
    expect(reader.live.snapshot(venue.list(260))).toBe("stale");
    expect(reader.live.snapshot(venue.list(250))).toBe("begun");
    expect(reader.orders).toEqual(venue.orders);
  });

  it("takes over larger scales, brings others to them, and begins anew where that does not fit", () => {
    const { reader, send, venue } = begin();
    reader.live.snapshot(venue.list(0));
    const fine = venue.create(Side.Buy, 11, 3);
    fine.order.price.scale = 2;
    fine.order.price.lo = 1125;
    send(fine);
    const all = createOrderSnapshot();
    reader.live.copyTo(all);
    expect([all.priceScale, [all.bids.levels.price(0), all.bids.levels.price(1)]]).toEqual([
      2,
      [1125n, 1000n],
    ]);
    send(venue.create(Side.Buy, 11, 3));
    reader.live.copyTo(all);
    expect(all.bids.levels.price(1)).toBe(1100n);
    const large = venue.create(Side.Buy, 1, 1);
    large.order.price.hi = 0x7fffffff;
    send(large);
    expect([reader.live.stands, reader.told.slice(1)]).toEqual([
      false,
      [`gap ${GapReason.Unknown}`, "doubted: an order does not fit into 64 bits beside the others"],
    ]);
    reader.live.snapshot(venue.list(0));
    reader.live.copyTo(all);
    expect(all.priceScale).toBe(0);
  });

  it("refuses a list that does not fit, and is void where it spoiled what stood", () => {
    const { reader, venue } = begin();
    const list = venue.list(0);
    list.bids.levels.priceHi[0] = 0x7fffffff;
    expect(reader.live.snapshot(list)).toBe("begun");
    const finer = venue.list(0);
    finer.priceScale = 3;
    expect(reader.live.snapshot(finer)).toBe("refused");
    expect([reader.live.stands, reader.told.at(-1)]).toEqual([false, `gap ${GapReason.Unknown}`]);
  });
});
