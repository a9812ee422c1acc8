import { type Clock, describeError, RecordFlags, sleep } from "@ims/common";
import { Backoff, createTradeFields, Unusable } from "@ims/integration-kit";
import type { IntegrationLogger, TradeFields } from "@ims/traits";
import { isNotFound, type ListedTrade, type TradeWindow } from "../rest/bitstamp-rest.js";
import { readListedTrade } from "./trade-fields.js";
import type { TradeJoin } from "./trade-join.js";

/** From where on trades may be missing. */
export interface Cut {
  /** Last id before it. */
  readonly lastId: number;
  /** When the stream was known to work for the last time, microseconds of our clock; undefined: before this run. */
  readonly aliveMicros: number | undefined;
}

export interface TradeFillOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly symbol: string;
  readonly join: TradeJoin;
  readonly read: (window: TradeWindow, signal: AbortSignal) => Promise<readonly ListedTrade[]>;
  /** Ids, both included, that will not be had; the last is 0 where it is not known. */
  readonly lost: (fromId: number, toId: number) => void;
  readonly rejected: (error: Unusable) => void;
  /** Sets what is particular to the feed: the instrument and the time of arrival. */
  readonly complete: (trade: TradeFields) => void;
}

/** The stream carries what happens from its acknowledgement on; the list may be a moment behind. */
const GRACE_MILLIS = 300;
/** While the stream brings nothing, the list is read once more after so long. */
const LOOK_AGAIN_MILLIS = 5000;
const LOOKS_MAX = 2;
/** So often the list may end before the first trade of the stream. */
const LAG_ATTEMPTS = 6;
/** Of a longer loss only the latest so many are passed on. */
const TRADES_MAX = 20_000;
/** Windows of `/transactions/`, each with the age up to which it is asked for, seconds. */
export const WINDOWS: readonly { readonly window: TradeWindow; readonly seconds: number }[] = [
  { window: "minute", seconds: 50 },
  { window: "hour", seconds: 3540 },
  { window: "day", seconds: 86_340 },
];

/**
 * Reads the trades of one lost stretch from `/transactions/` (bitstamp.md section 1) and hands them to the join, then
 * lets what waits go on. A venue that cannot be reached is asked again for ever, with growing pauses; a market that it
 * does not list any more, and what lies before its list, is told as lost.
 */
export class TradeFill {
  readonly #options: TradeFillOptions;
  readonly #cut: Cut;
  readonly #signal: AbortSignal;
  readonly #backoff: Backoff;
  readonly #trade = createTradeFields();
  #windowAt = 0;
  #reaches = false;
  #newestId: number;
  #lagCount = 0;
  #lookCount = 0;

  constructor(options: TradeFillOptions, cut: Cut, signal: AbortSignal) {
    this.#options = options;
    this.#cut = cut;
    this.#signal = signal;
    this.#newestId = cut.lastId;
    this.#backoff = new Backoff(options.random, { firstMillis: 500, capMillis: 60_000 });
  }

  /** Resolves when nothing waits any more; rejects with the signal's reason. */
  async run(): Promise<void> {
    let pauseMillis: number | undefined = GRACE_MILLIS;
    while (pauseMillis !== undefined) {
      await sleep(this.#options.clock, pauseMillis, this.#signal);
      pauseMillis = await this.#step();
    }
    this.#options.join.release();
  }

  /** One request; the pause before the next one, undefined when it is done. */
  async #step(): Promise<number | undefined> {
    const { join, logger, lost, read, symbol } = this.#options;
    this.#chooseWindow();
    let listed: readonly ListedTrade[];
    try {
      listed = await read(WINDOWS[this.#windowAt]!.window, this.#signal);
    } catch (error) {
      if (this.#signal.aborted) throw this.#signal.reason;
      if (isNotFound(error)) {
        logger.error({ symbol, error: describeError(error) }, "missed trades cannot be read");
        lost(this.#newestId + 1, before(join.firstLiveId));
        return undefined;
      }
      const pauseMillis = this.#backoff.nextMillis();
      logger.warn(
        { symbol, error: describeError(error), pauseMillis },
        "missed trades could not be read yet",
      );
      return pauseMillis;
    }
    this.#signal.throwIfAborted();
    const missed = listed.filter(({ tradeId }) => tradeId > this.#cut.lastId);
    if (!this.#reach(missed, missed.length < listed.length)) return 0;
    for (const each of missed.slice(-TRADES_MAX)) this.#offer(each);
    this.#newestId = Math.max(this.#newestId, missed.at(-1)?.tradeId ?? 0);
    return join.firstLiveId > 0 ? this.#compare(join.firstLiveId) : this.#lookAgain();
  }

  /** How long ago the stretch began, seconds; `Infinity` where it is not known: then windows grow until they reach it. */
  get #ageSeconds(): number {
    const { aliveMicros } = this.#cut;
    if (aliveMicros === undefined) return Number.POSITIVE_INFINITY;
    return (this.#options.clock.nowMicros() - aliveMicros) / 1e6;
  }

  #chooseWindow(): void {
    const { aliveMicros } = this.#cut;
    if (aliveMicros === undefined) return;
    const ageSeconds = this.#ageSeconds;
    const at = WINDOWS.findIndex(({ seconds }) => ageSeconds < seconds);
    this.#windowAt = at < 0 ? WINDOWS.length - 1 : at;
  }

  /** Whether the list begins early enough, or no larger one is to be had: then what lies before it is lost. */
  #reach(missed: readonly ListedTrade[], hasOlder: boolean): boolean {
    if (this.#reaches) return true;
    const { join, lost } = this.#options;
    const { seconds } = WINDOWS[this.#windowAt]!;
    // The request may have waited long: what counts is how old the stretch is now.
    const isCovered = hasOlder || this.#ageSeconds < seconds;
    if (!isCovered && this.#windowAt < WINDOWS.length - 1) {
      this.#windowAt++;
      return false;
    }
    this.#reaches = true;
    if (isCovered && missed.length <= TRADES_MAX) return true;
    const first = missed.slice(-TRADES_MAX)[0]?.tradeId ?? join.firstLiveId;
    lost(this.#cut.lastId + 1, before(first));
    return true;
  }

  /** The list and the stream have to meet: the list may lag. */
  #compare(firstLiveId: number): number | undefined {
    if (this.#newestId >= firstLiveId) return undefined;
    if (++this.#lagCount < LAG_ATTEMPTS) return this.#backoff.nextMillis();
    if (this.#newestId < firstLiveId - 1) this.#options.lost(this.#newestId + 1, firstLiveId - 1);
    return undefined;
  }

  /** The stream brings nothing to compare with: what was read goes on, and once more is looked. */
  #lookAgain(): number | undefined {
    const { join } = this.#options;
    join.release();
    if (++this.#lookCount >= LOOKS_MAX) return undefined;
    join.hold();
    return LOOK_AGAIN_MILLIS;
  }

  #offer(listed: ListedTrade): void {
    const { complete, join, lost, rejected } = this.#options;
    const trade = this.#trade;
    try {
      readListedTrade(listed.row, trade);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      // A later reading lists it again.
      if (listed.tradeId <= this.#newestId) return;
      rejected(error);
      lost(listed.tradeId, listed.tradeId);
      return;
    }
    trade.flags = RecordFlags.BackFilled;
    complete(trade);
    join.offerListed(trade);
  }
}

/** The last id in front of this one; 0 where it is not known. */
export function before(id: number): number {
  return Math.max(0, id - 1);
}
