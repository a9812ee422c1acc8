const COUNT = 0;
const LAST = 1;
const LAST_EVENT = 2;
const SAMPLED_COUNT = 3;
const SAMPLED_AT = 4;
const RATE = 5;

/** What is known of one feed's records. Numbers lie in one typed array: a record changes them and costs no object. */
export class FeedMeter {
  private readonly cells = new Float64Array(6).fill(-1, SAMPLED_AT);

  /** Records since the start of the service. */
  get count(): number {
    return this.cells[COUNT]!;
  }

  /** When the last record was published, wall time in microseconds; 0 before the first. */
  get lastMicros(): number {
    return this.cells[LAST]!;
  }

  /** The venue's time of the last record; 0 before the first, or where the venue gives none. */
  get lastEventMicros(): number {
    return this.cells[LAST_EVENT]!;
  }

  /** Of the last interval between two calls of {@link sample}; undefined before there was one. */
  get ratePerSecond(): number | undefined {
    return this.cells[RATE]! < 0 ? undefined : this.cells[RATE]!;
  }

  /** From the venue's time of the last record to its publishing; undefined where either is missing. */
  get lagSeconds(): number | undefined {
    const { lastMicros, lastEventMicros } = this;
    return lastEventMicros === 0 ? undefined : (lastMicros - lastEventMicros) / 1e6;
  }

  published(nowMicros: number, eventMicros: number): void {
    const { cells } = this;
    cells[COUNT]!++;
    cells[LAST] = nowMicros;
    cells[LAST_EVENT] = eventMicros;
  }

  /** Ends the interval over which the rate is taken. */
  sample(nowMillis: number): void {
    const { cells } = this;
    const elapsedMillis = nowMillis - cells[SAMPLED_AT]!;
    if (cells[SAMPLED_AT]! >= 0 && elapsedMillis > 0)
      cells[RATE] = ((cells[COUNT]! - cells[SAMPLED_COUNT]!) * 1000) / elapsedMillis;
    cells[SAMPLED_COUNT] = cells[COUNT]!;
    cells[SAMPLED_AT] = nowMillis;
  }
}
