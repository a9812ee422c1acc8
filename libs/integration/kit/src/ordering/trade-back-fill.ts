import { type Clock, describeError, isImsError, sleep } from "@ims/common";
import type { IntegrationLogger, TradeFields } from "@ims/traits";
import { Backoff } from "../backoff/backoff.js";
import type { TradeSequencer } from "./trade-sequencer.js";

/** What is asked for when trades are missing. */
export interface MissedTrades {
  /** The first id that is missing, and the largest that is known. */
  readonly from: number;
  readonly to: number;
  isMissing(tradeId: number): boolean;
  /** A trade that was missing, with the flag BackFilled; it may be used again after the call. */
  offer(trade: TradeFields): void;
}

/**
 * One request for missed trades, from the oldest on. Resolves with the largest id that the answer lists, whether it was
 * missing or not; 0 for none. Rejects with `venue.refused` for what will never be had, with anything else for what may
 * be had later.
 */
export type ReadMissedTrades = (missed: MissedTrades, signal: AbortSignal) => Promise<number>;

export interface TradeBackFillOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly symbol: string;
  readonly read: ReadMissedTrades;
  readonly sequencer: TradeSequencer;
  /** How long the missing trades may still come by themselves, from another connection or out of order. */
  readonly graceMillis: () => number;
  /** Of a longer loss only the last so many trades are read; the others become a Gap. */
  readonly tradesMax: number;
}

/** The venue's lists may be a moment behind its streams: so often the same id is asked for. */
const LAG_ATTEMPTS = 5;

/**
 * Reads the missing trades of one symbol over REST, oldest first, and hands them to the sequencer. It works while
 * anything is missing; a venue that cannot be reached is asked again for ever, with growing pauses. What the venue's
 * answer steps over, or what it no longer has, is abandoned.
 */
export class TradeBackFill {
  readonly #options: TradeBackFillOptions;
  readonly #closing = new AbortController();
  #working: Promise<void> | undefined;
  #lagCount = 0;

  constructor(options: TradeBackFillOptions) {
    this.#options = options;
  }

  /** Something is missing. */
  wake(): void {
    if (this.#closing.signal.aborted || this.#working) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      // Something may have been missed after the last look.
      if (this.#options.sequencer.missing.length > 0) this.wake();
    });
  }

  /** After it nothing is asked and no timer is left. What is missing stays missing. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the subscription ended"));
    await this.#working;
  }

  async #work(): Promise<void> {
    const { clock, graceMillis, logger, random, sequencer, symbol } = this.#options;
    const { signal } = this.#closing;
    const backoff = new Backoff(random, { firstMillis: 500 });
    try {
      await sleep(clock, graceMillis(), signal);
      for (let from = this.#next(); from !== undefined; from = this.#next()) {
        try {
          if (await this.#read(from, signal)) backoff.reset();
          else await sleep(clock, backoff.nextMillis(), signal);
        } catch (error) {
          if (signal.aborted) return;
          if (isImsError(error) && error.code === "venue.refused") {
            logger.error({ symbol, error: describeError(error) }, "missed trades cannot be read");
            sequencer.abandon(0, sequencer.largestId);
            return;
          }
          const pauseMillis = backoff.nextMillis();
          logger.warn(
            { symbol, error: describeError(error), pauseMillis },
            "missed trades could not be read yet",
          );
          await sleep(clock, pauseMillis, signal);
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** The id to read from, undefined when nothing is missing. What is too long ago is abandoned. */
  #next(): number | undefined {
    const { sequencer, tradesMax } = this.#options;
    const first = sequencer.missing[0];
    if (!first) return undefined;
    if (first.to - first.from >= tradesMax) sequencer.abandon(first.from, first.to - tradesMax);
    return sequencer.missing[0]?.from;
  }

  /** One request; false if it brought nothing new. */
  async #read(from: number, signal: AbortSignal): Promise<boolean> {
    const { read, sequencer } = this.#options;
    const to = sequencer.largestId;
    const newest = await read(
      {
        from,
        to,
        isMissing: (id) => sequencer.firstMissing(id, id) !== undefined,
        offer: (trade) => {
          if (!signal.aborted) sequencer.offer(trade);
        },
      },
      signal,
    );
    signal.throwIfAborted();
    if (newest >= from) {
      // What the list steps over is not to be had: prints that no list shows, or trades before its beginning.
      sequencer.abandon(0, Math.min(newest, to));
      this.#lagCount = 0;
      return true;
    }
    if (++this.#lagCount >= LAG_ATTEMPTS) {
      this.#lagCount = 0;
      sequencer.abandon(0, sequencer.missing[0]?.to ?? 0);
    }
    return false;
  }
}
