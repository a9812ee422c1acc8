import type { AveragePlan } from "../plan/average-plan.js";
import type { HalfLives } from "./half-lives.js";
import type { TradeInput } from "./trade-input.js";
import type { WindowPool } from "./window-pool.js";
import { addTrade, Phase, Slot } from "./window-slots.js";

/** Publishes what a series has to say; each call is one window. */
export interface WindowReader {
  window(series: WindowSeries, slots: Float64Array, isRevision: boolean): void;
  /** Windows without any trade, from `startMicros` to `endMicros`: one, or more where the silence was long. */
  empty(series: WindowSeries, startMicros: number, endMicros: number): void;
}

/** Empty windows one after the other that are published as such; what remains of a longer silence is one message. */
const EMPTY_RUN_MAX = 100;

/** Windows of one length of one symbol: the open ones, and closed ones that may still be revised. */
export class WindowSeries {
  /** In order of start. */
  readonly windows: Float64Array[] = [];
  /** Windows that begin before this moment are over; 0 = none is yet. */
  closedUntil = 0;
  /** Start of the first window that was closed, 0 = none: from there on those without a trade are empty. */
  closedFrom = 0;
  /** Last price of the closed windows, 0 = none. */
  carryLo = 0;
  carryHi = 0;
  /** Trades without a window, since the last message. */
  lateCount = 0;
  /** Weighted prices and weights of the half-lives, as of {@link closedUntil}. */
  readonly totals: Float64Array;

  constructor(
    readonly lengthMicros: number,
    /** Of the plan for the shortest windows, none for others. */
    readonly halfLives: HalfLives,
    private readonly plan: AveragePlan,
    private readonly pool: WindowPool,
  ) {
    this.totals = new Float64Array(halfLives.count * 2);
  }

  /** The youngest window, if it is open and has a trade. */
  youngestOpen(): Float64Array | undefined {
    const { windows } = this;
    if (windows.length === 0) return undefined;
    const slots = windows[windows.length - 1]!;
    return slots[Slot.COUNT]! > 0 && slots[Slot.START]! >= this.closedUntil ? slots : undefined;
  }

  /** Puts a trade into its window, which a reader is told of at once if it is over already. */
  take(trade: TradeInput, reader: WindowReader): void {
    const { windows } = this;
    const { micros } = trade;
    let slots = windows.length > 0 ? windows[windows.length - 1] : undefined;
    const isYoungest =
      slots && micros >= slots[Slot.START]! && micros - slots[Slot.START]! < this.lengthMicros;
    if (!isYoungest) slots = this.windowAt(micros);
    if (!slots) {
      this.lateCount++;
      this.addLateWeights(trade);
      return;
    }
    const isOver = slots[Slot.START]! < this.closedUntil;
    if (!addTrade(slots, trade)) slots[Slot.EXCLUDED]!++;
    else if (isOver) this.addLateWeights(trade);
    else if (this.halfLives.count > 0) {
      const end = slots[Slot.START]! + this.lengthMicros;
      this.halfLives.add(slots, Slot.WEIGHTED, trade.price, end - trade.micros);
    }
    if (isOver) this.tellLate(slots, reader);
  }

  /** Counts a trade that is left out in the window of its time. */
  exclude(micros: number, reader: WindowReader): void {
    const slots = this.windowAt(micros);
    if (!slots) {
      this.lateCount++;
      return;
    }
    slots[Slot.EXCLUDED]!++;
    if (slots[Slot.START]! < this.closedUntil) this.tellLate(slots, reader);
  }

  /**
   * Closes windows that begin before `boundary`, a multiple of the length, one by one.
   * @param from where all windows were closed when this boundary came up
   * @returns whether that is done; false = `mayGoOn` said no, to be called again
   */
  closeUntil(from: number, boundary: number, reader: WindowReader, mayGoOn: () => boolean): boolean {
    const { lengthMicros } = this;
    while (this.closedUntil < boundary) {
      if (!mayGoOn()) return false;
      const next = this.oldestOpen(boundary);
      const start = next?.[Slot.START] ?? boundary;
      if (this.plan.emptyWindows && this.closedFrom > 0 && start > this.closedUntil) {
        const emptyFrom = this.closedUntil;
        const emptyCount = (emptyFrom - this.silentSince(from)) / lengthMicros;
        const end = emptyCount < EMPTY_RUN_MAX ? emptyFrom + lengthMicros : start;
        this.advance(end);
        reader.empty(this, emptyFrom, end);
      } else if (next) {
        this.close(next, start);
        reader.window(this, next, false);
        next[Slot.PHASE] = Phase.Published;
        this.lateCount = 0;
      } else {
        this.advance(boundary);
      }
    }
    this.dropOld();
    return true;
  }

