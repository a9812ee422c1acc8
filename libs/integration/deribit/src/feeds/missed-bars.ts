import { BarState, describeError, isImsError, RecordFlags, sleep } from "@ims/common";
import { Backoff, Unusable } from "@ims/integration-kit";
import type { BarFields } from "@ims/traits";
import type { DeribitRequests } from "../rpc/deribit-requests.js";
import { type BarLength, createBarFields, readBarRow } from "./bar-row.js";
import type { FeedParts } from "./deribit-feed.js";

/** Of a longer time only the newest are read. */
const BARS_MAX = 1000;
const FIRST_PAUSE_MILLIS = 500;

export interface MissedBarsOptions extends FeedParts {
  readonly length: BarLength;
  readonly requests: Pick<DeribitRequests, "bars">;
  /** What was read, in order and marked as back-filled; nothing where nothing is to be had. Once for each reading. */
  readonly done: (bars: readonly BarFields[]) => void;
}

/** Reads bars that ended unseen, over HTTP. One reading at a time. */
export class MissedBars {
  readonly #options: MissedBarsOptions;
  readonly #closing = new AbortController();
  #reading: { readonly ended: Promise<void>; readonly giveUp: AbortController } | undefined;

  constructor(options: MissedBarsOptions) {
    this.#options = options;
  }

  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  /** Begins to read the bars that open from `fromMicros` on and before `toMicros`. */
  read(fromMicros: number, toMicros: number): void {
    const giveUp = new AbortController();
    const signal = AbortSignal.any([giveUp.signal, this.#closing.signal]);
    const from = Math.max(fromMicros, toMicros - BARS_MAX * this.#options.length.micros);
    const ended = this.#readUntilDone(from, toMicros, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#warn(error);
        return [];
      })
      .then((bars) => {
        // Who gave up has heard of it already.
        if (giveUp.signal.aborted) return;
        this.#reading = undefined;
        this.#options.done(bars);
      });
    this.#reading = { ended, giveUp };
  }

  /** Whoever waits is told at once that there is nothing. */
  giveUp(): void {
    const reading = this.#reading;
    if (!reading) return;
    this.#reading = undefined;
    reading.giveUp.abort();
    this.#options.done([]);
  }

  /** Ends reading; `done` was called when it resolves. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the subscription ended"));
    while (this.#reading) await this.#reading.ended;
  }

  #warn(error: unknown): void {
    const { context, feed } = this.#options;
    const { symbol } = feed.instrument;
    context.logger.warn({ symbol, error: describeError(error) }, "missed bars cannot be read");
  }

  async #readUntilDone(from: number, to: number, signal: AbortSignal): Promise<readonly BarFields[]> {
    const { clock, random } = this.#options.context;
    const backoff = new Backoff(random, { firstMillis: FIRST_PAUSE_MILLIS });
    for (;;) {
      try {
        return await this.#readOnce(from, to, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (isImsError(error) && error.code === "venue.refused") throw error;
        await sleep(clock, backoff.nextMillis(), signal);
      }
    }
  }

  async #readOnce(fromMicros: number, toMicros: number, signal: AbortSignal): Promise<readonly BarFields[]> {
    const { context, feed, length, requests } = this.#options;
    const { symbol } = feed.instrument;
    const fromMillis = fromMicros / 1000;
    const rows = await requests.bars(
      symbol,
      feed.request.resolution ?? "1m",
      fromMillis,
      toMicros / 1000 - 1,
      signal,
    );
    signal.throwIfAborted();
    const bars: BarFields[] = [];
    for (const row of rows) {
      const bar = createBarFields();
      try {
        readBarRow(row, feed, length, context.clock.nowMicros(), bar);
      } catch (error) {
        if (!(error instanceof Unusable)) throw error;
        context.sink.rejected({ reason: error.reason, detail: error.message, symbol });
        continue;
      }
      const isNext = bar.openMicros > (bars.at(-1)?.openMicros ?? 0);
      if (!isNext || bar.openMicros < fromMicros || bar.openMicros >= toMicros) continue;
      bar.state = BarState.Closed;
      bar.flags = RecordFlags.BackFilled;
      // No one says when it ended: its end stands for it.
      bar.eventMicros = bar.closeMicros;
      bars.push(bar);
    }
    return bars;
  }
}
