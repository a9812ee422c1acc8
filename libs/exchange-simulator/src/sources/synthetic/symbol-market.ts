import { bookTickerFrame } from "../../binance/frames/book-ticker-frame.js";
import { PrintStyle } from "../../binance/frames/print-style.js";
import { aggregateTradeFrame, tradeFrame } from "../../binance/frames/trade-frames.js";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import type { StreamPublisher } from "../market-source.js";
import { addTrade } from "./bar.js";
import { makeBarHistory } from "./bar-history.js";
import { BarSeries } from "./bar-series.js";
import { SeededRandom, seedFor } from "./seeded-random.js";
import { aggregateRuns, TakerOrder } from "./taker-order.js";
import { TradeHistory } from "./trade-history.js";
import { TradeWalk } from "./trade-walk.js";
import { TruthSum } from "./truth.js";

const SECOND_MILLIS = 1000;
const MINUTE_MILLIS = 60_000;

/** One symbol of a made-up market: its walk, its bars, its history and its trade streams. */
export class SymbolMarket {
  readonly style: PrintStyle;
  readonly history: TradeHistory;
  readonly truth = new TruthSum();
  readonly #walk: TradeWalk;
  readonly #order = new TakerOrder();
  readonly #minutes: BarSeries;
  /** Only where the market has one-second bars. */
  readonly #seconds: BarSeries | undefined;
  readonly #tradeStream: string;
  readonly #aggregateStream: string;
  readonly #bookStream: string;
  readonly #firstTradeId: number;
  #hasHistory = false;

  constructor(
    private readonly market: BinanceMarket,
    readonly instrument: SimulatedInstrument,
    private readonly seed: number,
    startMicros: number,
    private readonly tradesPerSecond: number,
    unusualShare: number,
  ) {
    const makeWalk = () => new TradeWalk(instrument, seed, startMicros, tradesPerSecond, unusualShare);
    this.#walk = makeWalk();
    this.history = new TradeHistory(this.#walk, makeWalk());
    this.style = new PrintStyle(market, instrument);
    const startMillis = Math.floor(startMicros / 1000);
    this.#minutes = new BarSeries(MINUTE_MILLIS, startMillis, instrument.startPriceUnits);
    if (market.intervals.includes("1s")) {
      this.#seconds = new BarSeries(SECOND_MILLIS, startMillis, instrument.startPriceUnits);
    }
    this.#firstTradeId = this.#walk.nextTradeId;
    const subject = instrument.symbol.toLowerCase();
    this.#tradeStream = `${subject}@trade`;
    this.#aggregateStream = `${subject}@aggTrade`;
    this.#bookStream = `${subject}@bookTicker`;
  }

  /** When the next order happens, microseconds; infinite for a symbol that does not trade. */
  get nextMicros(): number {
    return this.#walk.nextMicros;
  }

  get lastIds(): { tradeId: number; aggregateId: number } | undefined {
    if (this.#walk.nextTradeId === this.#firstTradeId) return undefined;
    return { tradeId: this.#walk.nextTradeId - 1, aggregateId: this.#walk.nextAggregateId - 1 };
  }

  /** The bars that intervals of this name are made of, complete up to the instant. */
  barsFor(interval: string, atMillis: number): BarSeries {
    const series = interval === "1s" && this.#seconds ? this.#seconds : this.#minutes;
    if (series === this.#minutes && !this.#hasHistory) {
      this.#hasHistory = true;
      const random = new SeededRandom(seedFor(this.seed, `${this.instrument.symbol} bars`));
      series.prepend(
        makeBarHistory(
          this.market,
          this.instrument,
          random,
          series.firstOpen,
          this.#firstTradeId,
          Math.max(1, this.tradesPerSecond * 60),
        ),
      );
    }
    series.advanceTo(atMillis);
    return series;
  }

  /** Lets the order that is due happen: into truth, bars and streams. */
  trade(publisher: StreamPublisher): void {
    const order = this.#order;
    this.history.beforeOrder();
    this.#walk.next(order);
    this.truth.add(order);
    if (order.origin === "MARKET") this.#addToBars(order);
    if (publisher.hasSubscribers(this.#tradeStream)) this.#publishTrades(publisher, order);
    if (publisher.hasSubscribers(this.#aggregateStream)) this.#publishAggregates(publisher, order);
    if (publisher.hasSubscribers(this.#bookStream)) {
      publisher.publish(this.#bookStream, (unit) =>
        bookTickerFrame(
          this.market.name,
          this.instrument,
          this.style,
          { ...order, updateId: order.bookUpdateId },
          unit,
        ),
      );
    }
  }

  #addToBars(order: TakerOrder): void {
    const millis = Math.floor(order.eventMicros / 1000);
    this.#minutes.advanceTo(millis);
    this.#seconds?.advanceTo(millis);
    for (let fill = 0; fill < order.fillCount; fill++) {
      const id = order.firstTradeId + fill;
      const price = order.prices[fill]!;
      const quantity = order.quantities[fill]!;
      const quote = this.market.quoteUnits(this.instrument, price, quantity);
      addTrade(this.#minutes.current, id, price, quantity, quote, order.buyerIsMaker);
      if (this.#seconds) addTrade(this.#seconds.current, id, price, quantity, quote, order.buyerIsMaker);
    }
  }

  #publishTrades(publisher: StreamPublisher, order: TakerOrder): void {
    for (let fill = 0; fill < order.fillCount; fill++) {
      publisher.publish(this.#tradeStream, (unit) =>
        tradeFrame(
          this.market.name,
          this.instrument,
          this.style,
          {
            eventMicros: order.eventMicros,
            sendMicros: order.sendMicros,
            tradeId: order.firstTradeId + fill,
            price: order.prices[fill]!,
            quantity: order.quantities[fill]!,
            buyerIsMaker: order.buyerIsMaker,
            origin: order.origin,
          },
          unit,
        ),
      );
    }
  }

  #publishAggregates(publisher: StreamPublisher, order: TakerOrder): void {
    for (const run of aggregateRuns(order)) {
      publisher.publish(this.#aggregateStream, (unit) =>
        aggregateTradeFrame(
          this.market.name,
          this.instrument,
          this.style,
          {
            eventMicros: order.eventMicros,
            sendMicros: order.sendMicros,
            aggregateId: run.aggregateId,
            firstTradeId: order.firstTradeId + run.from,
            lastTradeId: order.firstTradeId + run.to - 1,
            price: order.prices[run.from]!,
            quantity: run.quantity,
            buyerIsMaker: order.buyerIsMaker,
          },
          unit,
        ),
      );
    }
  }
}
