import type { Bar } from "./bar.js";
import type { BarSeries } from "./bar-series.js";

/** What a 24 h ticker says, in the instrument's units. */
export interface DayTicker {
  readonly openMillis: number;
  readonly closeMillis: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly quoteVolume: bigint;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly tradeCount: number;
  readonly lastQuantity: number;
  /** Close before the window; spot only. */
  readonly previousClose: number;
  readonly bid: number;
  readonly bidQuantity: number;
  readonly ask: number;
  readonly askQuantity: number;
}

const MINUTES = 1440;

/** The part of a ticker that follows from the minute bars. */
export type WindowSum = Omit<
  DayTicker,
  "closeMillis" | "lastQuantity" | "bid" | "bidQuantity" | "ask" | "askQuantity"
>;

/**
 * Sums over the last 24 hours, moved along minute by minute: from the minute that began 24 h before the current one, as
 * the futures' opening times are (recorded: whole minutes).
 */
export class DayWindow {
  #head: number;
  /** Minutes before this one are in the sums. */
  #tail: number;
  #high = 0;
  #low = 0;
  #stale = true;
  #volume = 0;
  #quoteVolume = 0n;
  #tradeCount = 0;

  constructor(private readonly minutes: BarSeries) {
    const current = minutes.current.openMillis;
    this.#head = Math.max(minutes.firstOpen, current - MINUTES * minutes.lengthMillis);
    this.#tail = this.#head;
  }

  read(): WindowSum {
    const { minutes } = this;
    const { current } = minutes;
    for (; this.#tail < current.openMillis; this.#tail += minutes.lengthMillis) {
      const bar = minutes.at(this.#tail);
      if (bar) this.#add(bar, 1);
    }
    const head = current.openMillis - MINUTES * minutes.lengthMillis;
    for (; this.#head < head; this.#head += minutes.lengthMillis) {
      const bar = minutes.at(this.#head);
      if (!bar) continue;
      this.#add(bar, -1);
      if (bar.high === this.#high || bar.low === this.#low) this.#stale = true;
    }
    if (this.#stale) this.#findRange();
    const traded = current.tradeCount > 0;
    const first = minutes.at(this.#head) ?? current;
    return {
      openMillis: this.#head,
      open: first.open,
      high: traded ? Math.max(this.#high, current.high) : this.#high || current.open,
      low: traded ? Math.min(this.#low, current.low) : this.#high === 0 ? current.open : this.#low,
      close: current.close,
      volume: this.#volume + current.volume,
      quoteVolume: this.#quoteVolume + current.quoteVolume,
      tradeCount: this.#tradeCount + current.tradeCount,
      ...this.#tradeIds(current),
      previousClose: (minutes.at(this.#head - minutes.lengthMillis) ?? { close: first.open }).close,
    };
  }

  #add(bar: Bar, sign: 1 | -1): void {
    this.#volume += sign * bar.volume;
    this.#quoteVolume += sign === 1 ? bar.quoteVolume : -bar.quoteVolume;
    this.#tradeCount += sign * bar.tradeCount;
    if (sign < 0 || bar.tradeCount === 0 || this.#stale) return;
    if (this.#high === 0 || bar.high > this.#high) this.#high = bar.high;
    if (this.#low === Number.POSITIVE_INFINITY || bar.low < this.#low) this.#low = bar.low;
  }

  #findRange(): void {
    this.#stale = false;
    this.#high = 0;
    this.#low = Number.POSITIVE_INFINITY;
    for (let open = this.#head; open < this.#tail; open += this.minutes.lengthMillis) {
      const bar = this.minutes.at(open);
      if (!bar || bar.tradeCount === 0) continue;
      if (bar.high > this.#high) this.#high = bar.high;
      if (bar.low < this.#low) this.#low = bar.low;
    }
  }

  /** First and last id of the window's trades; −1 while there is none. */
  #tradeIds(current: Bar): { firstTradeId: number; lastTradeId: number } {
    let firstTradeId = -1;
    for (let open = this.#head; open < this.#tail && firstTradeId < 0; open += this.minutes.lengthMillis) {
      firstTradeId = this.minutes.at(open)?.firstTradeId ?? -1;
    }
    if (firstTradeId < 0) firstTradeId = current.firstTradeId;
    let lastTradeId = current.lastTradeId;
    for (
      let open = this.#tail - this.minutes.lengthMillis;
      open >= this.#head && lastTradeId < 0;
      open -= this.minutes.lengthMillis
    ) {
      lastTradeId = this.minutes.at(open)?.lastTradeId ?? -1;
    }
    return { firstTradeId, lastTradeId };
  }
}
