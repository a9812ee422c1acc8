import { klineFrame } from "../../binance/frames/kline-frame.js";
import { barOpen } from "../../binance/markets/intervals.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import type { StreamPublisher } from "../market-source.js";
import { IntervalCursor } from "./bar-series.js";
import type { PacedPush } from "./pace-groups.js";
import type { SymbolMarket } from "./symbol-market.js";

/**
 * One subscribed `<symbol>@kline_<interval>`: pushed at the market's pace while the bar changes, and once more with
 * `x: true` at the first pace step after its end.
 */
export class KlinePush implements PacedPush {
  #cursor: IntervalCursor;
  #pushedTradeId = -1;

  constructor(
    private readonly market: BinanceMarket,
    private readonly symbolMarket: SymbolMarket,
    private readonly stream: string,
    private readonly interval: string,
    nowMillis: number,
  ) {
    this.#cursor = this.#cursorAt(nowMillis);
  }

  step(nowMillis: number, publisher: StreamPublisher): void {
    this.symbolMarket.barsFor(this.interval, nowMillis);
    while (this.#cursor.nextOpen <= nowMillis) {
      this.#publish(nowMillis, true, publisher);
      this.#cursor = this.#cursorAt(this.#cursor.nextOpen);
      this.#pushedTradeId = -1;
    }
    this.#publish(nowMillis, false, publisher);
  }

  #publish(nowMillis: number, closed: boolean, publisher: StreamPublisher): void {
    const bar = this.#cursor.bar();
    if (!closed && bar.lastTradeId === this.#pushedTradeId) return;
    this.#pushedTradeId = bar.lastTradeId;
    publisher.publish(
      this.stream,
      (unit) =>
        klineFrame(
          this.market.name,
          this.symbolMarket.instrument,
          this.symbolMarket.style,
          this.interval,
          bar,
          this.#cursor.nextOpen - 1,
          closed,
          nowMillis * 1000,
          unit,
        ),
      bar.openMillis,
      bar.openMillis,
    );
  }

  #cursorAt(atMillis: number): IntervalCursor {
    const series = this.symbolMarket.barsFor(this.interval, atMillis);
    return new IntervalCursor(series, this.interval, barOpen(this.interval, atMillis));
  }
}
