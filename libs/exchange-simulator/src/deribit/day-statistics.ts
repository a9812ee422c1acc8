const BUCKET_MILLIS = 600_000;
const BUCKETS = 144;

interface Bucket {
  readonly number: number;
  lots: number;
  value: number;
  readonly first: number;
  high: number;
  low: number;
}

/** What was traded within 24 hours, to ten minutes. */
export interface DayTotals {
  readonly lots: number;
  /** Sum of ticks by lots. */
  readonly value: number;
  /** Ticks; undefined without a trade. */
  readonly range: { readonly open: number; readonly high: number; readonly low: number } | undefined;
}

/** Keeps them, in a bounded number of buckets. */
export class DayStatistics {
  readonly #buckets: Bucket[] = [];

  add(millis: number, ticks: number, lots: number): void {
    const number = Math.floor(millis / BUCKET_MILLIS);
    const last = this.#buckets.at(-1);
    if (last?.number === number) {
      last.lots += lots;
      last.value += ticks * lots;
      last.high = Math.max(last.high, ticks);
      last.low = Math.min(last.low, ticks);
      return;
    }
    this.#buckets.push({ number, lots, value: ticks * lots, first: ticks, high: ticks, low: ticks });
    this.#drop(millis);
  }

  totals(nowMillis: number): DayTotals {
    this.#drop(nowMillis);
    let [lots, value, high, low] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const bucket of this.#buckets) {
      lots += bucket.lots;
      value += bucket.value;
      high = Math.max(high, bucket.high);
      low = Math.min(low, bucket.low);
    }
    const first = this.#buckets[0];
    return { lots, value, range: first && { open: first.first, high, low } };
  }

  #drop(nowMillis: number): void {
    const oldest = Math.floor(nowMillis / BUCKET_MILLIS) - BUCKETS;
    while (this.#buckets[0] && this.#buckets[0].number < oldest) this.#buckets.shift();
  }
}
