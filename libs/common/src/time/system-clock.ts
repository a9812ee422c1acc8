import { type Clock, type TimerHandle, timerMillis } from "./clock.js";

const RESYNC_MILLIS = 1000;
/** Wall time is cut to whole milliseconds and read a moment after the monotonic one: less than this is no correction. */
const WALL_TOLERANCE_MICROS = 2000;

/** The two time sources of the machine, in milliseconds; tests replace them. */
export interface MachineTime {
  monotonicMillis(): number;
  wallMillis(): number;
}

/** Held here: the global is a getter that looks it up anew at each use, which costs as much as the reading itself. */
const timer = performance;

const machineTime: MachineTime = {
  monotonicMillis: () => timer.now(),
  wallMillis: () => Date.now(),
};

/**
 * The machine's clock. Microseconds come from the monotonic timer on top of a wall-clock anchor that is taken anew
 * every second, so a corrected system clock is followed, in both directions, without a system call per message.
 * Between corrections it never goes back.
 */
export class SystemClock implements Clock {
  readonly #machine: MachineTime;
  #anchorMicros: number;
  #anchorMonotonic: number;

  constructor(machine: MachineTime = machineTime) {
    this.#machine = machine;
    this.#anchorMonotonic = machine.monotonicMillis();
    this.#anchorMicros = machine.wallMillis() * 1000;
  }

  nowMicros(): number {
    const monotonic = this.#machine.monotonicMillis();
    if (monotonic - this.#anchorMonotonic > RESYNC_MILLIS) this.#resync(monotonic);
    return this.#anchorMicros + Math.round((monotonic - this.#anchorMonotonic) * 1000);
  }

  monotonicMillis(): number {
    return this.#machine.monotonicMillis();
  }

  setTimer(delayMillis: number, fire: () => void): TimerHandle {
    const timer = setTimeout(fire, timerMillis(delayMillis));
    return { cancel: () => clearTimeout(timer) };
  }

  #resync(monotonic: number): void {
    const predicted = this.#anchorMicros + Math.round((monotonic - this.#anchorMonotonic) * 1000);
    const wall = this.#machine.wallMillis() * 1000;
    this.#anchorMicros = Math.abs(predicted - wall) > WALL_TOLERANCE_MICROS ? wall : predicted;
    this.#anchorMonotonic = monotonic;
  }
}

export const systemClock: Clock = new SystemClock();
