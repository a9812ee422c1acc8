import { SimulatedClock, sleep } from "@ims/common";
import { expect, it } from "vitest";
import { ClockOffset } from "./clock-offset.js";

it("tells how far the venue's clock is away, from the quickest of the last answers", async () => {
  const clock = new SimulatedClock();
  const roundTrips = [400, 20, 1000, Number.NaN, 100];
  let askedCount = 0;
  const offset = new ClockOffset({
    clock,
    intervalMillis: 60_000,
    readingsMax: 3,
    ask: async (signal) => {
      const roundMillis = roundTrips[askedCount++ % roundTrips.length]!;
      if (Number.isNaN(roundMillis)) throw new Error("no answer");
      await sleep(clock, roundMillis / 4, signal);
      const venueMicros = clock.nowMicros() + 5_000_000;
      await sleep(clock, (roundMillis * 3) / 4, signal);
      return venueMicros;
    },
  });
  expect(offset.reading).toBeUndefined();
  offset.start();
  offset.start();
  await clock.advance(400);
  // The answer was made before the middle of the round trip, by less than the error says.
  expect(offset.reading).toMatchObject({ offsetMicros: 4_900_000, errorMicros: 200_000 });
  await clock.advance(61_000);
  expect(offset.reading).toMatchObject({ offsetMicros: 4_995_000, errorMicros: 10_000 });
  await clock.advance(400_000);
  expect(askedCount).toBeGreaterThan(6);
  const asking = askedCount;
  await offset.close();
  await clock.advance(400_000);
  expect(askedCount).toBe(asking);
  expect(clock.pendingTimerCount).toBe(0);
});
