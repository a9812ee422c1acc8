import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, inject, it } from "vitest";
import { BitstampClient, type OrderFrame } from "../../spec-support/bitstamp-client.js";
import { isInTransit, OrderKeeper, unitsOf } from "../../spec-support/order-keeper.js";
import { bitstampPairs } from "../bitstamp-pairs.js";
import type { BitstampVenueOptions } from "../bitstamp-venue.js";
import { type InProcessBitstamp, openBitstampVenue } from "../open-bitstamp-venue.js";

const sharedDir = inject("sharedDir");
/** 2026-09, when order ids were around 2.05e15. */
const startMicros = 1_788_551_766_000_000;

describe("live orders of the simulated Bitstamp", () => {
  let venue: InProcessBitstamp;
  let clock = new SimulatedClock();
  let client: BitstampClient;

  afterEach(() => venue.close());

  /** @param symbol the only market; absent: all */
  function open(symbol?: string, options: Partial<BitstampVenueOptions> = {}): void {
    clock = new SimulatedClock(startMicros);
    const pairs = bitstampPairs().filter(
      ({ instrument }) => instrument.symbol === (symbol ?? instrument.symbol),
    );
    venue = openBitstampVenue({ clock, pairs, tradesPerSecond: 20, bookLagMillis: 0, ...options });
    client = new BitstampClient(venue, clock);
  }

  /** The messages of one market in so long a time. */
  async function watch(symbol: string, millis: number): Promise<OrderFrame[]> {
    await client.subscribe(`live_orders_${symbol}`);
    await clock.advance(millis);
    return client.orders(symbol);
  }

  it("have ids around 2e15 that no other market has", async () => {
    open();
    await clock.advance(5000);
    const ids = venue.truth.symbols.flatMap((symbol) => {
      const { asks, bids } = venue.truth.orders(symbol);
      return [...bids, ...asks].map(([, , id]) => Number(id));
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.min(...ids)).toBeGreaterThan(2.04e15);
    expect(Math.max(...ids)).toBeLessThan(2.05e15);
  });

  it("show takers in transit, market orders without a price of their own, and orders that a stop made", async () => {
    open("ethbtc");
    const events = await watch("ethbtc", 60_000);
    const inTransit = events.filter(({ data }) => isInTransit(data));
    const sells = inTransit.filter(({ data }) => data.order_type === 1);
    expect(new Set(inTransit.map(({ data }) => `${data.order_type} ${data.price_str}`))).toEqual(
      new Set(["0 999999999.00000000", "1 0.00000000"]),
    );
    expect(sells[0]!.data.price).toBe(0);
    expect(new Set(events.map(({ order_source }) => order_source))).toEqual(
      new Set(["orderbook", "stop_order"]),
    );
    // Deleted unfilled in another message than the one in which they came, with other events between.
    const unfilled = inTransit.filter(
      ({ data, event }) => event === "order_deleted" && data.amount_traded === "0",
    );
    expect(unfilled.length).toBeGreaterThan(0);
    expect(unfilled.length).toBeLessThan(inTransit.length / 4);
    expect(events.some(({ data }) => data.is_liquidation)).toBe(false);
  });

  it("are liquidations now and then on a perpetual, whose prices have no decimals", async () => {
    open("btcusd-perp");
    const events = await watch("btcusd-perp", 60_000);
    const liquidations = events.filter(({ data }) => data.is_liquidation);
    expect(liquidations.length).toBeGreaterThan(3);
    expect(liquidations.length).toBeLessThan(events.length / 10);
    expect(events.every(({ data }) => /^\d+$/.test(data.price_str))).toBe(true);
  });

  it("delete filled orders with nothing left or with the last remainder, and takers that want more", async () => {
    open("btcusd");
    const deleted = (await watch("btcusd", 60_000)).filter(({ event }) => event === "order_deleted");
    const filled = deleted.filter(({ data }) => data.amount_traded === data.amount_at_create);
    const isNothing = ({ data }: OrderFrame) => unitsOf(data.amount_str) === 0n;
    expect(new Set(filled.map(isNothing))).toEqual(new Set([true, false]));
    expect(filled.filter(isNothing).length).toBeGreaterThan(filled.length / 2);
    const unfilledTakers = deleted.filter(
      ({ data }) => isInTransit(data) && data.amount_traded !== "0" && Number(data.amount_str) !== 0,
    );
    expect(unfilledTakers.some((frame) => !filled.includes(frame))).toBe(true);
  });

  it("are the rows of groups 0 and 2, best first, which sum up to group 1", async () => {
    open("ethusd");
    await clock.advance(10_000);
    const [single, summed, withIds] = await Promise.all(
      [0, 1, 2].map((group) => client.book("ethusd", group)),
    );
    for (const side of ["bids", "asks"] as const) {
      expect(single![side]).toEqual(withIds![side].map(([price, amount]) => [price, amount]));
      expect(new Set(withIds![side].map(([price]) => price)).size).toBe(summed![side].length);
      expect([...new OrderKeeper(withIds!).levels(side)]).toEqual(
        summed![side].map(([price, amount]) => [price, unitsOf(amount!)]),
      );
      expect(withIds![side].length).toBeGreaterThan(summed![side].length);
    }
    expect((await venue.request("GET", "/api/v2/order_book/ethusd/?group=3")).status).toBe(400);
  });

  it("are the top 100 of detail_order_book, at once and at every push", async () => {
    open("btcusd", { bookLevels: 200 });
    await clock.advance(1000);
    await client.subscribe("detail_order_book_btcusd", "order_book_btcusd");
    await clock.advance(5000);
    const pushes = client.books("detail_order_book_btcusd");
    expect(pushes.length).toBe(client.books("order_book_btcusd").length);
    const { asks, bids, microtimestamp } = await client.book("btcusd", 2);
    expect(pushes.at(-1)).toMatchObject({
      microtimestamp,
      asks: asks.slice(0, 100),
      bids: bids.slice(0, 100),
    });
    expect(bids.length).toBeGreaterThan(100);
  });

  it("are the same for equal seeds, and others for others", async () => {
    const runs: unknown[] = [];
    for (const seed of [3, 3, 4]) {
      open("btcusd", { seed });
      runs.push(await watch("btcusd", 3000));
      await venue.close();
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]).not.toEqual(runs[2]);
  });

  it("come late by their own times, for a venue of which that is wanted", async () => {
    open("btcusd");
    const prompt = await watch("btcusd", 4000);
    await venue.close();
    open("btcusd", { orderLagMillis: 570 });
    const untilMicros = startMicros + (4000 - 570) * 1000;
    expect(await watch("btcusd", 4000)).toEqual(
      prompt.filter(({ data }) => Number(data.microtimestamp) <= untilMicros),
    );
  });

  describe("when something goes wrong", () => {
    /** What a client gets, beside what left the venue that had no fault. */
    async function withFault(act: () => void) {
      open("btcusd");
      const whole = await watch("btcusd", 4000);
      await venue.close();
      open("btcusd");
      act();
      const events = await watch("btcusd", 4000);
      const breaks = events.filter((frame, at) => at > 0 && frame.pre_event_id !== events[at - 1]!.event_id);
      return { whole, events, breaks };
    }

    it("have a break in their chain where one was dropped", async () => {
      const { breaks, events, whole } = await withFault(() => {
        clock.setTimer(1000, () => venue.inject({ fault: "drop", channel: "live_orders_btcusd", count: 1 }));
      });
      expect(events).toHaveLength(whole.length - 1);
      expect(breaks).toHaveLength(1);
    });

    it("are lost for a while without a trace in their chain", async () => {
      const { breaks, events, whole } = await withFault(() =>
        clock.setTimer(1000, () =>
          venue.inject({ fault: "lose", channel: "live_orders_btcusd", forMillis: 500 }),
        ),
      );
      const got = new Set(events.map(({ event_id }) => event_id));
      const lost = whole.filter(({ event_id }) => !got.has(event_id));
      expect(lost.length).toBeGreaterThan(10);
      const times = lost.map(({ data }) => Number(data.microtimestamp) - startMicros);
      expect(Math.min(...times)).toBeGreaterThan(900_000);
      expect(Math.max(...times)).toBeLessThanOrEqual(1_500_000);
      expect(breaks).toEqual([]);
      expect(events.length + lost.length).toBe(whole.length);
    });

    it("come twice, or one behind the next", async () => {
      const { events, whole } = await withFault(() => {
        venue.inject({ fault: "duplicate", channel: "live_orders_", count: 1 });
        venue.inject({ fault: "swap", channel: "live_orders_", count: 2 });
      });
      const [first, second, third, fourth, fifth, sixth] = whole;
      expect(events.slice(0, 7)).toEqual([first, first, third, second, fifth, fourth, sixth]);
      expect(events).toHaveLength(whole.length + 1);
    });

    it("are broken off, or have numbers that nobody can read", async () => {
      const { events, whole } = await withFault(() => {
        venue.inject({ fault: "malform", channel: "live_orders_", count: 1 });
        venue.inject({ fault: "garble", channel: "live_orders_", count: 1 });
      });
      expect(events).toHaveLength(whole.length - 1);
      const { data, ...outside } = whole[1]!;
      expect(events[0]).toMatchObject(outside);
      expect(events[0]!.data).toMatchObject({
        id: data.id,
        id_str: "?",
        amount_str: "?",
        price_str: "?",
        microtimestamp: "?",
      });
      expect(events.slice(1)).toEqual(whole.slice(2));
    });
  });

  describe.skipIf(sharedDir === "")("have the form of recorded ones", () => {
    const recorded = () =>
      gunzipSync(readFileSync(join(sharedDir, "exchanges/recordings/bitstamp/single-frames.jsonl.gz")))
        .toString()
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { data: OrderFrame }).data)
        .filter(({ channel }) => channel?.startsWith("live_orders_"));

    it.each(["2023", "2026"] as const)("of %s", async (orderFields) => {
      open("btcusd", { orderFields });
      const events = await watch("btcusd", 5000);
      const model = recorded().filter(
        ({ event_id }) => (event_id === undefined) === (orderFields === "2023"),
      );
      expect(model.length).toBeGreaterThan(2);
      const forms = (frames: readonly OrderFrame[]) => new Set(frames.map(formOf));
      expect(forms(events)).toEqual(forms(model));
    });
  });
});

/** Keys and types of a frame, in their order. */
function formOf(frame: OrderFrame): string {
  return JSON.stringify(frame, (key, value: unknown) =>
    key === "" || key === "data" ? value : value === null ? "null" : typeof value,
  );
}
