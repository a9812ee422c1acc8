import type { TimeResolution } from "@ims/common";
import type { PartitionProducer } from "@ims/iggy-client";
import type { Subscription } from "../subscriptions/subscription-table.js";
import { CHANNEL_TOPICS, Channel } from "./channels.js";
import { FeedMeter } from "./feed-meter.js";

/** One instrument as the sink needs it for each record: nothing is looked up or converted again. */
export class PublishedInstrument {
  /** UTF-8, at most 32. */
  readonly octets: Uint8Array;
  /** By channel: the producer of the instrument's partition, from its first record on. */
  readonly producers: (PartitionProducer | undefined)[] = CHANNEL_TOPICS.map(() => undefined);
  /** By channel, from its first record on. */
  readonly meters: (FeedMeter | undefined)[] = CHANNEL_TOPICS.map(() => undefined);
  /** By time resolution. */
  readonly barMeters = new Map<TimeResolution, FeedMeter>();
  /** By channel, without bars: subscriptions with private delivery; undefined for the usual case of none. */
  readonly privateReaders: (readonly Subscription[] | undefined)[] = CHANNEL_TOPICS.map(() => undefined);
  /** By time resolution. */
  privateBars: Map<number, readonly Subscription[]> | undefined;
  /** The newest trade that was published, 0 before the first. */
  lastTradeId = 0;
  /** By channel, of books: a record found no room, and changes mean nothing until the next whole book. */
  readonly isBroken: boolean[] = CHANNEL_TOPICS.map(() => false);

  constructor(
    readonly id: number,
    readonly symbol: string,
  ) {
    this.octets = new Uint8Array(Buffer.from(symbol, "utf8"));
  }

  /** Of one feed; undefined before its first record. */
  meterOf(channel: Channel, resolution: number): FeedMeter | undefined {
    return channel === Channel.Bars ? this.barMeters.get(resolution as TimeResolution) : this.meters[channel];
  }

  /** Of the bars of one resolution; made at the first call. */
  barMeter(resolution: TimeResolution): FeedMeter {
    let meter = this.barMeters.get(resolution);
    if (!meter) {
      meter = new FeedMeter();
      this.barMeters.set(resolution, meter);
    }
    return meter;
  }

  /** Ends the interval over which the rates of its feeds are taken. */
  sampleRates(nowMillis: number): void {
    for (const meter of this.meters) meter?.sample(nowMillis);
    for (const meter of this.barMeters.values()) meter.sample(nowMillis);
  }
}