  private close(slots: Float64Array, start: number): void {
    const end = start + this.lengthMicros;
    slots[Slot.CARRY_LO] = this.carryLo;
    slots[Slot.CARRY_LO + 1] = this.carryHi;
    slots[Slot.PHASE] = Phase.Over;
    if (this.halfLives.count > 0) this.halfLives.fold(this.totals, slots, this.elapsedUntil(end));
    this.closedUntil = end;
    if (this.closedFrom === 0) this.closedFrom = start;
    if (slots[Slot.COUNT]! > 0) {
      this.carryLo = slots[Slot.CLOSE_LO]!;
      this.carryHi = slots[Slot.CLOSE_LO + 1]!;
    }
  }

  /** End of the last closed window with a trade; at the earliest `from`. It says the same when a closing is gone on with. */
  private silentSince(from: number): number {
    const { windows } = this;
    for (let index = windows.length - 1; index >= 0; index--) {
      const start = windows[index]![Slot.START]!;
      if (start < this.closedUntil) return Math.max(from, start + this.lengthMicros);
    }
    return from;
  }

  private advance(micros: number): void {
    if (this.halfLives.count > 0) this.halfLives.pass(this.totals, this.elapsedUntil(micros));
    this.closedUntil = micros;
  }

  /** Nothing has passed for totals that are still empty. */
  private elapsedUntil(micros: number): number {
    return this.closedUntil === 0 ? 0 : micros - this.closedUntil;
  }

  /** The window of a moment, opened if need be; `undefined` if it is over for good. */
  private windowAt(micros: number): Float64Array | undefined {
    const { windows, lengthMicros } = this;
    for (let index = windows.length - 1; index >= 0; index--) {
      const start = windows[index]![Slot.START]!;
      if (micros >= start + lengthMicros) return this.open(micros, index + 1);
      if (micros >= start) return windows[index];
    }
    return this.open(micros, 0);
  }

  private open(micros: number, index: number): Float64Array | undefined {
    const { lengthMicros } = this;
    const start = micros - (micros % lengthMicros);
    if (start < this.closedUntil - this.plan.revisableWindows * lengthMicros) return undefined;
    const slots = this.pool.take();
    slots[Slot.START] = start;
    if (start < this.closedUntil) slots[Slot.PHASE] = this.isPublished(start) ? Phase.Published : Phase.Over;
    this.windows.splice(index, 0, slots);
    return slots;
  }

  /** Of a closed window without a trade. */
  private isPublished(start: number): boolean {
    return this.plan.emptyWindows && this.closedFrom > 0 && start >= this.closedFrom;
  }

  private oldestOpen(boundary: number): Float64Array | undefined {
    for (const slots of this.windows) {
      if (slots[Slot.START]! >= boundary) return undefined;
      if (slots[Slot.START]! >= this.closedUntil) return slots;
    }
    return undefined;
  }

  /** A late trade is part of what comes, with the weight of its age. */
  private addLateWeights(trade: TradeInput): void {
    if (this.halfLives.count > 0)
      this.halfLives.add(this.totals, 0, trade.price, this.closedUntil - trade.micros);
  }

  private tellLate(slots: Float64Array, reader: WindowReader): void {
    slots[Slot.LATE] = 1;
    reader.window(this, slots, slots[Slot.PHASE] === Phase.Published);
    slots[Slot.PHASE] = Phase.Published;
    this.lateCount = 0;
  }

  private dropOld(): void {
    const end = this.closedUntil - this.plan.revisableWindows * this.lengthMicros;
    const { windows } = this;
    while (windows.length > 0 && windows[0]![Slot.START]! < end) this.pool.give(windows.shift()!);
  }

  /** Takes in the next window of a stored state. */
  restore(values: Float64Array): void {
    const slots = this.pool.take();
    slots.set(values);
    this.windows.push(slots);
  }

  /** Gives up all windows. */
  clear(): void {
    for (const slots of this.windows) this.pool.give(slots);
    this.windows.length = 0;
  }
}
