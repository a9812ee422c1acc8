import {
  type Clock,
  DataType,
  GapReason,
  type Instrument,
  type Logger,
  marketDataPartition,
  type TimeResolution,
} from "@ims/common";
import type { ImsDataIntegration } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { SymbolVerdicts } from "../control/symbol-verdicts.js";
import { InstrumentList } from "../publishing/instrument-list.js";
import { SbeSink } from "../publishing/sbe-sink.js";
import { CLOCK, INTEGRATION, LOGGER } from "../service/tokens.js";
import { SessionRestore } from "../sessions/session-restore.js";
import { LastRecordTimes } from "../topology/last-record-times.js";
import { LastTrades, LastTradesReader } from "../topology/last-trades.js";
import { type Feed, feedKey } from "./feed.js";
import { FeedRunner } from "./feed-runner.js";
import { SubscriptionTable } from "./subscription-table.js";

const RETRY_MILLIS = 1000;

/**
 * Feeds that ran before the service was started anew. They are started as soon as the venue's list is there, without
 * those that it does not serve any more; each begins with a Gap from the last record before to now, since nobody read
 * the venue meanwhile. Trades go on behind the last one stored instead, where the integration can read what came since.
 */
@scoped(Lifecycle.ContainerScoped)
export class RestoredFeeds {
  #waiting: readonly Feed[] = [];
  /** By data type, of each partition. */
  #lastMicros: ReadonlyMap<number, readonly number[]> = new Map();
  #tryAtMillis = Number.NEGATIVE_INFINITY;

  constructor(
    @inject(SessionRestore) private readonly sessionRestore: SessionRestore,
    @inject(LastRecordTimes) private readonly lastRecordTimes: LastRecordTimes,
    @inject(LastTradesReader) private readonly lastTradesReader: LastTradesReader,
    @inject(LastTrades) private readonly lastTrades: LastTrades,
    @inject(FeedRunner) private readonly runner: FeedRunner,
    @inject(SubscriptionTable) private readonly table: SubscriptionTable,
    @inject(SymbolVerdicts) private readonly verdicts: SymbolVerdicts,
    @inject(SbeSink) private readonly sink: SbeSink,
    @inject(InstrumentList) private readonly list: InstrumentList,
    @inject(INTEGRATION) private readonly integration: Pick<ImsDataIntegration, "description">,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Takes over sessions and subscriptions; once. Rejects while the broker cannot be asked. */
  async restore(): Promise<void> {
    const { feeds, lapsed } = await this.sessionRestore.restore();
    this.#waiting = [...new Map(feeds.map((feed) => [feedKey(feed), feed])).values()];
    this.runner.hold(this.#waiting);
    const dataTypes = new Set(this.#waiting.map(({ dataType }) => dataType));
    this.#lastMicros = await this.lastRecordTimes.of(dataTypes);
    const traded = new Set(
      [...feeds, ...lapsed].flatMap(({ dataType, symbol }) => (dataType === DataType.Trade ? symbol : [])),
    );
    if (traded.size === 0) return;
    this.lastTrades.keep(await this.lastTradesReader.read(), (symbol) => traded.has(symbol));
  }

  /** Releases what waits once the venue's list is there; true when something may be started now. */
  async settle(): Promise<boolean> {
    if (this.#waiting.length === 0 || !this.list.published) return false;
    const nowMillis = this.clock.monotonicMillis();
    if (nowMillis < this.#tryAtMillis) return false;
    this.#tryAtMillis = nowMillis + RETRY_MILLIS;
    const verdicts = await this.verdicts.ofSymbols(new Set(this.#waiting.map(({ symbol }) => symbol)));
    const unchecked: Feed[] = [];
    const released: Feed[] = [];
    for (const feed of this.#waiting) {
      const verdict = verdicts.get(feed.symbol);
      if (!verdict) {
        unchecked.push(feed);
        continue;
      }
      released.push(feed);
      if ("reason" in verdict) this.#drop(feed, verdict.reason);
      else this.#interrupted(feed, verdict);
    }
    this.#waiting = unchecked;
    this.runner.release(released);
    return released.length > 0;
  }

  #resumes(symbol: string): boolean {
    return this.integration.description.resumesTrades === true && this.lastTrades.has(symbol);
  }

  #drop(feed: Feed, reason: string): void {
    for (const { clientId } of this.table.subscribersOf(feed)) this.table.remove(clientId, feed);
    this.logger.warn(
      { symbol: feed.symbol, dataType: feed.dataType, reason },
      "a feed is not taken up again",
    );
  }

  /** Of the instrument's partition, where it has any record; 0 where no partition has one. */
  #lastStoredMicros(dataType: number, instrumentId: number): number {
    const times = this.#lastMicros.get(dataType) ?? [];
    const own = times.length === 0 ? 0 : times[marketDataPartition(instrumentId, times.length)]!;
    return own || Math.max(0, ...times);
  }

  /** Who wants the feed no more, as it may be with one by configuration, misses nothing. */
  #interrupted(feed: Feed, instrument: Instrument): void {
    const instrumentId = this.sink.register(instrument);
    this.sink.setReaders(feed, this.table);
    const fromMicros = this.#lastStoredMicros(feed.dataType, instrumentId);
    if (fromMicros === 0 || !this.table.isWanted(feed)) return;
    // The integration goes on behind that trade: it reads what came since, and tells what it cannot have.
    if (feed.dataType === DataType.Trade && this.#resumes(feed.symbol)) return;
    const nowMicros = this.clock.nowMicros();
    this.sink.gap({
      instrumentId,
      eventMicros: 0,
      sendMicros: 0,
      receiveMicros: nowMicros,
      flags: 0,
      // Both were those of records that the service published.
      dataType: feed.dataType as DataType,
      resolution: feed.resolution as TimeResolution | 0,
      reason: GapReason.ServiceRestarted,
      fromId: 0,
      toId: 0,
      fromMicros,
      toMicros: nowMicros,
      missingCount: -1,
      filledCount: 0,
    });
  }
}
