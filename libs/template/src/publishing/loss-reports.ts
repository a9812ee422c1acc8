import { type Clock, NO_RESOLUTION, type TimerHandle } from "@ims/common";
import type { ServiceCounters } from "../health/service-counters.js";
import { BOOK_DATA_TYPES, type BrokenBooks } from "./broken-books.js";
import { CHANNEL_DATA_TYPES, Channel } from "./channels.js";
import type { FailedBatch, MarketDataProducers } from "./market-data-producers.js";
import type { NoticePublishing } from "./notice-publishing.js";
import type { RecordPublisher } from "./record-publisher.js";

/** Gaps of one turn of the event loop: the venue is served between them. */
const GAPS_PER_TURN_MAX = 500;
const TURN_MILLIS = 10;
/** How often readers are told of losses that go on. */
const LASTING_MILLIS = 10_000;

export interface LossReportsParts {
  readonly targets: { readonly producers: Pick<MarketDataProducers, "arena" | "pressure" | "onBatchFailed"> };
  readonly out: RecordPublisher;
  readonly broken: BrokenBooks;
  readonly notices: NoticePublishing;
  readonly clock: Clock;
  readonly counters: ServiceCounters;
}

/**
 * Tells readers what was given up, once the broker takes messages again: at once when everything flows, and while
 * feeds are still being given up every ten seconds, provided that the broker confirmed something meanwhile.
 */
export class LossReports {
  readonly #parts: LossReportsParts;
  #timer: TimerHandle | undefined;
  #isConfirming = false;
  #isClosed = false;

  constructor(parts: LossReportsParts) {
    this.#parts = parts;
    const { producers } = parts.targets;
    producers.arena.onSlotFree(() => this.#onSlotFree());
    producers.pressure.onPhase((phase) => {
      if (phase === "flowing") this.#arm(0);
    });
    producers.onBatchFailed = (batch) => this.#onBatchFailed(batch);
    parts.out.onLoss = () => this.#onLoss();
    // What was lost before there was a broker.
    this.#onLoss();
  }

  /** The last attempt, at the end of the service. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#publishSome(Number.POSITIVE_INFINITY);
  }

  get #isFlowing(): boolean {
    return this.#parts.targets.producers.pressure.phase === "flowing";
  }

  get #openCount(): number {
    return this.#parts.out.losses.openCount + this.#parts.notices.waitingCount;
  }

  #onLoss(): void {
    if (!this.#timer) this.#arm(this.#isFlowing ? TURN_MILLIS : LASTING_MILLIS);
  }

  #onSlotFree(): void {
    this.#isConfirming = true;
    if (!this.#timer && this.#isFlowing) this.#arm(0);
  }

  #arm(delayMillis: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#isClosed || this.#openCount === 0) return;
    this.#timer = this.#parts.clock.setTimer(delayMillis, () => this.#turn());
  }

  #turn(): void {
    this.#timer = undefined;
    const isFlowing = this.#isFlowing;
    if (isFlowing || this.#isConfirming) {
      this.#isConfirming = false;
      this.#publishSome(GAPS_PER_TURN_MAX);
    }
    this.#arm(isFlowing ? TURN_MILLIS : LASTING_MILLIS);
  }

  #publishSome(countMax: number): void {
    const { out, notices, clock, counters } = this.#parts;
    notices.publishWaiting();
    out.losses.drain(clock.nowMicros(), countMax, (gap) => {
      if (!notices.publishGap(gap)) return false;
      counters.gapsPublished++;
      return true;
    });
  }

  /** Which records the batch held is not known any more: all feeds of its partition that it may have held are told. */
  #onBatchFailed({ channel, producer, fromMicros }: FailedBatch): void {
    const { out, broken, clock } = this.#parts;
    const dataType = CHANNEL_DATA_TYPES[channel];
    if (dataType === undefined) return;
    const toMicros = clock.nowMicros();
    for (const instrument of out.all()) {
      if (instrument.producers[channel] !== producer) continue;
      const meters =
        channel === Channel.Bars
          ? instrument.barMeters
          : [[NO_RESOLUTION, instrument.meters[channel]] as const];
      for (const [resolution, meter] of meters) {
        if (!meter || meter.lastMicros < fromMicros) continue;
        // The venue's times of the records lie before those of their publishing.
        const lagMicros = Math.max(0, (meter.lagSeconds ?? 0) * 1e6);
        const from = Math.max(0, fromMicros - lagMicros);
        out.losses.perhapsLost({ instrument, dataType, resolution, fromMicros: from, toMicros });
      }
      if (BOOK_DATA_TYPES.has(dataType)) broken.add(instrument, channel, dataType);
    }
    this.#onLoss();
  }
}
