import type { PartitionProducer } from "@ims/iggy-client";
import type { Subscription } from "../subscriptions/subscription-table.js";
import { CHANNEL_TOPICS } from "./channels.js";

/** One instrument as the sink needs it for each record: nothing is looked up or converted again. */
export class PublishedInstrument {
  /** UTF-8, at most 32. */
  readonly octets: Uint8Array;
  /** By channel: the producer of the instrument's partition, from its first record on. */
  readonly producers: (PartitionProducer | undefined)[] = CHANNEL_TOPICS.map(() => undefined);
  /** By channel: wall time of the last record; 0 before the first. */
  readonly lastMicros = new Float64Array(CHANNEL_TOPICS.length);
  /** By time resolution. */
  readonly lastBarMicros = new Map<number, number>();
  /** By channel, without bars: subscriptions with private delivery; undefined for the usual case of none. */
  readonly privateReaders: (readonly Subscription[] | undefined)[] = CHANNEL_TOPICS.map(() => undefined);
  /** By time resolution. */
  privateBars: Map<number, readonly Subscription[]> | undefined;
  /** A record of its book found no room: changes mean nothing until the next whole book. */
  isBookBroken = false;

  constructor(
    readonly id: number,
    readonly symbol: string,
  ) {
    this.octets = new Uint8Array(Buffer.from(symbol, "utf8"));
  }
}
