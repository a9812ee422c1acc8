import { type Clock, DataType, FeedState, GapReason, type Instrument } from "@ims/common";
import type { ListedSymbol } from "@ims/integration-kit";
import { FeedLiveness, GapLedger, TradeRecovery } from "@ims/integration-kit";
import type { IntegrationLogger, MarketDataSink, SubscriptionStatus } from "@ims/traits";
import { FeedTable } from "../decode/feed-table.js";
import { InstrumentFeed } from "../decode/instrument-feed.js";
import { BarRecovery } from "../gaps/bar-recovery.js";
import { FeedGate, type WatchedFeed } from "../gaps/feed-gate.js";
import { LossWatch } from "../gaps/loss-watch.js";
import { missedTradesReader } from "../gaps/missed-trades.js";
import type { WatchedStream } from "../liveness/watched-stream.js";
import type { VenueRest } from "../rest/venue-rest.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import { BookDesk } from "./book-desk.js";
import {
  type BinanceSubscription,
  dataFeed,
  isWholeBook,
  type Recovery,
  type SubscriptionEntry,
  stateOf,
  tradesChannelOf,
} from "./subscription-entry.js";

export interface SubscriptionBookOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly sink: MarketDataSink;
  readonly rest: VenueRest;
  readonly options: BinanceOptions;
  /** Whether the stream comes over more than one connection now. */
  readonly isShared: (stream: string) => boolean;
  /** The last trade that an earlier run of the service has passed on. */
  readonly lastTradeId: (symbol: string) => number | undefined;
}

/** A stream that comes by the clock is restarted after a longer silence. */
const FLOWING_MILLIS = 2500;
const HOLD_MILLIS = 15_000;

