import { BarState, RecordFlags } from "@ims/common";
import type { BarFields } from "@ims/traits";

export interface BarJoinOptions {
  /** The bar may be reused after the call. */
  readonly publish: (bar: BarFields) => void;
  /** Read the closed bars that open within, both ends included, then call {@link BarJoin.reread}. Microseconds. */
  readonly read: (fromMicros: number, toMicros: number) => void;
}

/** Bars that wait at most; of one bar only its latest state waits, so that this is so many intervals. */
const HELD_MAX = 64;
/** A venue whose clock was set back is believed after so long. */
const CLOCK_BACK_MICROS = 5_000_000;
/** Bars that were absent for want of trades, after which absent ones are not read any more. */
const UNTRADED_MAX = 3;

/**
 * Passes the bars of one stream on: states of a bar in the order in which the venue made them, whatever connection
 * brought them, and each closed bar once. After a loss, the bars up to the first one that comes again are read over
 * REST, marked as back-filled, and passed on in front of it. So are bars that are absent on a connection that stayed up,
 * unless the stream has shown that it leaves out bars without trades: then absent ones are as usual.
 */
export class BarJoin {
  readonly #options: BarJoinOptions;
  readonly #held: BarFields[] = [];
  private lastOpenMicros = 0;
  private lastCloseMicros = 0;
  private lastSendMicros = 0;
  private lastReceiveMicros = 0;
  private lastClosed = true;
  private interruptedSince = false;
  /** The venue has sent a bar without trades: then it sends every bar, and one that is absent was lost. */
  private leavesNoneOut = false;
  /** Absent bars that turned out to have no trades, times in a row. */
  private untradedCount = 0;
  private reading = false;
  duplicateCount = 0;

  constructor(options: BarJoinOptions) {
    this.#options = options;
  }

  get isReading(): boolean {
    return this.reading;
  }

  /** Records may have been lost. */
  interrupted(): void {
    this.interruptedSince = true;
  }

  offer(bar: BarFields): void {
    if (this.#isOld(bar)) {
      this.duplicateCount++;
      return;
    }
    if (this.reading) {
      this.#hold(bar);
      return;
    }
    const isNext = bar.openMicros > this.lastOpenMicros;
    const leavesHole = bar.openMicros - this.lastCloseMicros > 1000;
    const mayBeUsual = !this.interruptedSince && !this.leavesNoneOut && this.untradedCount >= UNTRADED_MAX;
    const isMissed = leavesHole && !mayBeUsual;
    if (isNext && this.lastOpenMicros !== 0 && (!this.lastClosed || isMissed)) {
      this.reading = true;
      this.#hold(bar);
      const fromMicros = this.lastClosed ? this.lastOpenMicros + 1 : this.lastOpenMicros;
      this.#options.read(fromMicros, bar.openMicros - 1);
      return;
    }
    this.#pass(bar);
  }

  /**
   * What was read, in order; it is marked as back-filled here. The end of waiting, also when nothing could be had. False
   * if the wait was over before: then it came too late, and was not passed on.
   */
  reread(bars: readonly BarFields[]): boolean {
    if (!this.reading) return false;
    this.reading = false;
    if (bars.some(({ tradeCount }) => tradeCount > 0)) this.untradedCount = 0;
    else if (bars.length > 0) this.untradedCount++;
    for (const bar of bars) {
      bar.flags |= RecordFlags.BackFilled;
      if (!this.#isOld(bar)) this.#pass(bar);
    }
    for (const bar of this.#held.splice(0)) if (!this.#isOld(bar)) this.#pass(bar);
    return true;
  }

  #pass(bar: BarFields): void {
    this.interruptedSince = false;
    this.lastOpenMicros = bar.openMicros;
    this.lastCloseMicros = bar.closeMicros;
    this.lastSendMicros = bar.sendMicros;
    this.lastReceiveMicros = bar.receiveMicros;
    this.lastClosed = bar.state === BarState.Closed;
    if (this.lastClosed && bar.tradeCount === 0 && (bar.flags & RecordFlags.BackFilled) === 0) {
      this.leavesNoneOut = true;
    }
    this.#options.publish(bar);
  }

  #isOld(bar: BarFields): boolean {
    if (bar.openMicros > this.lastOpenMicros) return false;
    if (bar.openMicros < this.lastOpenMicros || this.lastClosed) return this.lastOpenMicros !== 0;
    if (bar.state === BarState.Closed) return false;
    return (
      bar.sendMicros <= this.lastSendMicros && bar.receiveMicros - this.lastReceiveMicros < CLOCK_BACK_MICROS
    );
  }

  /** Beyond the bound the wait is over: what is read later comes too late. */
  #hold(bar: BarFields): void {
    const last = this.#held.at(-1);
    if (last && last.openMicros === bar.openMicros) this.#held.pop();
    this.#held.push({ ...bar });
    if (this.#held.length > HELD_MAX) this.reread([]);
  }
}
