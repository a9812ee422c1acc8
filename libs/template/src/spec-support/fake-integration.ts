import {
  Aggressor,
  BarState,
  DataType,
  dataTypeName,
  ExchangeId,
  type Instrument,
  MantissaCell,
  nearestNames,
  type TimeResolutionText,
  TradeKind,
  timeResolutionOf,
} from "@ims/common";
import type {
  BarFields,
  FeedRequest,
  ImsDataIntegration,
  IntegrationContext,
  IntegrationDescription,
  IntegrationFactory,
  IntegrationStatus,
  MarketDataSink,
  SubscriptionStatus,
  SymbolValidation,
  TradeFields,
} from "@ims/traits";

export function testInstrument(symbol: string): Instrument {
  return {
    exchange: ExchangeId.BinanceSpot,
    symbol,
    base: symbol.slice(0, 3),
    quote: "USDT",
    settle: "USDT",
    kind: "spot",
    status: "trading",
    priceScale: 2,
    quantityScale: 5,
    priceIncrement: "0.01",
    quantityIncrement: "0.00001",
  };
}

/** A venue that does what a test tells it to. */
export class FakeIntegration implements ImsDataIntegration {
  readonly description: IntegrationDescription;
  readonly calls: string[] = [];
  /** The trades behind which feeds of trades were to go on, by symbol, at their last start. */
  readonly resumedBehind = new Map<string, number | undefined>();
  /** `trades A` and `bars A 1m` while they run. */
  readonly running = new Set<string>();
  instruments: Instrument[] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"].map(testInstrument);
  failNextStart: Error | undefined;
  failNextStop: Error | undefined;
  /** Starts of such symbols are refused, always. */
  refusesStart: (symbols: readonly string[]) => boolean = () => false;
  /** The symbol list waits until this resolves. */
  symbolsGate: Promise<void> = Promise.resolve();
  isShutDown = false;
  isConnected = true;
  /** What it says of its subscriptions. */
  statuses: SubscriptionStatus[] = [];
  sink!: MarketDataSink;
  #lastTradeId: IntegrationContext["lastTradeId"];
  readonly #trade: TradeFields = emptyTrade();
  #held: Promise<void> | undefined;

  constructor(
    exchange: ExchangeId = ExchangeId.BinanceSpot,
    dataTypes: readonly DataType[] = [DataType.Trade, DataType.Bar],
  ) {
    this.description = {
      exchange,
      title: "Test venue",
      dataTypes,
      resolutions: ["1m", "1h"],
    };
  }

  /** For `startDataService`: this very object, with the service's sink. */
  readonly factory: IntegrationFactory = (context: IntegrationContext) => {
    this.sink = context.sink;
    this.#lastTradeId = context.lastTradeId;
    return this;
  };

  /** The next start waits until the test settles it. */
  holdNextStart(): { resolve(): void; reject(error: Error): void } {
    let settle!: { resolve(): void; reject(error: Error): void };
    this.#held = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    return settle;
  }

  async symbols(signal?: AbortSignal): Promise<readonly Instrument[]> {
    await Promise.race([this.symbolsGate, aborted(signal)]);
    return this.instruments;
  }

  async validate(symbols: readonly string[]): Promise<SymbolValidation> {
    const bySymbol = new Map(this.instruments.map((instrument) => [instrument.symbol, instrument]));
    return {
      valid: symbols.flatMap((symbol) => bySymbol.get(symbol) ?? []),
      invalid: symbols
        .filter((symbol) => !bySymbol.has(symbol))
        .map((symbol) => ({
          symbol,
          reason: "it is not listed",
          suggestions: nearestNames(symbol, bySymbol.keys()),
        })),
    };
  }

  async start(feed: FeedRequest, symbols: readonly string[]): Promise<void> {
    this.calls.push(`start ${feedText(feed, String(symbols))}`);
    const held = this.#held;
    this.#held = undefined;
    await held;
    const failure = this.failNextStart;
    this.failNextStart = undefined;
    if (failure) throw failure;
    if (this.refusesStart(symbols)) throw new Error("refused");
    for (const symbol of symbols) {
      this.running.add(feedText(feed, symbol));
      if (feed.dataType === DataType.Trade) this.resumedBehind.set(symbol, this.#lastTradeId?.(symbol));
    }
  }

  async stop(feed: FeedRequest, symbols: readonly string[]): Promise<void> {
    this.calls.push(`stop ${feedText(feed, String(symbols))}`);
    const failure = this.failNextStop;
    this.failNextStop = undefined;
    if (failure) throw failure;
    for (const symbol of symbols) this.running.delete(feedText(feed, symbol));
  }

  async stopAll(): Promise<void> {
    this.calls.push("stopAll");
    this.running.clear();
  }

  async shutdown(): Promise<void> {
    this.calls.push("shutdown");
    this.running.clear();
    this.isShutDown = true;
  }

  status(): IntegrationStatus {
    const { statuses: subscriptions, isConnected } = this;
    return {
      connected: isConnected && !this.isShutDown,
      connectionCount: 1,
      reconnectCount: 0,
      subscriptions,
    };
  }

  /** Hands a trade to the sink as a venue would: one object reused for all. */
  emitTrade(symbol: string, tradeId: number, price: bigint, quantity: bigint): void {
    const trade = this.#trade;
    trade.instrumentId = this.sink.register(testInstrument(symbol));
    trade.tradeId = tradeId;
    trade.firstTradeId = tradeId;
    trade.lastTradeId = tradeId;
    trade.eventMicros = 1_700_000_000_000_000 + tradeId;
    trade.sendMicros = trade.eventMicros + 1;
    trade.receiveMicros = trade.eventMicros + 2;
    trade.price.setBigInt(price, 2);
    trade.quantity.setBigInt(quantity, 5);
    trade.aggressor = Aggressor.Seller;
    this.sink.trade(trade);
  }

  emitBar(symbol: string, resolution: TimeResolutionText, openMicros: number, close: bigint): void {
    const bar: BarFields = {
      instrumentId: this.sink.register(testInstrument(symbol)),
      resolution: timeResolutionOf(resolution)!,
      state: BarState.Forming,
      openMicros,
      closeMicros: openMicros + 59_999_000,
      eventMicros: openMicros + 5,
      sendMicros: 0,
      receiveMicros: openMicros + 7,
      flags: 0,
      open: 100n,
      high: 300n,
      low: 50n,
      close,
      volume: 12345n,
      takerVolume: 2345n,
      quoteVolume: (1n << 63n) - 1n,
      priceScale: 2,
      quantityScale: 5,
      quoteScale: 7,
      tradeCount: 3,
    };
    this.sink.bar(bar);
  }
}

function feedText({ dataType, resolution }: FeedRequest, symbols: string): string {
  return `${dataTypeName(dataType)} ${symbols}${resolution === undefined ? "" : ` ${resolution}`}`;
}

function emptyTrade(): TradeFields {
  return {
    instrumentId: 0,
    tradeId: 0,
    firstTradeId: 0,
    lastTradeId: 0,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    price: new MantissaCell(),
    quantity: new MantissaCell(),
    aggressor: Aggressor.Unknown,
    kind: TradeKind.Regular,
  };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason as Error);
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
