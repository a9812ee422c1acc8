import type { DeribitTrade } from "./symbol-trading.js";

const DAY_MINUTES = 1440;
/** Most candles that one request gives. */
const ROWS_MAX = 5000;

/** @param resolution minutes, or `1D` */
function lengthMillisOf(resolution: string): number {
  return (resolution === "1D" ? DAY_MINUTES : Number(resolution)) * 60_000;
}

/** The running candle of one channel. Sent with every change, and without trades when a new one begins; never closed. */
export class Candle {
  readonly #lengthMillis: number;
  #tick = 0;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;

  /** @param resolution minutes, or `1D` */
  constructor(resolution: string) {
    this.#lengthMillis = lengthMillisOf(resolution);
  }

  /** The data of the channel's next notification; undefined where nothing changed. */
  next(trades: readonly DeribitTrade[], nowMillis: number): CandleRow | undefined {
    const tick = Math.floor(nowMillis / this.#lengthMillis) * this.#lengthMillis;
    if (this.#tick === 0 && trades.length === 0) return undefined;
    const isNew = tick !== this.#tick;
    if (isNew) {
      const first = this.#tick === 0 ? Number(trades[0]!.price) : this.#close;
      [this.#tick, this.#volume] = [tick, 0];
      [this.#open, this.#high, this.#low, this.#close] = [first, first, first, first];
    }
    for (const { amount, price } of trades) {
      this.#close = Number(price);
      this.#high = Math.max(this.#high, this.#close);
      this.#low = Math.min(this.#low, this.#close);
      this.#volume += Number(amount);
    }
    if (!isNew && trades.length === 0) return undefined;
    return this.row();
  }

  /** As it is now. */
  row(): CandleRow {
    const volume = Number(this.#volume.toFixed(4));
    return {
      tick: this.#tick,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume,
      cost: Number((volume * this.#close).toFixed(4)),
    };
  }
}

export interface CandleRow {
  readonly tick: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly cost: number;
}

/**
 * A candle that stands where one does that was there from the first trade on.
 *
 * @param trades all up to now, in order
 */
export function candleUpToNow(
  resolution: string,
  trades: readonly DeribitTrade[],
  nowMillis: number,
): { readonly candle: Candle; readonly rows: readonly CandleRow[] } {
  const lengthMillis = lengthMillisOf(resolution);
  const candle = new Candle(resolution);
  const rows: CandleRow[] = [];
  const first = trades[0];
  if (!first) return { candle, rows };
  let at = 0;
  let tick = Math.floor(first.millis / lengthMillis) * lengthMillis;
  for (; tick <= nowMillis; tick += lengthMillis) {
    const from = at;
    while (at < trades.length && trades[at]!.millis < tick + lengthMillis) at++;
    candle.next(trades.slice(from, at), tick);
    rows.push(candle.row());
  }
  return { candle, rows };
}

/** The answer to `public/get_tradingview_chart_data`: columns of the candles that begin within, both ends included. */
export function chartColumns(rows: readonly CandleRow[], fromMillis: number, toMillis: number): object {
  const chosen = rows.filter(({ tick }) => tick >= fromMillis && tick <= toMillis).slice(-ROWS_MAX);
  const column = (name: Exclude<keyof CandleRow, "tick">) => chosen.map((row) => row[name]);
  return {
    ticks: chosen.map(({ tick }) => tick),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
    cost: column("cost"),
    status: chosen.length > 0 ? "ok" : "no_data",
  };
}
