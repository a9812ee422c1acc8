import { bookTickerFrame } from "../../binance/frames/book-ticker-frame.js";
import { PrintStyle } from "../../binance/frames/print-style.js";
import { aggregateTradeFrame, tradeFrame } from "../../binance/frames/trade-frames.js";
import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import type { StreamPublisher } from "../market-source.js";
import { addTrade } from "./bar.js";
import { makeBarHistory } from "./bar-history.js";
import { BarSeries } from "./bar-series.js";
import type { BookListener } from "./book-listener.js";
import { type DayTicker, DayWindow } from "./day-window.js";
import { EventHistory } from "./event-history.js";
import { type Liquidation, liquidationOf } from "./liquidation.js";
import { type MarkPrice, markPrice } from "./mark-price.js";
import { aggregateRuns, MarketEvent } from "./market-event.js";
import { type Intervention, MatchingWalk, type WalkOptions } from "./matching-walk.js";
import type { OrderBook } from "./order-book.js";
import { SeededRandom, seedFor } from "./seeded-random.js";
import { TruthSum } from "./truth.js";

const SECOND_MILLIS = 1000;
const MINUTE_MILLIS = 60_000;

/** One symbol of a made-up market: its matching engine, its bars, its history and its real-time streams. */
export class SymbolMarket {
  readonly style: PrintStyle;
  readonly history: EventHistory;
  readonly truth = new TruthSum();
  /** Depth streams that somebody has subscribed. */
  readonly bookListeners = new Set<BookListener>();
  instrument: SimulatedInstrument;
  /** False while only history is asked for: it then catches up on demand. */
  followed = false;
  lastLiquidation: Liquidation | undefined;
  liquidationCount = 0;
  readonly #walk: MatchingWalk;
  readonly #interventions = new Map<number, Intervention>();
  readonly #event = new MarketEvent();
  readonly #minutes: BarSeries;
  /** Only where the market has one-second bars. */
  readonly #seconds: BarSeries | undefined;
  readonly #tradeStream: string;
  readonly #aggregateStream: string;
  readonly #bookStream: string;
  readonly #firstTradeId: number;
  #window: DayWindow | undefined;
  #hasHistory = false;
  #lastQuantity = 0;
  #lastEventMicros: number;
  /** Not TRADING, or its made-up engine stands still. */
  #halted: boolean;

