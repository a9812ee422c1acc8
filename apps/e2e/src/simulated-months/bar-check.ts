import { BarState } from "@ims/common";
import type { InProcessVenue } from "@ims/exchange-simulator";
import type { RunReport } from "./report.js";
import type { BarRecord, GapRecord } from "./sink-types.js";

type Closed = Pick<BarRecord, "openMicros" | "open" | "high" | "low" | "close" | "volume" | "tradeCount"> & {
  readonly scales: readonly [price: number, quantity: number];
};

/** The closed bars of one subscription against the venue's: each once, in order, exact; what is absent in a Gap. */
export class BarCheck {
  #closed: Closed[] = [];
  #gaps: (readonly [fromMicros: number, toMicros: number])[] = [];
  #lastOpenMicros = 0;
  /** Bars up to this one were compared. */
  #comparedMicros = 0;
  barCount = 0;

  constructor(
    private readonly symbol: string,
    readonly interval: string,
    private readonly venue: InProcessVenue,
    private readonly report: RunReport,
  ) {}

  offer(bar: BarRecord): void {
    if (bar.state !== BarState.Closed) return;
    this.barCount++;
    if (bar.openMicros <= this.#lastOpenMicros)
      this.#wrong(`closed bar ${bar.openMicros} came behind ${this.#lastOpenMicros}`);
    this.#lastOpenMicros = bar.openMicros;
    const { openMicros, open, high, low, close, volume, tradeCount } = bar;
    const scales = [bar.priceScale, bar.quantityScale] as const;
    this.#closed.push({ openMicros, open, high, low, close, volume, tradeCount, scales });
  }

  gap({ fromMicros, toMicros }: GapRecord): void {
    this.#gaps.push([fromMicros, toMicros]);
  }

  /** Compares what came since the last call. The symbol must be listed. */
  verify(): void {
    const closed = this.#closed;
    this.#closed = [];
    if (closed.length === 0) return;
    const first = closed[0]!.openMicros;
    const last = closed.at(-1)!.openMicros;
    const fromMicros = this.#comparedMicros === 0 ? first : Math.min(first, this.#comparedMicros + 1);
    this.#comparedMicros = last;
    const came = new Map(closed.map((bar) => [bar.openMicros, bar]));
    const { priceScale, quantityScale } = this.venue.truth(this.symbol, { fromTradeId: 1, toTradeId: 0 });
    for (const truth of this.venue.bars(
      this.symbol,
      this.interval,
      Math.ceil(fromMicros / 1000),
      last / 1000,
    )) {
      const bar = came.get(truth.openMillis * 1000);
      if (!bar) {
        const isTold = this.#gaps.some(
          ([from, to]) => from <= truth.openMillis * 1000 && truth.openMillis * 1000 <= to,
        );
        if (!isTold && truth.tradeCount > 0)
          this.#wrong(`bar ${truth.openMillis} with ${truth.tradeCount} trades is absent`);
        continue;
      }
      const units = (value: bigint, own: number, scale: number) => Number(value) * 10 ** (scale - own);
      const [price, quantity] = bar.scales;
      const given = [bar.open, bar.high, bar.low, bar.close].map((value) => units(value, price, priceScale));
      given.push(units(bar.volume, quantity, quantityScale), bar.tradeCount);
      const made = [truth.open, truth.high, truth.low, truth.close, truth.volume, truth.tradeCount];
      if (given.some((value, at) => value !== made[at])) {
        this.#wrong(`bar ${truth.openMillis} is ${given.join(" ")}, the venue made ${made.join(" ")}`);
      }
    }
    this.#gaps = this.#gaps.filter(([, toMicros]) => toMicros > last);
  }

  #wrong(text: string): void {
    this.report.violation(`${this.symbol} bars of ${this.interval}: ${text}`);
  }
}
