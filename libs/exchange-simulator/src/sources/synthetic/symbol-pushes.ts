import { bookTickerFrame } from "../../binance/frames/book-ticker-frame.js";
import { forceOrderFrame, markPriceFrame } from "../../binance/frames/derivative-frames.js";
import { miniTickerFrame, tickerFrame } from "../../binance/frames/ticker-frames.js";
import type { TimeUnit } from "../../binance/frames/time-text.js";
import type { StreamPublisher } from "../market-source.js";
import type { PacedPush } from "./pace-groups.js";
import type { SymbolMarket } from "./symbol-market.js";

/** Entries of one array message of `!markPrice@arr`; measured: 744 and then the rest. */
const MARK_PRICES_PER_MESSAGE = 744;

/** Prints what one symbol has to say at a step, or undefined if nothing changed. */
export type SymbolPrint = (
  symbolMarket: SymbolMarket,
  nowMillis: number,
) => ((unit: TimeUnit) => string) | undefined;

export const printTicker: SymbolPrint = (symbolMarket, nowMillis) => {
  const ticker = symbolMarket.ticker(nowMillis);
  const { market, instrument, style } = symbolMarket;
  return (unit) => tickerFrame(market.name, instrument, style, ticker, nowMillis * 1000, unit);
};

export const printMiniTicker: SymbolPrint = (symbolMarket, nowMillis) => {
  const ticker = symbolMarket.ticker(nowMillis);
  const { market, instrument, style } = symbolMarket;
  return (unit) => miniTickerFrame(market.name, instrument, style, ticker, nowMillis * 1000, unit);
};

export const printMarkPrice: SymbolPrint = (symbolMarket, nowMillis) => {
  const { market, instrument, style } = symbolMarket;
  return () => markPriceFrame(market.name, instrument, style, symbolMarket.mark(nowMillis), nowMillis);
};

/** `<symbol>@markPrice` and others that say something at every step. */
export class SteadyPush implements PacedPush {
  constructor(
    private readonly symbolMarket: SymbolMarket,
    private readonly stream: string,
    private readonly print: SymbolPrint,
  ) {}

  step(nowMillis: number, publisher: StreamPublisher): void {
    const print = this.print(this.symbolMarket, nowMillis);
    if (print) publisher.publish(this.stream, print);
  }
}

/** Tickers: pushed when the symbol traded or its top changed since the push before. */
export class TickerPush implements PacedPush {
  #pushedEvents = -1;

  constructor(
    private readonly symbolMarket: SymbolMarket,
    private readonly stream: string,
    private readonly print: SymbolPrint,
  ) {}

  step(nowMillis: number, publisher: StreamPublisher): void {
    if (this.symbolMarket.eventCount === this.#pushedEvents) return;
    this.#pushedEvents = this.symbolMarket.eventCount;
    publisher.publish(this.stream, this.print(this.symbolMarket, nowMillis)!);
  }
}

/**
 * `!ticker@arr`, `!miniTicker@arr`: an array of the symbols that changed. `!markPrice@arr`: all of them, split over
 * several messages.
 */
export class ArrayPush implements PacedPush {
  readonly #pushedEvents = new Map<string, number>();

  constructor(
    private readonly symbolMarkets: () => Iterable<SymbolMarket>,
    private readonly stream: string,
    private readonly print: SymbolPrint,
    private readonly always: boolean,
  ) {}

  step(nowMillis: number, publisher: StreamPublisher): void {
    let prints: ((unit: TimeUnit) => string)[] = [];
    for (const symbolMarket of this.symbolMarkets()) {
      const { symbol } = symbolMarket.instrument;
      if (!this.always && this.#pushedEvents.get(symbol) === symbolMarket.eventCount) continue;
      this.#pushedEvents.set(symbol, symbolMarket.eventCount);
      const print = this.print(symbolMarket, nowMillis);
      if (print) prints.push(print);
      if (!this.always || prints.length < MARK_PRICES_PER_MESSAGE) continue;
      this.#publish(prints, publisher);
      prints = [];
    }
    if (prints.length > 0) this.#publish(prints, publisher);
  }

  #publish(prints: readonly ((unit: TimeUnit) => string)[], publisher: StreamPublisher): void {
    publisher.publish(this.stream, (unit) => `[${prints.map((print) => print(unit)).join(",")}]`);
  }
}

/** `forceOrder` of one symbol or of all: at most the latest liquidation per symbol and second. */
export class ForceOrderPush implements PacedPush {
  readonly #pushed = new Map<string, number>();

  constructor(
    private readonly symbolMarkets: () => Iterable<SymbolMarket>,
    private readonly stream: string,
  ) {
    for (const { instrument, liquidationCount } of symbolMarkets()) {
      this.#pushed.set(instrument.symbol, liquidationCount);
    }
  }

  step(nowMillis: number, publisher: StreamPublisher): void {
    for (const symbolMarket of this.symbolMarkets()) {
      const { instrument, market, style, lastLiquidation, liquidationCount } = symbolMarket;
      if (!lastLiquidation || (this.#pushed.get(instrument.symbol) ?? 0) === liquidationCount) continue;
      this.#pushed.set(instrument.symbol, liquidationCount);
      publisher.publish(this.stream, () =>
        forceOrderFrame(market.name, instrument, style, lastLiquidation, nowMillis),
      );
    }
  }
}

/** `!bookTicker` of the futures: the top of every symbol that changed, one message each. */
export class AllTopsPush implements PacedPush {
  readonly #pushed = new Map<string, number>();

  constructor(
    private readonly symbolMarkets: () => Iterable<SymbolMarket>,
    private readonly stream: string,
  ) {}

  step(nowMillis: number, publisher: StreamPublisher): void {
    for (const symbolMarket of this.symbolMarkets()) {
      const { instrument, market, style, book, bookUpdateId } = symbolMarket;
      if (this.#pushed.get(instrument.symbol) === bookUpdateId) continue;
      this.#pushed.set(instrument.symbol, bookUpdateId);
      const top = {
        eventMicros: symbolMarket.lastEventMicros,
        sendMicros: nowMillis * 1000,
        bookUpdateId,
        bid: book.bids.bestPrice,
        bidQuantity: book.bids.bestQuantity,
        ask: book.asks.bestPrice,
        askQuantity: book.asks.bestQuantity,
      };
      publisher.publish(
        this.stream,
        (unit) => bookTickerFrame(market.name, instrument, style, top, unit),
        bookUpdateId,
        bookUpdateId,
      );
    }
  }
}
