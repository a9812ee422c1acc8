import { TradeKind } from "@ims/common";
import type { v2 } from "@ims/sbe";
import type { RecordOutput } from "@ims/traits";
import { AverageWriter } from "../output/average-writer.js";
import type { AveragePlan } from "../plan/average-plan.js";
import type { SymbolSeries } from "../symbols/symbol-series.js";
import { SymbolTable } from "../symbols/symbol-table.js";
import { NULL_HI, TradeInput } from "../windows/trade-input.js";
import { Slot } from "../windows/window-slots.js";

/** Messages that one trade may make; windows that are due beyond that close with the trades that follow. */
const OUTPUTS_PER_TRADE = 1024;
/** Event times further ahead of the receive time are not believed: the receive time stands in. */
const AHEAD_MICROS_MAX = 60e6;
/** A symbol without a trade for so long is forgotten, once none of its windows can be revised any more. */
const FORGOTTEN_MICROS = 86_400e6;
/** A state is stored as one message, which has room for 8 MiB. */
const STATE_BYTES_MAX = 7 * 1024 * 1024;
const SYMBOLS_MAX = 4096;

/** As many symbols as a state surely has room for, 4,096 at most. */
export function symbolsMaxOf({ windows, halfLives, latenessMicros, revisableWindows }: AveragePlan): number {
  let bytes = 128;
  for (const length of windows) {
    // Open are those within the lateness, the present one, and one that is due but not closed yet.
    const windowsMax = Math.ceil(latenessMicros / length) + 2 + revisableWindows;
    bytes += 64 + (windowsMax + 1) * (Slot.WEIGHTED + halfLives.length * 2) * 8;
  }
  return Math.min(SYMBOLS_MAX, Math.max(1, Math.floor(STATE_BYTES_MAX / bytes)));
}

/** How far the closing of the windows of one length is. */
export interface Sweep {
  /** Windows that begin before this moment are to be closed, all symbols alike; the last time that was done, and now. */
  doneUntil: number;
  until: number;
  /** The symbol that is next; -1 = nothing is under way. */
  next: number;
}

/** What an engine has counted; part of its state. */
export interface EngineCounts {
  trades: number;
  /** Not regular, not above 0, or beyond int64: left out, counted in the window of their time. */
  excluded: number;
  /** Left out because there are as many symbols as may be. */
  withoutSymbol: number;
  /** Event times that were not believed. */
  implausibleTimes: number;
}

/** What is counted and in no message. */
export type EngineOddity = "withoutSymbol" | "implausibleTimes";

/**
 * The averages of one partition: depends on the trades it is given, in their order, and on nothing else. Its clock is the
 * largest event time of the partition, so windows of silent symbols close too.
 */
export class AverageEngine {
  readonly table: SymbolTable;
  readonly sweeps: readonly Sweep[];
  readonly counts: EngineCounts = { trades: 0, excluded: 0, withoutSymbol: 0, implausibleTimes: 0 };
  /** Largest event time, microseconds since 1970; 0 = none yet. */
  watermark = 0;
  /** The watermark from which on the next window is due. */
  dueAt = 0;
  private readonly trade = new TradeInput();
  private readonly writer: AverageWriter;
  private readonly mayGoOn: () => boolean;

  constructor(
    readonly plan: AveragePlan,
    symbolsMax = symbolsMaxOf(plan),
    /** Told what no message will tell, at the first time and whenever the count has doubled. */
    private readonly onOddity?: (oddity: EngineOddity, count: number) => void,
  ) {
    this.table = new SymbolTable(plan, symbolsMax);
    this.sweeps = plan.windows.map(() => ({ doneUntil: 0, until: 0, next: -1 }));
    this.writer = new AverageWriter(plan);
    this.mayGoOn = () => this.writer.count + this.writer.perWindow <= OUTPUTS_PER_TRADE;
  }

