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
 * told as a Gap of unknown number once the stream is there again, from the last record on.
 */
export class LossWatch implements Recovery {
  readonly #options: LossWatchOptions;
  readonly #gap: GapFields;
  /** When the venue first took the subscription; 0 before that. */
  #sinceMicros = 0;
  #lost = false;

  constructor(options: LossWatchOptions) {
    this.#options = options;
    this.#gap = createGapFields(options.instrumentId, options.dataType);
  }

  interrupted(reason: GapReason): void {
    // Nothing was promised before the first acknowledgement.
    if (this.#lost || this.#sinceMicros === 0) return;
    this.#lost = true;
    this.#gap.reason = reason;
    this.#gap.fromMicros = Math.max(this.#sinceMicros, this.#options.watched.lastMicros);
  }

  acknowledged(): void {
    this.#tell();
    if (this.#sinceMicros === 0) this.#sinceMicros = this.#options.clock.nowMicros();
  }

  check(): void {}

  /** An interruption that has not ended is told as well. */
  async close(): Promise<void> {
    this.#tell();
  }

  #tell(): void {
    if (!this.#lost) return;
    this.#lost = false;
    const gap = this.#gap;
    gap.toMicros = this.#options.clock.nowMicros();
    gap.receiveMicros = gap.toMicros;
    this.#options.gapSink.gap(gap);
    gap.reason = GapReason.Unknown;
  }
}
