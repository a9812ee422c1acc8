import { type PublishingPhase, SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeRoom } from "../spec-support/fake-room.js";
import { Channel } from "./channels.js";
import { PublishingPressure, SHED_ORDER } from "./publishing-pressure.js";

let clock: SimulatedClock;
let room: FakeRoom;
let pressure: PublishingPressure;
let phases: PublishingPhase[];

/** Of 64 slots a quarter is the headroom: 16; 24 end the blocking and 32 the shedding. */
function make(blockMillis = 1000): void {
  clock = new SimulatedClock();
  room = new FakeRoom(64);
  pressure = new PublishingPressure(clock, room, blockMillis);
  phases = [];
  pressure.onPhase((phase) => phases.push(phase));
}
beforeEach(() => make());

const shedNow = () => SHED_ORDER.filter((channel) => pressure.shed[channel] === 1);

describe("the pressure of publishing", () => {
  it("lets everything flow while a quarter of the memory is free, then stops the reading of the venue", () => {
    room.freeSlotCount = 16;
    expect(pressure.accepting).toBe(true);
    room.freeSlotCount = 15;
    expect([pressure.accepting, pressure.phase, shedNow()]).toEqual([false, "blocking", []]);
  });

  it("wakes who waits when there is room again, with some distance to the next stop", async () => {
    room.freeSlotCount = 3;
    const woken: string[] = [];
    const waiting = pressure.whenAccepting().then(() => woken.push("woken"));
    room.freeSlotCount = 23;
    await clock.advance(1);
    expect([pressure.accepting, woken]).toEqual([false, []]);
    room.freeSlotCount = 24;
    await waiting;
    expect([pressure.accepting, pressure.phase, woken]).toEqual([true, "flowing", ["woken"]]);
  });

  it("has the venue read again after the time set, and gives up the least valuable first", async () => {
    room.freeSlotCount = 15;
    const waiting = pressure.whenAccepting();
    await clock.advance(999);
    expect(pressure.phase).toBe("blocking");
    await clock.advance(1);
    await waiting;
    expect([pressure.phase, pressure.accepting, pressure.isShedding]).toEqual(["shedding", true, true]);
    const order: Channel[] = [];
    for (let free = 15; free >= 0; free--) {
      room.freeSlotCount = free;
      pressure.sheds(Channel.Trades);
      for (const channel of shedNow()) if (!order.includes(channel)) order.push(channel);
      const [tops, trades] = [Channel.TopOfBook, Channel.Trades].map((channel) => pressure.shed[channel]);
      expect(trades).toBeLessThanOrEqual(tops!);
    }
    expect(order).toEqual(SHED_ORDER);
    expect([pressure.sheds(Channel.Gaps), pressure.sheds(Channel.FeedStatus)]).toEqual([false, false]);
  });

  it("keeps room for gaps and states when it begins to give up trades", async () => {
    room.freeSlotCount = 15;
    void pressure.accepting;
    await clock.advance(1000);
    room.freeSlotCount = 2;
    expect(pressure.sheds(Channel.Trades)).toBe(false);
    room.freeSlotCount = 1;
    expect(pressure.sheds(Channel.Trades)).toBe(true);
  });

  it("keeps a class given up until everything flows, so that its loss is one piece", async () => {
    room.freeSlotCount = 15;
    void pressure.accepting;
    await clock.advance(1000);
    room.freeSlotCount = 8;
    expect(pressure.sheds(Channel.TopOfBook)).toBe(true);
    room.freeSlotCount = 31;
    expect([pressure.sheds(Channel.TopOfBook), pressure.phase]).toEqual([true, "shedding"]);
    room.freeSlotCount = 32;
    expect([shedNow(), pressure.isShedding, pressure.phase]).toEqual([[], false, "flowing"]);
    expect(phases).toEqual(["blocking", "shedding", "flowing"]);
  });

  it("adds up the time of blocking, and gives the time of flowing back", async () => {
    const block = async (millis: number) => {
      room.freeSlotCount = 1;
      void pressure.accepting;
      await clock.advance(millis);
    };
    await block(600);
    room.freeSlotCount = 64;
    await clock.advance(200);
    // 600 spent, 200 given back: 600 are left.
    await block(599);
    expect(pressure.phase).toBe("blocking");
    await clock.advance(1);
    expect(pressure.phase).toBe("shedding");
    room.freeSlotCount = 64;
    await block(0);
    expect(pressure.phase).toBe("shedding");
    await clock.advance(7);
    const phases = ["flowing", "blocking", "shedding"] as const;
    expect(phases.map((phase) => pressure.millisIn(phase))).toEqual([200, 1200, 7]);
  });

  it("gives up at once when the venue may never be left unread", () => {
    make(0);
    room.freeSlotCount = 0;
    expect([pressure.accepting, pressure.phase]).toEqual([true, "shedding"]);
  });

  it("is not left blocking by its end", async () => {
    room.freeSlotCount = 0;
    const waiting = pressure.whenAccepting();
    pressure.close();
    await expect(waiting).rejects.toMatchObject({ code: "service.stopped" });
    await expect(pressure.whenAccepting()).rejects.toMatchObject({ code: "service.stopped" });
    expect(pressure.accepting).toBe(false);
    await clock.advance(10_000);
    expect(phases).toEqual(["blocking"]);
  });

  it("never gives up trades before what stands before them, and ends any shortage, whatever the room does", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ free: fc.integer({ min: 0, max: 64 }), millis: fc.integer({ min: 0, max: 700 }) }),
        ),
        async (steps) => {
          make();
          for (const { free, millis } of steps) {
            room.freeSlotCount = free;
            void pressure.accepting;
            if (pressure.isShedding) pressure.sheds(Channel.Trades);
            await clock.advance(millis);
            const count = shedNow().length;
            // What is given up is always a beginning of the order.
            expect(shedNow()).toEqual(SHED_ORDER.slice(0, count));
            expect(count > 0).toBe(pressure.isShedding);
          }
          room.freeSlotCount = 0;
          room.freeSlotCount = 64;
          expect([pressure.phase, pressure.accepting, shedNow()]).toEqual(["flowing", true, []]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