  /** Takes the next trade of the partition and writes what it makes due. Allocates nothing unless a window closes. */
  take(values: v2.TradeValues, output: RecordOutput): void {
    const { counts, trade, writer } = this;
    counts.trades++;
    trade.readTimes(values);
    const { receiveMicros } = trade;
    if (values.eventTimeHi !== NULL_HI) {
      if (trade.micros <= 0 || trade.micros > receiveMicros + AHEAD_MICROS_MAX) {
        this.tell("implausibleTimes");
        trade.micros = receiveMicros;
      }
    }
    const { micros } = trade;
    writer.receiveMicros = receiveMicros;
    writer.publishMicros = trade.publishMicros;
    writer.output = output;
    writer.count = 0;
    const place = micros > 0 && values.kind === TradeKind.Regular ? this.table.placeOf(values) : -1;
    if (place < 0 || !this.table.fronts.add(place, values, trade)) {
      const symbol = micros > 0 ? this.table.find(values) : undefined;
      if (!symbol) {
        this.tell("withoutSymbol");
        return;
      }
      this.takeIntoEach(symbol, values);
    }
    if (micros > this.watermark) this.watermark = micros;
    if (this.watermark >= this.dueAt) this.closeDue();
  }

  /** Takes a trade that the symbol's front does not. */
  private takeIntoEach(symbol: SymbolSeries, values: v2.TradeValues): void {
    const { counts, trade, writer } = this;
    const { micros } = trade;
    symbol.settle();
    writer.symbol = symbol;
    if (symbol.lastMicros === 0) {
      for (let index = 0; index < this.sweeps.length; index++) {
        symbol.series[index]!.closedUntil = this.sweeps[index]!.doneUntil;
      }
    }
    if (micros > symbol.lastMicros) symbol.lastMicros = micros;
    trade.aggressor = values.aggressor;
    const { series } = symbol;
    if (values.kind === TradeKind.Regular && symbol.read(values, trade)) {
      for (let index = 0; index < series.length; index++) series[index]!.take(trade, writer);
      symbol.openFront();
    } else {
      counts.excluded++;
      for (let index = 0; index < series.length; index++) series[index]!.exclude(micros, writer);
    }
  }

  private tell(oddity: EngineOddity): void {
    const count = ++this.counts[oddity];
    if (Number.isInteger(Math.log2(count))) this.onOddity?.(oddity, count);
  }

  private closeDue(): void {
    const { latenessMicros, windows } = this.plan;
    const passed = this.watermark - latenessMicros;
    let dueAt = Number.POSITIVE_INFINITY;
    for (let index = 0; index < windows.length; index++) {
      const length = windows[index]!;
      const sweep = this.sweeps[index]!;
      if (sweep.next < 0) {
        const until = passed - (passed % length);
        if (until > sweep.doneUntil) {
          sweep.until = until;
          sweep.next = 0;
        }
      }
      if (sweep.next >= 0 && !this.sweep(index, sweep)) dueAt = 0;
      else if (sweep.doneUntil > 0) dueAt = Math.min(dueAt, sweep.doneUntil + length + latenessMicros);
      else dueAt = 0;
    }
    this.dueAt = dueAt;
    if (dueAt > 0) this.forgetSilent();
  }

  /** @returns whether all symbols are through */
  private sweep(index: number, sweep: Sweep): boolean {
    const { symbols } = this.table;
    for (; sweep.next < symbols.length; sweep.next++) {
      const symbol = symbols[sweep.next]!;
      this.writer.symbol = symbol;
      symbol.settleBefore(sweep.until);
      const series = symbol.series[index]!;
      if (!series.closeUntil(sweep.doneUntil, sweep.until, this.writer, this.mayGoOn)) return false;
    }
    sweep.next = -1;
    sweep.doneUntil = sweep.until;
    return true;
  }

  /** Only while nothing is under way, so that no sweep loses its place. */
  private forgetSilent(): void {
    const { sweeps } = this;
    const { revisableWindows, windows } = this.plan;
    const { symbols } = this.table;
    let before = sweeps[sweeps.length - 1]!.doneUntil - FORGOTTEN_MICROS;
    for (let index = 0; index < windows.length; index++) {
      before = Math.min(before, sweeps[index]!.doneUntil - revisableWindows * windows[index]!);
    }
    for (let index = symbols.length - 1; index >= 0; index--) {
      if (symbols[index]!.lastMicros < before) this.table.remove(index);
    }
  }
}
