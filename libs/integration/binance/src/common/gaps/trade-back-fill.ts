import { type Clock, describeError, isImsError, sleep } from "@ims/common";
import type { TradeSequencer } from "@ims/integration-kit";
import {
  Backoff,
  createTradeFields,
  type HttpJsonClient,
  RequestPriority,
  venueError,
} from "@ims/integration-kit";
import type { IntegrationLogger } from "@ims/traits";
import type { TradeRoute } from "../rest/rest-rules.js";
import { readTradeRow, rowId } from "./trade-rows.js";

export interface TradeBackFillOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly http: HttpJsonClient;
  readonly route: TradeRoute;
  readonly symbol: string;
  readonly instrumentId: number;
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
  readonly #trade = createTradeFields();
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
    const { clock, http, logger, route, sequencer, symbol } = this.#options;
    const query = `symbol=${encodeURIComponent(symbol)}&limit=${route.limit}`;
    const path = `${route.path}?${query}${route.hasFromId ? `&fromId=${from}` : ""}`;
    const cost = { weight: route.weight, priority: RequestPriority.BackFill };
    const rows = await http.get(path, signal, cost);
    signal.throwIfAborted();
    if (!Array.isArray(rows)) throw venueError("venue.bad-reply", `${route.path} answered no list`);
    const to = sequencer.largestId;
    let newest = 0;
    for (const row of rows as unknown[]) {
      const id = rowId(row, route.isAggregate);
      if (id < 0) continue;
      newest = Math.max(newest, id);
      if (sequencer.firstMissing(id, id) === undefined) continue;
      const problem = readTradeRow(row, route.isAggregate, clock.nowMicros(), this.#trade);
      if (problem !== undefined) {
        logger.error({ symbol, id, problem }, "a missed trade cannot be read");
        continue;
      }
      this.#trade.instrumentId = this.#options.instrumentId;
      sequencer.offer(this.#trade);
    }
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
