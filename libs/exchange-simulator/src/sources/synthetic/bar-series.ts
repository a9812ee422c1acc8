import { nextBarOpen } from "../../binance/markets/intervals.js";
import { addBar, type Bar, flatBar } from "./bar.js";

/** Enough minutes for a calendar month; older ones are let go. */
const BARS_MAX = 50_000;

/** Bars of one fixed length without holes: a stretch without trades holds flat bars. */
export class BarSeries {
  #bars: Bar[];

  constructor(
    readonly lengthMillis: number,
    atMillis: number,
    price: number,
  ) {
    this.#bars = [flatBar(Math.floor(atMillis / lengthMillis) * lengthMillis, price)];
  }

  get firstOpen(): number {
    return this.#bars[0]!.openMillis;
  }

  get current(): Bar {
    return this.#bars[this.#bars.length - 1]!;
  }

  /** Adds flat bars until the current one holds the instant; an earlier instant changes nothing. */
  advanceTo(atMillis: number): void {
    let current = this.current;
    while (current.openMillis + this.lengthMillis <= atMillis) {
      current = flatBar(current.openMillis + this.lengthMillis, current.close);
      this.#bars.push(current);
    }
    if (this.#bars.length > BARS_MAX * 1.2) this.#bars = this.#bars.slice(-BARS_MAX);
  }

  /** Puts made-up history before the first bar; the bars must end where it begins. */
  prepend(bars: Bar[]): void {
    this.#bars = [...bars, ...this.#bars];
  }

  /** The bar that begins at `openMillis`, if it is held. */
  at(openMillis: number): Bar | undefined {
    return this.#bars[(openMillis - this.firstOpen) / this.lengthMillis];
  }

  /** One bar of a longer interval, made of what is held of it; the interval must begin before the present. */
  aggregate(interval: string, openMillis: number): Bar {
    const cursor = new IntervalCursor(this, interval, openMillis);
    return cursor.bar();
  }
}

/** One bar of a longer interval that is still growing; finished parts are added up once. */
export class IntervalCursor {
  readonly nextOpen: number;
  readonly #finished: Bar;
  #at: number;

  constructor(
    private readonly series: BarSeries,
    readonly interval: string,
    readonly openMillis: number,
  ) {
    this.nextOpen = nextBarOpen(interval, openMillis);
    this.#at = Math.max(openMillis, series.firstOpen);
    const first = series.at(this.#at) ?? series.current;
    this.#finished = flatBar(openMillis, first.open);
  }

  /** The bar as far as the series goes; a copy. */
  bar(): Bar {
    const series = this.series;
    const end = Math.min(this.nextOpen, series.current.openMillis);
    for (; this.#at < end; this.#at += series.lengthMillis) {
      const part = series.at(this.#at);
      if (part) addBar(this.#finished, part);
    }
    const bar = { ...this.#finished };
    if (series.current.openMillis < this.nextOpen) addBar(bar, series.current);
    return bar;
  }
}
