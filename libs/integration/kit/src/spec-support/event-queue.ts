/** Events in order of arrival, awaited one by one: a test waits for what happens instead of for time. */
export class EventQueue<T> {
  readonly #arrived: T[] = [];
  readonly #waiting: ((event: T) => void)[] = [];

  push(event: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(event);
    else this.#arrived.push(event);
  }

  next(): Promise<T> {
    if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift()!);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Events that nobody has awaited yet. */
  get pendingCount(): number {
    return this.#arrived.length;
  }
}