/** Which streams run, what their records pass through, and what is known of each. */
export class SubscriptionBook {
  readonly table = new FeedTable();
  readonly ledger = new GapLedger();
  /** Where decoders put records. */
  readonly gate: FeedGate;
  readonly desk: BookDesk;
  readonly #options: SubscriptionBookOptions;
  readonly #entries = new Map<string, SubscriptionEntry>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: SubscriptionBookOptions) {
    this.#options = options;
    this.gate = new FeedGate(options.sink, this.ledger);
    this.desk = new BookDesk({
      ...options,
      gate: this.gate,
      onState: (symbol, state, text) => this.#tellBookState(symbol, state, text),
    });
  }

  get feeds(): Iterable<WatchedStream> {
    return this.#entries.values();
  }

  /** Whether the stream has had a record within the last seconds. */
  isFlowing(stream: string): boolean {
    const { liveness, lastMicros } = this.#entries.get(stream) ?? {};
    if (!liveness || !lastMicros) return false;
    return this.#options.clock.monotonicMillis() - liveness.silentSinceMillis < FLOWING_MILLIS;
  }

  streams(): string[] {
    return [...this.#entries.keys()];
  }

  has(stream: string): boolean {
    return this.#entries.has(stream);
  }

  /** Registers the instrument and lets its records through; false if it runs already. */
  begin(subscription: BinanceSubscription, instrument: Instrument): boolean {
    const { dataType, path, policy, stream, symbol } = subscription;
    if (this.#entries.has(stream)) return false;
    const { clock } = this.#options;
    const feed = this.#instrumentFeed(instrument);
    const { instrumentId } = feed;
    const data = dataFeed(feed, subscription);
    const liveness = new FeedLiveness(policy, clock.monotonicMillis(), () => this.#tellStatus(entry));
    const watched: WatchedFeed = { liveness, lastMicros: 0 };
    const recovery = this.#beginGate(subscription, instrument, instrumentId, watched);
    const entry: SubscriptionEntry = Object.assign(watched, {
      subscription,
      stream,
      symbol,
      dataType,
      path,
      instrumentId,
      data,
      recovery,
      bookState: undefined,
    });
    data.active = true;
    data.lastMicros = 0;
    this.#entries.set(stream, entry);
    this.#tellStatus(entry);
    if (isWholeBook(subscription)) {
      this.desk.begin(instrument, instrumentId, () => this.#options.isShared(stream));
      this.gate.watchBook(instrumentId, entry);
    }
    return true;
  }

  /** From now on its records are dropped; what is missing becomes Gaps. False if it did not run. */
  end(stream: string): boolean {
    const entry = this.#entries.get(stream);
    if (!entry) return false;
    const { data, instrumentId, liveness, recovery, subscription } = entry;
    data.active = false;
    if (recovery) {
      const closed: Promise<void> = recovery.close().finally(() => this.#closing.delete(closed));
      this.#closing.add(closed);
    }
    if (!isWholeBook(subscription)) {
      this.gate.end(instrumentId, subscription.dataType, subscription.resolutionId);
    }
    this.#entries.delete(stream);
    if (isWholeBook(subscription)) this.desk.end(subscription.symbol, instrumentId);
    liveness.stopped();
    return true;
  }

  /** Ends everything; resolves when no request is under way. */
  async close(): Promise<void> {
    for (const stream of this.streams()) this.end(stream);
    await Promise.all([...this.#closing, this.desk.close()]);
  }

  acknowledged(streams: Iterable<string>): void {
    const nowMillis = this.#options.clock.monotonicMillis();
    for (const stream of streams) {
      const entry = this.#entries.get(stream);
      entry?.liveness.acknowledged(nowMillis);
      entry?.recovery?.acknowledged?.();
    }
  }

  refused(stream: string, reason: string): void {
    this.#entries.get(stream)?.liveness.refused(`the venue refuses ${stream}: ${reason}`);
  }

  /** The next ids need not follow the last ones. */
  connectionLost(streams: Iterable<string>): void {
    const nowMillis = this.#options.clock.monotonicMillis();
    for (const stream of streams) {
      const entry = this.#entries.get(stream);
      entry?.recovery?.interrupted(GapReason.ConnectionLost);
      if (entry && isWholeBook(entry.subscription))
        this.desk.interrupted(entry.symbol, GapReason.ConnectionLost);
      entry?.liveness.interrupted(nowMillis, "the connection was lost");
    }
  }

  /** The stream was silent and is asked for again: what it should have sent meanwhile did not come. */
  restarted(stream: string): void {
    this.#entries.get(stream)?.recovery?.interrupted(GapReason.SequenceBroken);
  }

  /** A record of a stream could not be used; of a stream of all symbols it is that of one, or of nobody knows whom. */
  recordLost(stream: string, symbol: string | undefined): void {
    const own = this.#entries.get(stream);
    if (own) {
      own.recovery?.recordLost?.();
      return;
    }
    for (const { recovery, subscription } of this.#entries.values()) {
      if (subscription.all?.stream !== stream) continue;
      if (symbol === undefined || subscription.symbol === symbol) recovery?.recordLost?.();
    }
  }

  /** To be called a few times a second. */
  check(): void {
    const nowMillis = this.#options.clock.monotonicMillis();
    for (const { recovery } of this.#entries.values()) recovery?.check(nowMillis);
    this.desk.check();
  }

  /** Makes changes of subscribed instruments known: new increments, a new status. */
  refresh(listed: ReadonlyMap<string, ListedSymbol>): void {
    for (const feed of this.table.feeds) {
      const instrument = listed.get(feed.instrument.symbol)?.instrument;
      if (!instrument || JSON.stringify(instrument) === JSON.stringify(feed.instrument)) continue;
      feed.instrument = instrument;
      this.#options.sink.register(instrument);
    }
  }

  statuses(isAcknowledged: (stream: string) => boolean): SubscriptionStatus[] {
    return [...this.#entries.values()].map((entry) => {
      const { lastMicros, liveness, subscription } = entry;
      const { dataType, depth, resolution, stream, symbol } = subscription;
      return {
        dataType,
        symbol,
        ...(resolution && { resolution }),
        ...(depth !== undefined && { depth }),
        state: isAcknowledged(stream) ? "acknowledged" : "pending",
        feedState: stateOf(entry).state,
        lastMicros,
        expectedMicros: Math.round(liveness.expectedMillis * 1000),
      };
    });
  }

  #beginGate(
    { dataType, depth, resolution, resolutionId, stream, symbol }: BinanceSubscription,
    instrument: Instrument,
    instrumentId: number,
    watched: WatchedFeed,
  ): Recovery | undefined {
    const { isShared, options, rest, sink } = this.#options;
    const { holdMillis = HOLD_MILLIS } = options;
    const { http, rules } = rest;
    const common = { ...this.#options, http, symbol, instrumentId, sink, gapSink: this.gate, holdMillis };
    if (dataType === DataType.Trade) {
      const recovery = new TradeRecovery({
        ...common,
        read: missedTradesReader({ ...common, route: rules.trades[tradesChannelOf(stream)] }),
        isShared: () => isShared(stream),
        heldMax: options.heldTradesMax,
        tradesMax: options.fillTradesMax,
      });
      recovery.sequencer.resumeFrom(this.#options.lastTradeId(symbol) ?? 0);
      this.gate.beginTrades(instrumentId, watched, recovery.sequencer);
      return recovery;
    }
    if (dataType === DataType.Bar) {
      const recovery = new BarRecovery({
        ...common,
        route: rules.klines,
        priceScale: instrument.priceScale,
        quantityScale: instrument.quantityScale,
        resolution: resolutionId!,
        interval: resolution!,
      });
      this.gate.beginBars(instrumentId, resolutionId!, watched, recovery.join);
      return recovery;
    }
    // The book tells of its losses itself.
    if (dataType === DataType.Book && depth === undefined) return undefined;
    this.gate.beginOther(instrumentId, dataType, watched);
    return new LossWatch({ ...common, dataType, watched });
  }

  #tellBookState(symbol: string, state: FeedState, text: string): void {
    for (const entry of this.#entries.values()) {
      if (!isWholeBook(entry.subscription) || entry.symbol !== symbol) continue;
      entry.bookState = { state, text };
      this.#tellStatus(entry);
      return;
    }
  }

  #tellStatus(entry: SubscriptionEntry): void {
    const { instrumentId, lastMicros, liveness, subscription } = entry;
    const { state, text } = stateOf(entry);
    const nowMicros = this.#options.clock.nowMicros();
    this.gate.feedStatus({
      instrumentId,
      eventMicros: nowMicros,
      sendMicros: nowMicros,
      receiveMicros: nowMicros,
      flags: 0,
      dataType: subscription.dataType,
      resolution: subscription.resolutionId ?? 0,
      state,
      sinceMicros: nowMicros,
      lastRecordMicros: lastMicros,
      expectedMicros: Math.round(liveness.expectedMillis * 1000),
      text,
    });
  }

  #instrumentFeed(instrument: Instrument): InstrumentFeed {
    const known = this.table.find(instrument.symbol);
    if (known) return known;
    const feed = new InstrumentFeed(instrument, this.#options.sink.register(instrument));
    this.table.add(feed);
    return feed;
  }
}
