/** What has a next due time; infinite means never. */
export interface Due {
  readonly nextMicros: number;
}

/**
 * Binary heap by due time; equal times leave in the order of insertion. The head may change its own due time, then
 * {@link headChanged} puts it where it belongs.
 */
export class DueQueue<T extends Due> {
  readonly #items: { readonly item: T; readonly order: number }[] = [];

  add(item: T): void {
    this.#items.push({ item, order: this.#items.length });
    for (let at = this.#items.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Puts everything in order again after due times of others than the head changed. */
  rebuild(): void {
    const items = this.#items.splice(0).sort((a, b) => a.order - b.order);
    for (const { item } of items) this.add(item);
  }

  get head(): T | undefined {
    return this.#items[0]?.item;
  }

  headChanged(): void {
    for (let at = 0; ; ) {
      let first = at;
      const left = 2 * at + 1;
      if (left < this.#items.length && this.#before(left, first)) first = left;
      if (left + 1 < this.#items.length && this.#before(left + 1, first)) first = left + 1;
      if (first === at) return;
      this.#swap(at, first);
      at = first;
    }
  }

  #before(left: number, right: number): boolean {
    const a = this.#items[left]!;
    const b = this.#items[right]!;
    if (a.item.nextMicros !== b.item.nextMicros) return a.item.nextMicros < b.item.nextMicros;
    return a.order < b.order;
  }

  #swap(left: number, right: number): void {
    const item = this.#items[left]!;
    this.#items[left] = this.#items[right]!;
    this.#items[right] = item;
  }
}
