import { DataType, NO_RESOLUTION, type TimeResolutionText } from "@ims/common";
import type { Subscription } from "../delivery/delivery.js";
import type { BookMessage, TopOfBookMessage } from "../records/book-message.js";
import type { LiquidationMessage, MarkPriceMessage, TickerMessage } from "../records/derivative-message.js";
import type { FeedStatusMessage, GapMessage } from "../records/feed-message.js";
import {
  type BarMessage,
  DATA_MESSAGE_TYPES,
  type DataMessage,
  type MarketMessage,
  type MarketMessageType,
  type TradeMessage,
} from "../records/market-message.js";
import { resolveResolution } from "./client-settings.js";

export interface IterationOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined;
}

/** One symbol or several, named as the venue does. */
export type Symbols = string | readonly string[];

/** The data that a client can ask for: a start, a stop and an iteration for each kind. */
export abstract class ClientFeeds {
  /**
   * Asks for the trades of one or several symbols, named as the venue does. All or none: if one is refused, the call
   * rejects and the others of this call do not run either. Starting what runs changes nothing.
   * @throws ImsError `client.refused` with the service's sentence, `client.no-reply`
   */
  startTradeData(symbols: Symbols): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Trade, NO_RESOLUTION, symbols);
  }

  /** Asks for bars of one resolution such as `1m`; otherwise as {@link startTradeData}. */
  async startOhlcvData(symbols: Symbols, resolution: TimeResolutionText): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Bar, resolveResolution(resolution), symbols);
  }

  /** Asks for the best bids and asks; otherwise as {@link startTradeData}. */
  startTopOfBook(symbols: Symbols): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.TopOfBook, NO_RESOLUTION, symbols);
  }

  /** Asks for the books: the whole one first, then its changes, see {@link Book}; otherwise as {@link startTradeData}. */
  startBook(symbols: Symbols): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Book, NO_RESOLUTION, symbols);
  }

  /** Asks for mark prices and funding of derivatives; otherwise as {@link startTradeData}. */
  startMarkPrice(symbols: Symbols): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.MarkPrice, NO_RESOLUTION, symbols);
  }

  /** Asks for the orders by which the venue closes positions; otherwise as {@link startTradeData}. */
  startLiquidations(symbols: Symbols): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Liquidation, NO_RESOLUTION, symbols);
  }

  /** Asks for the statistics of the last 24 hours; otherwise as {@link startTradeData}. */
  startTickers(symbols: Symbols): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Ticker, NO_RESOLUTION, symbols);
  }

  /** Ends the trades of the symbols; returns how many subscriptions ended. Other clients keep theirs. */
  stopTradeData(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Trade, NO_RESOLUTION, symbols);
  }

  /** Ends the bars of the symbols in one resolution; returns how many subscriptions ended. */
  async stopOhlcvData(symbols: Symbols, resolution: TimeResolutionText): Promise<number> {
    return this.stopFeed(DataType.Bar, resolveResolution(resolution), symbols);
  }

  stopTopOfBook(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.TopOfBook, NO_RESOLUTION, symbols);
  }

  stopBook(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Book, NO_RESOLUTION, symbols);
  }

  stopMarkPrice(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.MarkPrice, NO_RESOLUTION, symbols);
  }

  stopLiquidations(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Liquidation, NO_RESOLUTION, symbols);
  }

  stopTickers(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Ticker, NO_RESOLUTION, symbols);
  }

  /** All data from now on, in order within each symbol and kind; {@link gaps} and {@link feedStatus} are apart. */
  messages(options: IterationOptions = {}): AsyncIterableIterator<DataMessage> {
    return this.iterate(DATA_MESSAGE_TYPES, options);
  }

  trades(options: IterationOptions = {}): AsyncIterableIterator<TradeMessage> {
    return this.iterate(["trade"], options);
  }

  bars(options: IterationOptions = {}): AsyncIterableIterator<BarMessage> {
    return this.iterate(["bar"], options);
  }

  topOfBook(options: IterationOptions = {}): AsyncIterableIterator<TopOfBookMessage> {
    return this.iterate(["top-of-book"], options);
  }

  /** Whole books and their changes; {@link Book} puts them together. */
  book(options: IterationOptions = {}): AsyncIterableIterator<BookMessage> {
    return this.iterate(["book-snapshot", "book-delta"], options);
  }

  markPrices(options: IterationOptions = {}): AsyncIterableIterator<MarkPriceMessage> {
    return this.iterate(["mark-price"], options);
  }

  liquidations(options: IterationOptions = {}): AsyncIterableIterator<LiquidationMessage> {
    return this.iterate(["liquidation"], options);
  }

  tickers(options: IterationOptions = {}): AsyncIterableIterator<TickerMessage> {
    return this.iterate(["ticker"], options);
  }

  /** Losses in the feeds that this client asked for, told since its first start: what is missing, and why. */
  gaps(options: IterationOptions = {}): AsyncIterableIterator<GapMessage> {
    return this.iterate(["gap"], options);
  }

  /** Changes of state of the feeds that this client asked for, told since its first start. */
  feedStatus(options: IterationOptions = {}): AsyncIterableIterator<FeedStatusMessage> {
    return this.iterate(["feed-status"], options);
  }

  protected abstract startFeed(
    dataType: DataType,
    resolution: number,
    symbols: Symbols,
  ): Promise<readonly Subscription[]>;

  protected abstract stopFeed(dataType: DataType, resolution: number, symbols: Symbols): Promise<number>;

  protected abstract iterate<Type extends MarketMessageType>(
    types: readonly Type[],
    options: IterationOptions,
  ): AsyncIterableIterator<Extract<MarketMessage, { type: Type }>>;
}
