import { DataType, NO_RESOLUTION, type TimeResolutionText } from "@ims/common";
import type { Subscription } from "../delivery/delivery.js";
import type { SkippedMessage } from "../delivery/skipped-messages.js";
import type { SlowConsumerPolicy } from "../delivery/slow-consumer.js";
import type { StartFrom } from "../delivery/start-from.js";
import type { BookMessage, TopOfBookMessage } from "../records/book-message.js";
import type {
  LiquidationMessage,
  MarkPriceMessage,
  OptionTickerMessage,
  TickerMessage,
} from "../records/derivative-message.js";
import type { FeedStatusMessage, GapMessage } from "../records/feed-message.js";
import {
  type BarMessage,
  DATA_MESSAGE_TYPES,
  type DataMessage,
  type MarketMessage,
  type MarketMessageType,
  type TradeMessage,
} from "../records/market-message.js";
import type { OrdersMessage } from "../records/order-message.js";
import { resolveResolution } from "./client-settings.js";

export interface IterationOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** What happens when the consumer is too slow. Default `block`. */
  readonly onFull?: SlowConsumerPolicy | undefined;
  /** Messages that the iteration holds at most, 1 to 10,000,000. Default: `queueCapacity` of the client. */
  readonly capacity?: number | undefined;
}

/** What an iteration gives: with `onFull: "skip"` also notices of what was skipped. */
export type Iteration<Message, Options extends IterationOptions> = AsyncIterableIterator<
  Options extends { readonly onFull: "skip" } ? Message | SkippedMessage : Message
>;

export interface StartOptions {
  /** Where the symbols begin. Default `now`; of no effect on a symbol that runs. */
  readonly from?: StartFrom | undefined;
}

/** One symbol or several, named as the venue does. */
export type Symbols = string | readonly string[];