  constructor(
    readonly market: BinanceMarket,
    instrument: SimulatedInstrument,
    private readonly options: WalkOptions,
    private readonly historyMinutes: number,
  ) {
    this.instrument = instrument;
    this.#halted = instrument.status !== "TRADING";
    const makeWalk = () => new MatchingWalk(instrument, options, this.#interventions);
    this.#walk = makeWalk();
    this.history = new EventHistory(this.#walk, makeWalk, options.bookLevels);
    this.style = new PrintStyle(market, instrument);
    this.#lastEventMicros = options.startMicros;
    const startMillis = Math.floor(options.startMicros / 1000);
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

  /** When the next event happens, microseconds; infinite for a symbol that does not trade. */
  get nextMicros(): number {
    return this.#halted ? Number.POSITIVE_INFINITY : this.#walk.nextMicros;
  }

  get lastIds(): { tradeId: number; aggregateId: number } | undefined {
    if (this.#walk.nextTradeId === this.#firstTradeId) return undefined;
    return { tradeId: this.#walk.nextTradeId - 1, aggregateId: this.#walk.nextAggregateId - 1 };
  }

  get book(): OrderBook {
    return this.#walk.book;
  }

  get bookUpdateId(): number {
    return this.#walk.bookUpdateId;
  }

  get eventCount(): number {
    return this.#walk.eventCount;
  }

  /** When the last event happened, or the start. */
  get lastEventMicros(): number {
    return this.#lastEventMicros;
  }

  /** Lets everything up to the instant happen unseen; for a symbol that nobody follows. */
  catchUp(atMicros: number, publisher: StreamPublisher): void {
    while (this.nextMicros <= atMicros) this.happen(publisher);
  }

  /** Stops or goes on trading; what would have happened in between never does. */
  halt(halted: boolean, nowMicros: number): void {
    if (this.#halted && !halted && this.#walk.nextMicros < nowMicros) this.intervene({ atMicros: nowMicros });
    this.#halted = halted;
  }

  /** Steps into the next event; a print behind another one into the first event that is none. */
  intervene(intervention: Intervention): void {
    let at = this.#walk.eventCount;
    while (intervention.print !== undefined && this.#interventions.get(at)?.print !== undefined) at++;
    const isNext = at === this.#walk.eventCount;
    const { atMicros } = isNext ? intervention : { atMicros: undefined };
    this.#interventions.set(at, { ...this.#interventions.get(at), ...intervention, atMicros });
    if (atMicros !== undefined) this.#walk.nextMicros = atMicros;
  }

  /** The bars that intervals of this name are made of, complete up to the instant. */
  barsFor(interval: string, atMillis: number): BarSeries {
    const series = interval === "1s" && this.#seconds ? this.#seconds : this.#minutes;
    if (series === this.#minutes && !this.#hasHistory) {
      this.#hasHistory = true;
      const random = new SeededRandom(seedFor(this.options.seed, `${this.instrument.symbol} bars`));
      series.prepend(
        makeBarHistory(
          this.market,
          this.instrument,
          random,
          series.firstOpen,
          this.#firstTradeId,
          Math.max(1, this.options.tradesPerSecond * 60),
          this.historyMinutes,
        ),
      );
    }
    series.advanceTo(atMillis);
    return series;
  }

  ticker(nowMillis: number): DayTicker {
    const minutes = this.barsFor("1m", nowMillis);
    this.#window ??= new DayWindow(minutes);
    const { bids, asks } = this.book;
    return {
      ...this.#window.read(),
      closeMillis: nowMillis,
      lastQuantity: this.#lastQuantity,
      bid: bids.bestPrice,
      bidQuantity: bids.bestQuantity,
      ask: asks.bestPrice,
      askQuantity: asks.bestQuantity,
    };
  }

  mark(nowMillis: number): MarkPrice {
    return markPrice(this.instrument, this.book, this.options.seed, nowMillis);
  }

  /** Lets the event that is due happen: into truth, bars and streams. */
  happen(publisher: StreamPublisher): void {
    const event = this.#event;
    this.history.beforeEvent();
    this.#walk.next(event);
    this.#lastEventMicros = event.eventMicros;
    if (event.fillCount > 0) this.#traded(event);
    if (!this.followed) return;
    if (event.fillCount > 0) {
      if (publisher.hasSubscribers(this.#tradeStream)) this.#publishTrades(publisher, event);
      if (publisher.hasSubscribers(this.#aggregateStream)) this.#publishAggregates(publisher, event);
    }
    if (event.changeCount === 0) return;
    for (const listener of this.bookListeners) listener.changed(event, publisher);
    if (event.topChanged && publisher.hasSubscribers(this.#bookStream)) {
      publisher.publish(
        this.#bookStream,
        (unit) => bookTickerFrame(this.market.name, this.instrument, this.style, event, unit),
        event.bookUpdateId,
        event.bookUpdateId,
      );
    }
  }

  #traded(event: MarketEvent): void {
    this.truth.add(event);
    if (event.origin !== "MARKET") return;
    this.#addToBars(event);
    this.#lastQuantity = event.quantities[event.fillCount - 1]!;
    if (event.liquidation) {
      this.lastLiquidation = liquidationOf(this.instrument, event);
      this.liquidationCount++;
    }
  }

  #addToBars(event: MarketEvent): void {
    const millis = Math.floor(event.eventMicros / 1000);
    this.#minutes.advanceTo(millis);
    this.#seconds?.advanceTo(millis);
    for (let fill = 0; fill < event.fillCount; fill++) {
      const id = event.firstTradeId + fill;
      const price = event.prices[fill]!;
      const quantity = event.quantities[fill]!;
      const quote = this.market.quoteUnits(this.instrument, price, quantity);
      addTrade(this.#minutes.current, id, price, quantity, quote, event.buyerIsMaker);
      if (this.#seconds) addTrade(this.#seconds.current, id, price, quantity, quote, event.buyerIsMaker);
    }
  }

  #publishTrades(publisher: StreamPublisher, event: MarketEvent): void {
    for (let fill = 0; fill < event.fillCount; fill++) {
      const tradeId = event.firstTradeId + fill;
      publisher.publish(
        this.#tradeStream,
        (unit) =>
          tradeFrame(
            this.market.name,
            this.instrument,
            this.style,
            {
              eventMicros: event.eventMicros,
              sendMicros: event.sendMicros,
              tradeId,
              price: event.prices[fill]!,
              quantity: event.quantities[fill]!,
              buyerIsMaker: event.buyerIsMaker,
              origin: event.origin,
            },
            unit,
          ),
        tradeId,
        tradeId,
      );
    }
  }

  #publishAggregates(publisher: StreamPublisher, event: MarketEvent): void {
    for (const run of aggregateRuns(event)) {
      publisher.publish(
        this.#aggregateStream,
        (unit) =>
          aggregateTradeFrame(
            this.market.name,
            this.instrument,
            this.style,
            {
              eventMicros: event.eventMicros,
              sendMicros: event.sendMicros,
              aggregateId: run.aggregateId,
              firstTradeId: event.firstTradeId + run.from,
              lastTradeId: event.firstTradeId + run.to - 1,
              price: event.prices[run.from]!,
              quantity: run.quantity,
              buyerIsMaker: event.buyerIsMaker,
            },
            unit,
          ),
        run.aggregateId,
        run.aggregateId,
      );
    }
  }
}
