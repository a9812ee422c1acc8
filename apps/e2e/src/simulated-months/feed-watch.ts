import { DataType, dataTypeName, FeedState } from "@ims/common";
import type { RunReport } from "./report.js";
import type { StatusRecord } from "./sink-types.js";
import type { SkippingClock } from "./skipping-clock.js";

/** Bounds that `docs/venues/binance.md` and the liveness of the integration kit declare. */
const SUSPECT_MIN_MILLIS = 3000;
const SUSPECT_MAX_MILLIS = 600_000;
const SUSPECT_FACTOR = 2.5;
/** For the question elsewhere and its answer, and for the steps in which this watch looks. */
const CHECK_MILLIS = 15_000;
/** A record of a paced stream may come so much later than what caused it. */
const PACE_MILLIS = 5000;

/**
 * One subscription as a reader sees it: when records come and what its status says; against what the venue did. It may
 * be silent while the venue trades, but not for longer than its declared detection time without saying so.
 */
export class FeedWatch {
  state: FeedState = FeedState.Starting;
  text = "";
  /** When the last record came, or the status last said that something is missing. */
  lastRecordMillis: number;
  /** When the stream itself last brought something. */
  #lastHeardMillis: number;
  /** Since when the venue has had something that did not come. */
  #owedSinceMillis: number | undefined;
  #longestSilenceMillis = 0;
  #told = false;

  constructor(
    readonly symbol: string,
    readonly dataType: DataType,
    private readonly clock: SkippingClock,
    private readonly report: RunReport,
  ) {
    this.lastRecordMillis = clock.monotonicMillis();
    this.#lastHeardMillis = this.lastRecordMillis;
  }

  status({ state, text }: StatusRecord): void {
    this.state = state;
    this.text = text;
    // It says so: what counts is the silence after that.
    if (!this.#claimsToFlow) this.held();
  }

  record(): void {
    const nowMillis = this.clock.monotonicMillis();
    this.#longestSilenceMillis = Math.max(this.#longestSilenceMillis, nowMillis - this.#lastHeardMillis);
    this.lastRecordMillis = nowMillis;
    this.#lastHeardMillis = nowMillis;
    this.#owedSinceMillis = undefined;
    this.#told = false;
  }

  /** The sink took nothing, so that no record could come; or what came is not the stream's own. */
  held(): void {
    this.#owedSinceMillis = undefined;
    this.lastRecordMillis = this.clock.monotonicMillis();
  }

  /**
   * @param tradedSince the symbol traded between the time it returns and now, unless it returns undefined
   * @param excusedMillis for so long of late nobody could be asked
   */
  look(tradedSince: (() => number | undefined) | undefined, excusedMillis: number): void {
    if (!this.#claimsToFlow) {
      this.held();
      return;
    }
    const nowMillis = this.clock.monotonicMillis();
    if (
      this.#owedSinceMillis === undefined &&
      tradedSince &&
      this.lastRecordMillis + PACE_MILLIS < nowMillis
    ) {
      const sinceMillis = tradedSince();
      if (sinceMillis !== undefined && this.lastRecordMillis + PACE_MILLIS < sinceMillis) {
        this.#owedSinceMillis = nowMillis;
      }
    }
    if (this.#owedSinceMillis === undefined || this.#told) return;
    const usualMillis = SUSPECT_FACTOR * this.#longestSilenceMillis;
    const quietMillis = 2 * (this.#owedSinceMillis - this.#lastHeardMillis);
    const declaredMillis = Math.min(
      SUSPECT_MAX_MILLIS,
      Math.max(SUSPECT_MIN_MILLIS, usualMillis, quietMillis),
    );
    const deadMillis = nowMillis - this.#owedSinceMillis;
    if (deadMillis <= declaredMillis + CHECK_MILLIS + excusedMillis) return;
    this.#told = true;
    this.report.violation(
      `${this.symbol} ${dataTypeName(this.dataType)}: silent for ${nowMillis - this.lastRecordMillis} ms, owed for ${deadMillis} ms, declared ${declaredMillis} ms, and its status is ${this.state} (${this.text})`,
    );
  }

  /** Whether the status says that nothing is missing. */
  get #claimsToFlow(): boolean {
    return this.state === FeedState.Live || this.state === FeedState.Quiet;
  }
}