/** The data that a client can ask for: a start, a stop and an iteration for each kind. */
export abstract class ClientFeeds {
  /**
   * Asks for the trades of one or several symbols, named as the venue does. All or none: if one is refused, the call
   * rejects and the others of this call do not run either. Starting what runs changes nothing.
   * @throws ImsError `client.refused` with the service's sentence, `client.no-reply`, `client.invalid-argument`
   */
  startTradeData(symbols: Symbols, options: StartOptions = {}): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Trade, NO_RESOLUTION, symbols, options);
  }

  /** Asks for bars of one resolution such as `1m`; otherwise as {@link startTradeData}. */
  async startOhlcvData(
    symbols: Symbols,
    resolution: TimeResolutionText,
    options: StartOptions = {},
  ): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Bar, resolveResolution(resolution), symbols, options);
  }

  /** Asks for the best bids and asks; otherwise as {@link startTradeData}. */
  startTopOfBook(symbols: Symbols, options: StartOptions = {}): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.TopOfBook, NO_RESOLUTION, symbols, options);
  }

  /** Asks for the books: the whole one first, then its changes, see {@link Book}; otherwise as {@link startTradeData}. */
  startBook(symbols: Symbols, options: StartOptions = {}): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Book, NO_RESOLUTION, symbols, options);
  }

  /** Asks for mark prices and funding of derivatives; otherwise as {@link startTradeData}. */
  startMarkPrice(symbols: Symbols, options: StartOptions = {}): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.MarkPrice, NO_RESOLUTION, symbols, options);
  }

  /** Asks for the orders by which the venue closes positions; otherwise as {@link startTradeData}. */
  startLiquidations(symbols: Symbols, options: StartOptions = {}): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Liquidation, NO_RESOLUTION, symbols, options);
  }

  /** Asks for prices, implied volatilities and greeks of options; otherwise as {@link startTradeData}. */
  startOptionTickers(symbols: Symbols, options: StartOptions = {}): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.OptionTicker, NO_RESOLUTION, symbols, options);
  }

  /** Asks for the statistics of the last 24 hours; otherwise as {@link startTradeData}. */
  startTickers(symbols: Symbols, options: StartOptions = {}): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Ticker, NO_RESOLUTION, symbols, options);
  }

  /**
   * Asks for the single orders of the venue's book: all of them first, then each event of one, see
   * {@link StandingOrders}; otherwise as {@link startTradeData}.
   */
  startOrders(symbols: Symbols, options: StartOptions = {}): Promise<readonly Subscription[]> {
    return this.startFeed(DataType.Order, NO_RESOLUTION, symbols, options);
  }

  /** Ends the trades of the symbols; returns how many subscriptions ended. Other clients keep theirs. */
  stopTradeData(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Trade, NO_RESOLUTION, symbols);
  }

  /** Ends the bars of the symbols in one resolution; returns how many subscriptions ended. */
  async stopOhlcvData(symbols: Symbols, resolution: TimeResolutionText): Promise<number> {
    return this.stopFeed(DataType.Bar, resolveResolution(resolution), symbols);
  }

  /** As {@link stopTradeData}. */
  stopTopOfBook(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.TopOfBook, NO_RESOLUTION, symbols);
  }

  /** As {@link stopTradeData}. */
  stopBook(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Book, NO_RESOLUTION, symbols);
  }

  /** As {@link stopTradeData}. */
  stopMarkPrice(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.MarkPrice, NO_RESOLUTION, symbols);
  }

  /** As {@link stopTradeData}. */
  stopLiquidations(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Liquidation, NO_RESOLUTION, symbols);
  }

  /** As {@link stopTradeData}. */
  stopOptionTickers(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.OptionTicker, NO_RESOLUTION, symbols);
  }

  /** As {@link stopTradeData}. */
  stopTickers(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Ticker, NO_RESOLUTION, symbols);
  }

  /** As {@link stopTradeData}. */
  stopOrders(symbols: Symbols): Promise<number> {
    return this.stopFeed(DataType.Order, NO_RESOLUTION, symbols);
  }

  /**
   * All data of the feeds that this client asked for, in order within each symbol and kind, from where each feed stands;
   * {@link gaps} and {@link feedStatus} are apart. Leaving the loop, or the signal, ends the iteration.
   * @throws ImsError `client.invalid-argument` for options that do not fit; what ends the client ends the iteration too
   */
  messages<Options extends IterationOptions>(options?: Options): Iteration<DataMessage, Options> {
    return this.iterate(DATA_MESSAGE_TYPES, options ?? {}) as Iteration<DataMessage, Options>;
  }

  /** Only trades; otherwise as {@link messages}. */
  trades<Options extends IterationOptions>(options?: Options): Iteration<TradeMessage, Options> {
    return this.iterate(["trade"], options ?? {}) as Iteration<TradeMessage, Options>;
  }

  /** Only bars, forming ones too; otherwise as {@link messages}. */
  bars<Options extends IterationOptions>(options?: Options): Iteration<BarMessage, Options> {
    return this.iterate(["bar"], options ?? {}) as Iteration<BarMessage, Options>;
  }

  /** Only best bids and asks; otherwise as {@link messages}. */
  topOfBook<Options extends IterationOptions>(options?: Options): Iteration<TopOfBookMessage, Options> {
    return this.iterate(["top-of-book"], options ?? {}) as Iteration<TopOfBookMessage, Options>;
  }

  /** Only whole books and their changes, which {@link Book} puts together; otherwise as {@link messages}. */
  book<Options extends IterationOptions>(options?: Options): Iteration<BookMessage, Options> {
    return this.iterate(["book-snapshot", "book-delta"], options ?? {}) as Iteration<BookMessage, Options>;
  }

  /** Only mark prices; otherwise as {@link messages}. */
  markPrices<Options extends IterationOptions>(options?: Options): Iteration<MarkPriceMessage, Options> {
    return this.iterate(["mark-price"], options ?? {}) as Iteration<MarkPriceMessage, Options>;
  }

  /** Only liquidations; otherwise as {@link messages}. */
  liquidations<Options extends IterationOptions>(options?: Options): Iteration<LiquidationMessage, Options> {
    return this.iterate(["liquidation"], options ?? {}) as Iteration<LiquidationMessage, Options>;
  }

  /** Only prices and greeks of options; otherwise as {@link messages}. */
  optionTickers<Options extends IterationOptions>(
    options?: Options,
  ): Iteration<OptionTickerMessage, Options> {
    return this.iterate(["option-ticker"], options ?? {}) as Iteration<OptionTickerMessage, Options>;
  }

  /** Only 24-hour statistics; otherwise as {@link messages}. */
  tickers<Options extends IterationOptions>(options?: Options): Iteration<TickerMessage, Options> {
    return this.iterate(["ticker"], options ?? {}) as Iteration<TickerMessage, Options>;
  }

  /** Only single orders and all of them, which {@link StandingOrders} puts together; otherwise as {@link messages}. */
  orders<Options extends IterationOptions>(options?: Options): Iteration<OrdersMessage, Options> {
    return this.iterate(["order-snapshot", "order"], options ?? {}) as Iteration<OrdersMessage, Options>;
  }

  /**
   * Losses in the feeds that this client asked for, told since its first start: what is missing, and why. Those that were
   * told before, which feeds that begin in the past may lack, stand in the gap ledger.
   */
  gaps<Options extends IterationOptions>(options?: Options): Iteration<GapMessage, Options> {
    return this.iterate(["gap"], options ?? {}) as Iteration<GapMessage, Options>;
  }

  /** Changes of state of the feeds that this client asked for, told since its first start. */
  feedStatus<Options extends IterationOptions>(options?: Options): Iteration<FeedStatusMessage, Options> {
    return this.iterate(["feed-status"], options ?? {}) as Iteration<FeedStatusMessage, Options>;
  }

  protected abstract startFeed(
    dataType: DataType,
    resolution: number,
    symbols: Symbols,
    options: StartOptions,
  ): Promise<readonly Subscription[]>;

  protected abstract stopFeed(dataType: DataType, resolution: number, symbols: Symbols): Promise<number>;

  protected abstract iterate<Type extends MarketMessageType>(
    types: readonly Type[],
    options: IterationOptions,
  ): AsyncIterableIterator<Extract<MarketMessage, { type: Type }>>;
}
