import { type Clock, type TimerHandle, timerMillis } from "./clock.js";

interface SimulatedTimer {
  readonly dueMillis: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Time that moves only when told to. Timers fire in order of due time, then of creation. */
export class SimulatedClock implements Clock {
  #elapsedMillis = 0;
  #order = 0;
  readonly #timers = new Set<SimulatedTimer>();

  /** @param startMicros wall time at the start, microseconds since 1970 */
  constructor(readonly startMicros = 1_700_000_000_000_000) {}

  nowMicros(): number {
    return this.startMicros + Math.round(this.#elapsedMillis * 1000);
  }

  monotonicMillis(): number {
    return this.#elapsedMillis;
  }

  /** Timers not yet fired or cancelled; tests assert that it returns to its start. */
  get pendingTimerCount(): number {
    return this.#timers.size;
  }

  setTimer(delayMillis: number, fire: () => void): TimerHandle {
    const timer: SimulatedTimer = {
      dueMillis: this.#elapsedMillis + timerMillis(delayMillis),
      order: this.#order++,
      fire,
    };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Moves time forward, firing what falls due, and lets promise continuations run between timers. */
  async advance(millis: number): Promise<void> {
    const target = this.#elapsedMillis + millis;
    await settle();
    for (let next = this.#nextDue(target); next; next = this.#nextDue(target)) {
      this.#elapsedMillis = Math.max(this.#elapsedMillis, next.dueMillis);
      this.#timers.delete(next);
      next.fire();
      await settle();
    }
    this.#elapsedMillis = target;
  }

  #nextDue(limitMillis: number): SimulatedTimer | undefined {
    let best: SimulatedTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMillis > limitMillis) continue;
      if (
        !best ||
        timer.dueMillis < best.dueMillis ||
        (timer.dueMillis === best.dueMillis && timer.order < best.order)
      ) {
        best = timer;
      }
    }
    return best;
  }
}

async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
