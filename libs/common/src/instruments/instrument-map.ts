const INITIAL_SLOTS = 64;

/**
 * Values by instrument number, for looking one up with every record. The numbers are hashes of 32 bits: an array would
 * become a dictionary of the engine, which hashes each of them again, as a `Map` does; here a number is its own hash.
 * Open addressing with linear probing, at most half full. Numbers are never forgotten: there are no more than the venue
 * lists.
 */
export class InstrumentMap<Value> {
  #ids = new Uint32Array(INITIAL_SLOTS);
  /** 1 + the place in {@link #values}; 0 is a free slot. */
  #places = new Uint32Array(INITIAL_SLOTS);
  #mask = INITIAL_SLOTS - 1;
  readonly #values: (Value | undefined)[] = [];

  /** @param instrumentId 32 bits, unsigned; nothing stands at any other number */
  get(instrumentId: number): Value | undefined {
    const ids = this.#ids;
    const places = this.#places;
    const mask = this.#mask;
    for (let slot = instrumentId & mask; ; slot = (slot + 1) & mask) {
      const place = places[slot]!;
      if (place === 0) return undefined;
      if (ids[slot] === instrumentId) return this.#values[place - 1];
    }
  }

  /** @param value undefined takes away what stood there */
  set(instrumentId: number, value: Value | undefined): void {
    const slot = this.#slotOf(instrumentId);
    const place = this.#places[slot]!;
    if (place !== 0) this.#values[place - 1] = value;
    else if (value !== undefined) this.#append(instrumentId, value);
  }

  /** In the order in which their numbers came first. */
  *values(): IterableIterator<Value> {
    for (const value of this.#values) if (value !== undefined) yield value;
  }

  #append(instrumentId: number, value: Value): void {
    if (instrumentId !== instrumentId >>> 0) throw new RangeError(`${instrumentId} is no instrument number`);
    this.#values.push(value);
    if (this.#values.length * 2 > this.#places.length) this.#grow();
    this.#take(instrumentId, this.#values.length);
  }

  #slotOf(instrumentId: number): number {
    let slot = instrumentId & this.#mask;
    while (this.#places[slot] !== 0 && this.#ids[slot] !== instrumentId) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #take(instrumentId: number, place: number): void {
    const slot = this.#slotOf(instrumentId);
    this.#ids[slot] = instrumentId;
    this.#places[slot] = place;
  }

  #grow(): void {
    const ids = this.#ids;
    const places = this.#places;
    this.#ids = new Uint32Array(ids.length * 2);
    this.#places = new Uint32Array(ids.length * 2);
    this.#mask = ids.length * 2 - 1;
    for (let slot = 0; slot < ids.length; slot++)
      if (places[slot] !== 0) this.#take(ids[slot]!, places[slot]!);
  }
}
