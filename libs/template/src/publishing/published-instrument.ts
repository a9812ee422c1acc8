import type { Subscription } from "../subscriptions/subscription-table.js";

/** One instrument as the sink needs it for each record: nothing is looked up or converted again. */
export class PublishedInstrument {
  /** UTF-8, at most 32. */
  readonly octets: Uint8Array;
  /** Indexes into the sink's producers; set anew when the broker tells other partition counts. */
  tradePartition = 0;
  barPartition = 0;
  /** Wall time of the last record; 0 before the first. */
  lastTradeMicros = 0;
  /** By time resolution. */
  readonly lastBarMicros = new Map<number, number>();
  /** Subscriptions with private delivery; undefined for the usual case of none. */
  privateTrades: readonly Subscription[] | undefined;
  /** By time resolution. */
  privateBars: Map<number, readonly Subscription[]> | undefined;

  constructor(
    readonly id: number,
    readonly symbol: string,
  ) {
    this.octets = new Uint8Array(Buffer.from(symbol, "utf8"));
  }
}
