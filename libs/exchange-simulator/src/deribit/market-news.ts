import { type Candle, candleUpToNow } from "./candles.js";
import { quoteData, stateChannels } from "./channel-data.js";
import type { DeribitMarket } from "./deribit-market.js";
import type { LineHub } from "./line-hub.js";
import type { BookChange, DeribitTrade, SymbolTrading } from "./symbol-trading.js";

const SLOW_MILLIS = 1000;

/** Tells the readers of channels what happened. */
export class MarketNews {
  readonly #candles = new Map<string, Candle>();
  readonly #listed = new Set<string>();
  readonly #slowMillis = new Map<string, number>();

  constructor(private readonly hub: LineHub) {}

  /** Instruments that came or went since the last call. */
  states(market: DeribitMarket, nowMillis: number): void {
    for (const instrument of market.instruments) {
      const { symbol } = instrument;
      const isListed = market.isListed(symbol, nowMillis);
      if (isListed === this.#listed.has(symbol)) continue;
      if (isListed) this.#listed.add(symbol);
      else this.#listed.delete(symbol);
      const data = { timestamp: nowMillis, state: isListed ? "started" : "closed", instrument_name: symbol };
      for (const channel of stateChannels(instrument)) this.hub.tell(channel, () => data);
    }
  }

  book(symbol: string, { asks, bids, changeId, previousId }: BookChange, nowMillis: number): void {
    const data = {
      type: "change",
      timestamp: nowMillis,
      prev_change_id: previousId,
      instrument_name: symbol,
      change_id: changeId,
      bids,
      asks,
    };
    for (const interval of ["100ms", "raw"]) this.hub.tell(`book.${symbol}.${interval}`, () => data);
  }

  trades(symbol: string, trades: readonly DeribitTrade[]): void {
    const data = () => trades.map(({ row }) => row);
    for (const interval of ["100ms", "raw"]) this.hub.tell(`trades.${symbol}.${interval}`, data);
  }

  /** @param ticker the data of its ticker, asked for if somebody reads it */
  prices(trading: SymbolTrading, ticker: () => object, nowMillis: number): void {
    const { symbol } = trading.instrument;
    for (const interval of ["100ms", "raw"]) this.hub.tell(`ticker.${symbol}.${interval}`, ticker);
    // Of `agg2` sources say one to two seconds.
    if (nowMillis - (this.#slowMillis.get(symbol) ?? 0) >= SLOW_MILLIS) {
      this.#slowMillis.set(symbol, nowMillis);
      this.hub.tell(`ticker.${symbol}.agg2`, ticker);
    }
    this.hub.tell(`quote.${symbol}`, () => quoteData(trading, nowMillis));
  }

  candles(symbol: string, trades: readonly DeribitTrade[], nowMillis: number): void {
    const prefix = `chart.trades.${symbol}.`;
    for (const [channel, candle] of this.#candles) {
      if (!channel.startsWith(prefix)) continue;
      const data = candle.next(trades, nowMillis);
      if (data) this.hub.tell(channel, () => data);
    }
  }

  /** The candles of a channel are kept from now on. */
  beginCandle(channel: string, trading: SymbolTrading, nowMillis: number): void {
    if (this.#candles.has(channel)) return;
    const resolution = channel.slice(channel.lastIndexOf(".") + 1);
    this.#candles.set(channel, candleUpToNow(resolution, trading.allTrades, nowMillis).candle);
  }
}
