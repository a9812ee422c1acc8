import { type Clock, type DataType, GapReason } from "@ims/common";
import { createGapFields } from "@ims/integration-kit";
import type { GapFields } from "@ims/traits";
import type { Recovery } from "../integration/subscription-entry.js";
import type { WatchedFeed } from "./feed-gate.js";

export interface LossWatchOptions {
  readonly clock: Clock;
  readonly instrumentId: number;
  readonly dataType: DataType;
  readonly watched: WatchedFeed;
  readonly gapSink: { gap(gap: GapFields): void };
}

/**
 * Of data that the venue does not show again, such as liquidations and tops of book: what an interruption has taken is
 * told as a Gap of unknown number once the stream is there again, from the last record on. Records that could not be used
 * are told likewise, once the next good one is there: however many they are, one Gap.
 */
export class LossWatch implements Recovery {
  readonly #options: LossWatchOptions;
  readonly #gap: GapFields;
  /** When the venue first took the subscription; 0 before that. */
  #sinceMicros = 0;
  #lost = false;
  /** When the first record came that could not be used; 0 while all could. */
  #rejectedMicros = 0;

  constructor(options: LossWatchOptions) {
    this.#options = options;
    this.#gap = createGapFields(options.instrumentId, options.dataType);
  }

  interrupted(reason: GapReason): void {
    // Nothing was promised before the first acknowledgement.
    if (this.#lost || this.#sinceMicros === 0) return;
    this.#lost = true;
    this.#gap.reason = reason;
    // Where records were rejected before, it begins with them.
    if (this.#rejectedMicros === 0) {
      this.#gap.fromMicros = Math.max(this.#sinceMicros, this.#options.watched.lastMicros);
    }
  }

  acknowledged(): void {
    this.#tell();
    if (this.#sinceMicros === 0) this.#sinceMicros = this.#options.clock.nowMicros();
  }

  recordLost(): void {
    if (this.#lost || this.#rejectedMicros !== 0) return;
    this.#rejectedMicros = this.#options.clock.nowMicros();
    this.#gap.fromMicros = Math.max(this.#sinceMicros, this.#options.watched.lastMicros);
  }

  check(): void {
    if (this.#rejectedMicros === 0 || this.#options.watched.lastMicros <= this.#rejectedMicros) return;
    this.#tell(this.#options.watched.lastMicros);
  }

  /** An interruption that has not ended is told as well. */
  async close(): Promise<void> {
    this.#tell();
  }

  #tell(toMicros = this.#options.clock.nowMicros()): void {
    if (!this.#lost && this.#rejectedMicros === 0) return;
    this.#lost = false;
    this.#rejectedMicros = 0;
    const gap = this.#gap;
    gap.toMicros = toMicros;
    gap.receiveMicros = this.#options.clock.nowMicros();
    this.#options.gapSink.gap(gap);
    gap.reason = GapReason.Unknown;
  }
}
