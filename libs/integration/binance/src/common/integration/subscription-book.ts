import {
  DataType,
  FeedState,
  type Instrument,
  type TimeResolution,
  type TimeResolutionText,
} from "@ims/common";
import type { MarketDataSink, SubscriptionStatus } from "@ims/traits";
import { FeedTable } from "../decode/feed-table.js";
import { type BarFeed, InstrumentFeed, type TradeFeed } from "../decode/instrument-feed.js";
import type { ListedSymbol } from "../instruments/listed-symbol.js";

/** One stream as it was asked for. */
export interface BinanceSubscription {
  readonly dataType: typeof DataType.Trade | typeof DataType.Bar;
  readonly symbol: string;
  readonly resolution?: TimeResolutionText;
  readonly resolutionId?: TimeResolution;
  readonly stream: string;
  /** In front of `/stream`, where the venue serves it. */
  readonly path: string;
}

interface Entry {
  readonly subscription: BinanceSubscription;
  readonly feed: TradeFeed | BarFeed;
}

/** Which streams run, and the feeds into which decoders write what they saw of them. */
export class SubscriptionBook {
  readonly table = new FeedTable();
  readonly #sink: MarketDataSink;
  readonly #entries = new Map<string, Entry>();

  constructor(sink: MarketDataSink) {
    this.#sink = sink;
  }

  get idJumpCount(): number {
    let count = 0;
    for (const { trades } of this.table.feeds) count += trades.idJumpCount;
    return count;
  }

  streams(): string[] {
    return [...this.#entries.keys()];
  }

  has(stream: string): boolean {
    return this.#entries.has(stream);
  }

  /** Registers the instrument and lets its records through; false if it runs already. */
  begin(subscription: BinanceSubscription, instrument: Instrument): boolean {
    if (this.#entries.has(subscription.stream)) return false;
    const feed = this.#channelFeed(this.#instrumentFeed(instrument), subscription);
    feed.active = true;
    feed.lastMicros = 0;
    this.#entries.set(subscription.stream, { subscription, feed });
    return true;
  }

  /** From now on its records are dropped; false if it did not run. */
  end(stream: string): boolean {
    const entry = this.#entries.get(stream);
    if (!entry) return false;
    entry.feed.active = false;
    forgetLastId(entry.feed);
    return this.#entries.delete(stream);
  }

  clear(): void {
    for (const stream of this.streams()) this.end(stream);
  }

  /** The next ids need not follow the last ones. */
  connectionLost(streams: Iterable<string>): void {
    for (const stream of streams) {
      const entry = this.#entries.get(stream);
      if (entry) forgetLastId(entry.feed);
    }
  }

  /** Makes changes of subscribed instruments known: new increments, a new status. */
  refresh(listed: ReadonlyMap<string, ListedSymbol>): void {
    for (const feed of this.table.feeds) {
      const instrument = listed.get(feed.instrument.symbol)?.instrument;
      if (!instrument || JSON.stringify(instrument) === JSON.stringify(feed.instrument)) continue;
      feed.instrument = instrument;
      this.#sink.register(instrument);
    }
  }

  statuses(isAcknowledged: (stream: string) => boolean): SubscriptionStatus[] {
    return [...this.#entries.values()].map(
      ({ feed, subscription: { dataType, resolution, stream, symbol } }) => ({
        dataType,
        symbol,
        ...(resolution && { resolution }),
        state: isAcknowledged(stream) ? "acknowledged" : "pending",
        feedState: feed.lastMicros === 0 ? FeedState.Starting : FeedState.Live,
        lastMicros: feed.lastMicros,
        expectedMicros: 0,
      }),
    );
  }

  #instrumentFeed(instrument: Instrument): InstrumentFeed {
    const known = this.table.find(instrument.symbol);
    if (known) return known;
    const feed = new InstrumentFeed(instrument, this.#sink.register(instrument));
    this.table.add(feed);
    return feed;
  }

  #channelFeed(feed: InstrumentFeed, { resolutionId }: BinanceSubscription): TradeFeed | BarFeed {
    if (resolutionId === undefined) return feed.trades;
    let bars = feed.bars.get(resolutionId);
    if (!bars) {
      bars = { active: false, lastMicros: 0 };
      feed.bars.set(resolutionId, bars);
    }
    return bars;
  }
}

function forgetLastId(feed: TradeFeed | BarFeed): void {
  if ("lastTradeId" in feed) feed.lastTradeId = 0;
}
