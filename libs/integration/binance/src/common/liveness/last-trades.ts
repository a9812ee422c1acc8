import { type Clock, sleep } from "@ims/common";
import {
  asObject,
  type ClockOffset,
  type HttpJsonClient,
  microsOf,
  RequestPriority,
} from "@ims/integration-kit";
import type { BinanceRestRules } from "../rest/rest-rules.js";

export interface LastTradesOptions {
  readonly clock: Clock;
  readonly http: HttpJsonClient;
  readonly rules: BinanceRestRules;
  readonly offset: ClockOffset;
}

interface Ask {
  readonly symbol: string;
  readonly sinceMillis: number;
  readonly signal: AbortSignal;
  readonly resolve: (traded: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** The last trade ids of all symbols, as the venue had them. */
interface Reading {
  readonly atMillis: number;
  readonly ids: ReadonlyMap<string, number>;
}

/** A record may be under way, and the clocks are not the same to the millisecond. */
const MARGIN_MICROS = 500_000;
/** Requests for single symbols under way at once. */
const LANES = 8;
/** The venue renews the statistics of all symbols about once a second. */
const READING_LAG_MILLIS = 1500;
/** Between two readings: a dead stream is known within 5 s. */
const BETWEEN_MILLIS = 1000;
const READINGS_MAX = 8;

/**
 * Tells whether symbols have traded since a moment. Few are asked for one by one, by the time of their last trade. Where
 * many want to know at once, two readings of the statistics of all symbols are compared, by their last trade ids: so
 * the request weight does not grow with the number of quiet symbols.
 */
export class LastTrades {
  readonly #options: LastTradesOptions;
  #waiting: Ask[] = [];
  /** Newest last. */
  readonly #readings: Reading[] = [];
  #readsAll = false;

  constructor(options: LastTradesOptions) {
    this.#options = options;
  }

  /**
   * Whether the symbol has traded since `sinceMillis`, on the monotonic clock. Rejects if the venue cannot be asked, or
   * with the signal's reason.
   */
  tradedSince(symbol: string, sinceMillis: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ symbol, sinceMillis, signal, resolve, reject });
      // All that ask within one turn are served together.
      if (this.#waiting.length === 1) queueMicrotask(() => this.#serve());
    });
  }

  #serve(): void {
    const { lastTrade, statistics } = this.#options.rules;
    const asks = this.#waiting;
    const symbols = bySymbol(asks);
    if (symbols.size * lastTrade.weight <= 2 * statistics.weight) {
      this.#waiting = [];
      void this.#askEach([...symbols.values()]);
    } else if (!this.#readsAll) {
      this.#waiting = [];
      this.#readsAll = true;
      void this.#askAll(asks).finally(() => {
        this.#readsAll = false;
        if (this.#waiting.length > 0) this.#serve();
      });
    }
  }

  /** @param groups asks of one symbol each */
  async #askEach(groups: Ask[][]): Promise<void> {
    const lane = async () => {
      for (let asks = groups.shift(); asks; asks = groups.shift()) await this.#askOne(asks);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  async #askOne(asks: readonly Ask[]): Promise<void> {
    const { symbol, signal } = asks[0]!;
    try {
      const tradeMicros = await this.#lastTradeMicros(symbol, signal);
      for (const { resolve, sinceMillis } of asks) {
        resolve(tradeMicros > this.#venueMicros(sinceMillis) + MARGIN_MICROS);
      }
    } catch (error) {
      for (const { reject } of asks) reject(error);
    }
  }

  async #askAll(asks: readonly Ask[]): Promise<void> {
    const { signal } = asks[0]!;
    try {
      const first = await this.#read(signal);
      if (asks.some(({ sinceMillis }) => this.#readingAfter(sinceMillis) === first)) {
        await sleep(this.#options.clock, BETWEEN_MILLIS, signal);
        await this.#read(signal);
      }
      const last = this.#readings.at(-1)!;
      for (const { resolve, sinceMillis, symbol } of asks) {
        const before = this.#readingAfter(sinceMillis)?.ids.get(symbol);
        resolve(before !== undefined && (last.ids.get(symbol) ?? before) > before);
      }
    } catch (error) {
      for (const { reject } of asks) reject(error);
    }
  }

  /** The oldest reading that holds every trade up to the moment. */
  #readingAfter(sinceMillis: number): Reading | undefined {
    return this.#readings.find(({ atMillis }) => atMillis > sinceMillis + READING_LAG_MILLIS);
  }

  async #read(signal: AbortSignal): Promise<Reading> {
    const { clock, http, rules } = this.#options;
    const { path, weight } = rules.statistics;
    const atMillis = clock.monotonicMillis();
    const rows = await http.get(path, signal, { weight, priority: RequestPriority.BackFill });
    const ids = new Map<string, number>();
    for (const row of Array.isArray(rows) ? rows.map(asObject) : []) {
      if (typeof row?.symbol === "string" && typeof row.lastId === "number") ids.set(row.symbol, row.lastId);
    }
    const reading: Reading = { atMillis, ids };
    this.#readings.push(reading);
    if (this.#readings.length > READINGS_MAX) this.#readings.shift();
    return reading;
  }

  async #lastTradeMicros(symbol: string, signal: AbortSignal): Promise<number> {
    const { http, rules } = this.#options;
    const { path, timeKey, weight } = rules.lastTrade;
    const cost = { weight, priority: RequestPriority.BackFill };
    const rows = await http.get(`${path}?symbol=${encodeURIComponent(symbol)}&limit=1`, signal, cost);
    const time = Array.isArray(rows) ? asObject(rows[0])?.[timeKey] : undefined;
    return typeof time === "number" ? microsOf(time) : 0;
  }

  /** Wall time of the venue at a moment of the monotonic clock. */
  #venueMicros(millis: number): number {
    const { clock, offset } = this.#options;
    const agoMillis = clock.monotonicMillis() - millis;
    return clock.nowMicros() + (offset.reading?.offsetMicros ?? 0) - agoMillis * 1000;
  }
}

function bySymbol(asks: readonly Ask[]): ReadonlyMap<string, Ask[]> {
  const groups = new Map<string, Ask[]>();
  for (const ask of asks) {
    const group = groups.get(ask.symbol);
    if (group) group.push(ask);
    else groups.set(ask.symbol, [ask]);
  }
  return groups;
}
