import type { DeribitTrade } from "./symbol-trading.js";

const DAY_MINUTES = 1440;

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
    this.#lengthMillis = (resolution === "1D" ? DAY_MINUTES : Number(resolution)) * 60_000;
  }

  /** The data of the channel's next notification; undefined where nothing changed. */
  next(trades: readonly DeribitTrade[], nowMillis: number): object | undefined {
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
