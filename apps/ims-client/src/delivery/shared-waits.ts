import type { Clock, TimerHandle } from "@ims/common";

/** Waits that end within this of one another end together. */
const TOGETHER_MILLIS = 1;

interface Wait {
  readonly dueMillis: number;
  readonly wake: () => void;
}

/**
 * Timers of readers that share a connection: what is due within a millisecond wakes in one turn of the event loop, so
 * that the polls leave in one write, come back in one read, and go on in step. Readers with timers of their own would
 * each cost both processes a turn and two system calls for every poll.
 */
export class SharedWaits implements Pick<Clock, "setTimer"> {
  readonly #waits = new Set<Wait>();
  #timer: TimerHandle | undefined;
  #timerDueMillis = Number.POSITIVE_INFINITY;

  constructor(private readonly clock: Pick<Clock, "monotonicMillis" | "setTimer">) {}

  /** Calls `wake` once, after `delayMillis` or up to a millisecond sooner, unless it is cancelled. */
  setTimer(delayMillis: number, wake: () => void): TimerHandle {
    const wait: Wait = { dueMillis: this.clock.monotonicMillis() + delayMillis, wake };
    this.#waits.add(wait);
    this.#arm(wait.dueMillis);
    return { cancel: () => this.#cancel(wait) };
  }

  #cancel(wait: Wait): void {
    if (this.#waits.delete(wait) && this.#waits.size === 0) this.#disarm();
  }

  #arm(dueMillis: number): void {
    if (dueMillis >= this.#timerDueMillis) return;
    this.#timer?.cancel();
    this.#timerDueMillis = dueMillis;
    this.#timer = this.clock.setTimer(Math.max(0, dueMillis - this.clock.monotonicMillis()), () => {
      this.#timer = undefined;
      this.#wakeDue();
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMillis = Number.POSITIVE_INFINITY;
  }

  #wakeDue(): void {
    const untilMillis = this.clock.monotonicMillis() + TOGETHER_MILLIS;
    const due: Wait[] = [];
    let nextMillis = Number.POSITIVE_INFINITY;
    for (const wait of this.#waits) {
      if (wait.dueMillis <= untilMillis) due.push(wait);
      else nextMillis = Math.min(nextMillis, wait.dueMillis);
    }
    this.#timerDueMillis = Number.POSITIVE_INFINITY;
    for (const wait of due) this.#waits.delete(wait);
    if (nextMillis < Number.POSITIVE_INFINITY) this.#arm(nextMillis);
    for (const { wake } of due) wake();
  }
}
