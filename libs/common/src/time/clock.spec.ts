import { describe, expect, it } from "vitest";
import { sleep, timerMillis } from "./clock.js";
import { SimulatedClock } from "./simulated-clock.js";
import { type MachineTime, SystemClock, systemClock } from "./system-clock.js";

describe("SimulatedClock", () => {
  it("moves only when told to", async () => {
    const clock = new SimulatedClock(5_000_000);
    expect(clock.nowMicros()).toBe(5_000_000);
    await clock.advance(1.5);
    expect(clock.nowMicros()).toBe(5_001_500);
    expect(clock.monotonicMillis()).toBe(1.5);
  });

  it("fires timers in order of due time, then of creation, each at its own time", async () => {
    const clock = new SimulatedClock(0);
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.monotonicMillis()]);
    clock.setTimer(20, note("late"));
    clock.setTimer(10, note("first of two"));
    clock.setTimer(10, note("second of two"));
    clock.setTimer(30, note("beyond"));
    await clock.advance(25);
    expect(fired).toEqual([
      ["first of two", 10],
      ["second of two", 10],
      ["late", 20],
    ]);
    expect(clock.pendingTimerCount).toBe(1);
    await clock.advance(5);
    expect(fired.at(-1)).toEqual(["beyond", 30]);
  });

  it("fires timers that a timer or its continuation sets within the same step", async () => {
    const clock = new SimulatedClock();
    const fired: number[] = [];
    const ticker = async () => {
      for (let round = 0; round < 3; round++) {
        await sleep(clock, 10);
        fired.push(clock.monotonicMillis());
      }
    };
    const done = ticker();
    await clock.advance(100);
    await done;
    expect(fired).toEqual([10, 20, 30]);
  });

  it("forgets a cancelled timer", async () => {
    const clock = new SimulatedClock();
    const timer = clock.setTimer(1, () => expect.unreachable("cancelled"));
    timer.cancel();
    timer.cancel();
    expect(clock.pendingTimerCount).toBe(0);
    await clock.advance(10);
  });
});

describe("sleep", () => {
  it("rejects with the reason of an abort and leaves no timer", async () => {
    const clock = new SimulatedClock();
    const controller = new AbortController();
    const waiting = sleep(clock, 1000, controller.signal);
    controller.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await expect(sleep(clock, 1, controller.signal)).rejects.toThrow("stopped");
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("ignores an abort after it resolved", async () => {
    const clock = new SimulatedClock();
    const controller = new AbortController();
    const waiting = sleep(clock, 5, controller.signal);
    await clock.advance(5);
    await waiting;
    controller.abort();
    expect(clock.pendingTimerCount).toBe(0);
  });
});

describe("timerMillis", () => {
  it.each([
    [0.2, 1],
    [5, 5],
    [-3, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0x7fffffff],
  ])("brings %s into range", (delay, expected) => {
    expect(timerMillis(delay)).toBe(expected);
  });
});

describe("SystemClock", () => {
  class FakeMachine implements MachineTime {
    monotonic = 40;
    wall = 1_700_000_000_000;
    monotonicMillis = () => this.monotonic;
    wallMillis = () => Math.floor(this.wall);
    pass(millis: number) {
      this.monotonic += millis;
      this.wall += millis;
    }
  }

  it("advances by the monotonic time with microsecond steps and never back, across its own renewals", () => {
    const machine = new FakeMachine();
    const clock = new SystemClock(machine);
    const start = clock.nowMicros();
    expect(start).toBe(1_700_000_000_000_000);
    let last = start;
    for (let step = 1; step <= 20_000; step++) {
      machine.pass(0.37);
      const now = clock.nowMicros();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    // Rounding alone: a wall clock cut to milliseconds must not show as steps.
    expect(Math.abs(last - start - 7_400_000)).toBeLessThanOrEqual(10);
  });

  it("follows a corrected wall clock within a second, forwards and back", () => {
    const machine = new FakeMachine();
    const clock = new SystemClock(machine);
    for (const correction of [5_000, -9_000]) {
      machine.wall += correction;
      machine.pass(1001);
      expect(clock.nowMicros()).toBe(machine.wallMillis() * 1000);
    }
  });

  it("reads this machine's time as whole microseconds", () => {
    const before = Date.now();
    const now = systemClock.nowMicros();
    expect(Number.isSafeInteger(now)).toBe(true);
    expect(Math.abs(now / 1000 - before)).toBeLessThan(60_000);
    expect(systemClock.monotonicMillis()).toBeLessThanOrEqual(systemClock.monotonicMillis());
  });

  it("fires a timer and none that was cancelled", async () => {
    const fired: string[] = [];
    systemClock.setTimer(0, () => fired.push("cancelled")).cancel();
    await sleep(systemClock, 1);
    expect(fired).toEqual([]);
  });
});
