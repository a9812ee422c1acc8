import type { ImsError } from "@ims/common";

interface Waiter {
  readonly lastSequence: number;
  failure: ImsError | undefined;
  resolve(): void;
  reject(error: ImsError): void;
}

/** Who waits for all batches up to a sequence to be confirmed or given up. */
export class FlushWaiters {
  private waiters: Waiter[] = [];

  /** Rejects with the first failure among batches up to `lastSequence`. */
  wait(lastSequence: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiters.push({ lastSequence, failure: undefined, resolve, reject });
    });
  }

  get isEmpty(): boolean {
    return this.waiters.length === 0;
  }

  onFailed(sequence: number, error: ImsError): void {
    for (const waiter of this.waiters) if (sequence <= waiter.lastSequence) waiter.failure ??= error;
  }

  /** @param oldestOutstanding lowest sequence without an outcome, `Infinity` = none */
  onProgress(oldestOutstanding: number): void {
    const done = this.waiters.filter((waiter) => waiter.lastSequence < oldestOutstanding);
    if (done.length === 0) return;
    this.waiters = this.waiters.filter((waiter) => waiter.lastSequence >= oldestOutstanding);
    for (const { failure, resolve, reject } of done) {
      if (failure) reject(failure);
      else resolve();
    }
  }
}
