import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { EventChain } from "./event-chain.js";
import { createOrderFrame, type OrderFrame } from "./order-frame.js";
import { RecentKeys } from "./recent-keys.js";

/** The event with this number, behind the one before it. */
function event(number: number, previous = number - 1): OrderFrame {
  const frame = createOrderFrame();
  frame.isChained = true;
  frame.eventId.set([7, number, 0, -1]);
  frame.previousId.set([7, previous, 0, -1]);
  frame.order.orderId = number;
  return frame;
}

function unchained(orderId: number, micros: number, quantity: number): OrderFrame {
  const frame = createOrderFrame();
  frame.order.orderId = orderId;
  frame.order.eventMicros = micros;
  frame.order.quantity.lo = quantity;
  return frame;
}

describe("EventChain", () => {
  let told: (number | "broken")[] = [];
  let chain: EventChain;

  beforeEach(() => {
    told = [];
    chain = new EventChain({
      next: ({ order }) => told.push(order.orderId),
      broken: () => told.push("broken"),
    });
  });

  const offer = (...frames: OrderFrame[]) => {
    for (const frame of frames) chain.offer(frame, 0);
  };

  it("begins with any event, and puts those behind it in their order, each once", () => {
    offer(event(5), event(7), event(6), event(5), event(7), event(8), event(10), event(10), event(9));
    expect(told).toEqual([5, 6, 7, 8, 9, 10]);
    expect(chain.counters).toEqual({ duplicateCount: 3, heldCount: 2, brokenCount: 0 });
  });

  it("waits a second for what is missing, and then begins anew behind it", () => {
    offer(event(1));
    chain.offer(event(4), 100);
    chain.offer(event(3), 200);
    chain.offer(event(8), 900);
    chain.check(1099);
    expect([told, chain.heldNow]).toEqual([[1], 3]);
    chain.check(1100);
    expect([told, chain.heldNow]).toEqual([[1, "broken", 3, 4], 1]);
    chain.check(1899);
    expect(told).toHaveLength(4);
    chain.check(1900);
    expect(told.slice(4)).toEqual(["broken", 8]);
    offer(event(9));
    expect(told.at(-1)).toBe(9);
  });

  it("keeps copies of what waits: the frame is used again", () => {
    offer(event(1));
    const frame = event(3);
    offer(frame);
    frame.order.orderId = 99;
    frame.eventId[1] = 99;
    offer(event(2));
    expect(told).toEqual([1, 2, 3]);
  });

  it("does not wait for more than a thousand", () => {
    offer(event(1));
    for (let number = 3; number < 1003; number++) offer(event(number));
    expect([told.length, told[1], told.at(-1), chain.heldNow]).toEqual([1002, "broken", 1002, 0]);
  });

  it("goes on where ids run in a circle", () => {
    offer(event(1), event(3, 4), event(4, 3));
    chain.check(1000);
    expect(told).toEqual([1, "broken", 3, 4]);
  });

  it("passes on events as they come, each once, for an hour where the chain is broken twenty times in a minute", () => {
    offer(event(1));
    for (let turn = 1; turn <= 20; turn++) {
      expect(chain.isDistrusted(turn * 1000)).toBe(false);
      chain.offer(event(turn * 10), turn * 1000);
      chain.check(turn * 1000 + 1000);
    }
    expect(told.filter((each) => each === "broken")).toHaveLength(20);
    expect([chain.stands, chain.heldNow, chain.isDistrusted(3_620_999)]).toEqual([false, 0, true]);
    const before = told.length;
    for (const each of [event(500), event(400), event(500)]) chain.offer(each, 3_620_999);
    expect(told.slice(before)).toEqual([500, 400]);
    chain.offer(event(600), 3_621_000);
    chain.offer(event(602), 3_621_000);
    expect([told.at(-1), chain.heldNow]).toEqual([600, 1]);
  });

  it("goes on with the chain where it is broken less often", () => {
    offer(event(1));
    for (let turn = 1; turn <= 40; turn++) {
      chain.offer(event(turn * 10), turn * 3200);
      chain.check(turn * 3200 + 1000);
    }
    expect([chain.counters.brokenCount, chain.isDistrusted(130_000)]).toEqual([40, false]);
  });

  it("begins anew without a word when it is told to, and still knows copies", () => {
    offer(event(1), event(2), event(9));
    chain.restart();
    offer(event(2), event(20), event(21), event(9));
    expect(told).toEqual([1, 2, 20, 21]);
    expect(chain.heldNow).toBe(1);
  });

  it("passes on what has no chain as it comes, without copies of the same order, event, time and quantity", () => {
    offer(unchained(1, 100, 5), unchained(1, 100, 5), unchained(1, 100, 4), unchained(1, 101, 4));
    offer(unchained(2, 101, 4), unchained(1, 100, 5));
    expect([told, chain.stands]).toEqual([[1, 1, 1, 2], false]);
    offer(event(70), event(80));
    expect([told.at(-1), chain.stands, chain.heldNow]).toEqual([70, true, 1]);
  });
});

describe("RecentKeys", () => {
  it("knows the last so many keys, and no others", () => {
    const key = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, -1, 1 << 31));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200, size: "max" }), (keys) => {
        const recent = new RecentKeys(16, 2);
        const known: string[] = [];
        for (const words of keys) {
          const isNew = !known.slice(-16).includes(String(words));
          expect(recent.add(Int32Array.from(words))).toBe(isNew);
          if (isNew) known.push(String(words));
          expect(recent.has(Int32Array.from(words))).toBe(true);
        }
      }),
    );
  });
});
