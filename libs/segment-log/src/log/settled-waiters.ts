interface Waiter {
  readonly targetOffset: number;
  readonly resolve: () => void;
}

/** Those who wait until the appends before an offset are confirmed or refused. */
export class SettledWaiters {
  private waiters: Waiter[] = [];

  /** Resolves with the first {@link settled} that reaches the offset. */
  wait(targetOffset: number): Promise<void> {
    return new Promise((resolve) => this.waiters.push({ targetOffset, resolve }));
  }

  /** Every append in front of the offset is confirmed or refused; infinity when none is pending at all. */
  settled(offset: number): void {
    if (this.waiters.length === 0) return;
    this.waiters = this.waiters.filter(({ targetOffset, resolve }) => {
      if (targetOffset > offset) return true;
      resolve();
      return false;
    });
  }
}
