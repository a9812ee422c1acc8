import type { Clock, TimerHandle } from "@ims/common";
import type { SendCall } from "./send-call.js";

export interface WaitingSettings {
  readonly clock: Clock;
  /** Puts messages of the call into batches; true when all are in. */
  readonly place: (call: SendCall) => boolean;
  readonly onExpired: (call: SendCall) => void;
  readonly onEmptied: () => void;
}

/** Calls that wait for room in the buffer, first come, first served. */
export class WaitingCalls {
  private calls: SendCall[] = [];
  private addedCount = 0;
  private leftCount = 0;
  private timer: TimerHandle | undefined;
  private isDrainDue = false;
  private waiters: { readonly until: number; resolve(): void }[] = [];

  constructor(private readonly settings: WaitingSettings) {}

  get count(): number {
    return this.calls.length;
  }

  add(call: SendCall): void {
    this.calls.push(call);
    this.addedCount++;
    this.armTimer();
  }

  /** Resolves when every call that waits now is in batches or has failed. */
  whenEmptied(): Promise<void> {
    if (this.calls.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push({ until: this.addedCount, resolve });
    });
  }

  /** Goes on placing, once what runs now is through: room becomes free in the middle of other work. */
  drainSoon(): void {
    if (this.isDrainDue || this.calls.length === 0) return;
    this.isDrainDue = true;
    queueMicrotask(() => {
      this.isDrainDue = false;
      while (this.calls.length > 0 && this.settings.place(this.calls[0]!)) this.leave();
    });
  }

  /** Takes all calls out of the queue, for the caller to end them. */
  takeAll(): readonly SendCall[] {
    const taken = [...this.calls];
    for (const _ of taken) this.leave();
    return taken;
  }

  private leave(): SendCall {
    const call = this.calls.shift()!;
    this.leftCount++;
    if (this.calls.length === 0) {
      this.timer?.cancel();
      this.timer = undefined;
      this.settings.onEmptied();
    }
    while (this.waiters.length > 0 && this.waiters[0]!.until <= this.leftCount) {
      this.waiters.shift()!.resolve();
    }
    return call;
  }

  /** All may wait equally long, so the first is the first to expire. */
  private armTimer(): void {
    const first = this.calls[0];
    if (this.timer || !first || first.waitsUntilMillis === Number.POSITIVE_INFINITY) return;
    const { clock, onExpired } = this.settings;
    const dueInMillis = first.waitsUntilMillis - clock.monotonicMillis();
    this.timer = clock.setTimer(Math.max(0, dueInMillis), () => {
      this.timer = undefined;
      const nowMillis = clock.monotonicMillis();
      while (this.calls.length > 0 && this.calls[0]!.waitsUntilMillis <= nowMillis) onExpired(this.leave());
      this.armTimer();
    });
  }
}
