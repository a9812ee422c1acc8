import {
  type Clock,
  DataType,
  describeError,
  GapReason,
  isImsError,
  sleep,
  type TimeResolution,
  type TimeResolutionText,
} from "@ims/common";
import {
  Backoff,
  createGapFields,
  type HttpJsonClient,
  RequestPriority,
  venueError,
} from "@ims/integration-kit";
import type { BarFields, IntegrationLogger, MarketDataSink } from "@ims/traits";
import type { BinanceRestRules } from "../rest/rest-rules.js";
import { BarJoin } from "./bar-join.js";
import { readBarRow } from "./bar-rows.js";

export interface BarRecoveryOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly http: HttpJsonClient;
  readonly route: BinanceRestRules["klines"];
  readonly symbol: string;
  readonly instrumentId: number;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly resolution: TimeResolution;
  readonly interval: TimeResolutionText;
  readonly sink: Pick<MarketDataSink, "bar">;
  readonly gapSink: Pick<MarketDataSink, "gap">;
  readonly holdMillis: number;
}

/** The bars of one stream, and what it takes to read closed ones again that a loss may have taken. */
export class BarRecovery {
  readonly join: BarJoin;
  readonly #options: BarRecoveryOptions;
  readonly #closing = new AbortController();
  readonly #readings = new Set<Promise<void>>();
  #readingSinceMillis = Number.POSITIVE_INFINITY;

  constructor(options: BarRecoveryOptions) {
    this.#options = options;
    this.join = new BarJoin({
      publish: (bar) => options.sink.bar(bar),
      read: (fromMicros, toMicros) => this.#begin(fromMicros, toMicros),
    });
  }

  interrupted(): void {
    this.join.interrupted();
  }

  /** A state of a bar came that could not be used: it may have been the last one. */
  recordLost(): void {
    this.join.interrupted();
  }

  /** To be called a few times a second: bars do not wait longer than they may. */
  check(nowMillis: number): void {
    if (nowMillis - this.#readingSinceMillis < this.#options.holdMillis) return;
    this.#readingSinceMillis = Number.POSITIVE_INFINITY;
    this.join.reread([]);
  }

  /** What waits is passed on, what was not read becomes a Gap; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the subscription ended"));
    await Promise.all(this.#readings);
  }

  #begin(fromMicros: number, toMicros: number): void {
    const { clock } = this.#options;
    this.#readingSinceMillis = clock.monotonicMillis();
    const reading: Promise<void> = this.#recover(fromMicros, toMicros).finally(() => {
      this.#readings.delete(reading);
    });
    this.#readings.add(reading);
  }

  async #recover(fromMicros: number, toMicros: number): Promise<void> {
    const { logger, symbol } = this.#options;
    let bars: BarFields[] = [];
    try {
      bars = await this.#readUntilDone(fromMicros, toMicros);
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        logger.error({ symbol, error: describeError(error) }, "missed bars cannot be read");
      }
    }
    const inTime = this.join.reread(bars);
    if (!inTime || bars.length === 0) this.#tellGap(fromMicros, toMicros, bars.length);
  }

  async #readUntilDone(fromMicros: number, toMicros: number): Promise<BarFields[]> {
    const { clock, random } = this.#options;
    const { signal } = this.#closing;
    const backoff = new Backoff(random, { firstMillis: 500 });
    for (;;) {
      try {
        return await this.#read(fromMicros, toMicros, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (isImsError(error) && error.code === "venue.refused") throw error;
        await sleep(clock, backoff.nextMillis(), signal);
      }
    }
  }

  async #read(fromMicros: number, toMicros: number, signal: AbortSignal): Promise<BarFields[]> {
    const { clock, http, interval, route, symbol } = this.#options;
    const range = `startTime=${Math.ceil(fromMicros / 1000)}&endTime=${Math.floor(toMicros / 1000)}`;
    const query = `symbol=${encodeURIComponent(symbol)}&interval=${interval}&${range}&limit=${route.limit}`;
    const cost = { weight: route.weight, priority: RequestPriority.BackFill };
    const rows = await http.get(`${route.path}?${query}`, signal, cost);
    signal.throwIfAborted();
    if (!Array.isArray(rows)) throw venueError("venue.bad-reply", `${route.path} answered no list`);
    const bars: BarFields[] = [];
    for (const row of rows as unknown[]) {
      const bar = readBarRow(row, interval, this.#options.priceScale, this.#options.quantityScale);
      if (!bar || bar.openMicros < fromMicros || bar.openMicros > toMicros) continue;
      bar.instrumentId = this.#options.instrumentId;
      bar.receiveMicros = clock.nowMicros();
      bars.push(bar);
    }
    return bars;
  }

  #tellGap(fromMicros: number, toMicros: number, missedCount: number): void {
    const { clock, gapSink, instrumentId, resolution } = this.#options;
    const gap = createGapFields(instrumentId, DataType.Bar);
    gap.resolution = resolution;
    gap.receiveMicros = clock.nowMicros();
    gap.reason = GapReason.ConnectionLost;
    gap.fromMicros = fromMicros;
    gap.toMicros = toMicros;
    gap.missingCount = missedCount > 0 ? missedCount : -1;
    gapSink.gap(gap);
  }
}
