import type { Delivery, FaultEntry } from "./faults/delivery-log.js";
import type { FaultRule } from "./faults/fault-script.js";
import type { BinanceMarketName } from "./markets/market.js";

/** Trades of one symbol in exact sums; ids are inclusive. */
export interface SymbolTruth {
  readonly symbol: string;
  /** Prints on `@trade` except NA rows, which carry neither price nor quantity. */
  readonly tradeCount: number;
  /** Futures: NA rows; they use up ids. Always 0 on spot. */
  readonly emptyTradeCount: number;
  /** 0 when there is no trade. */
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  /** Σ quantity as mantissa at `quantityScale`. */
  readonly quantitySum: bigint;
  /** Σ price × quantity as mantissa at `priceScale + quantityScale`. */
  readonly priceQuantitySum: bigint;
  readonly priceScale: number;
  readonly quantityScale: number;
}

/** One trade as it was made; price and quantity in units of the instrument's scales. */
export interface TradeTruth {
  readonly tradeId: number;
  /** Undefined for prints outside the market, which no aggregate trade holds. */
  readonly aggregateId: number | undefined;
  readonly price: number;
  readonly quantity: number;
  readonly buyerIsMaker: boolean;
  readonly origin: "MARKET" | "INSURANCE_FUND" | "ADL" | "NA";
  /** Microseconds since 1970. */
  readonly eventMicros: number;
}

/** Counters since the start, except where named as a present state. */
export interface SimulatorStats {
  /** Open now. */
  readonly connectionCount: number;
  readonly acceptedConnectionCount: number;
  /** Streams subscribed now, summed over connections, those that stay silent included. */
  readonly subscriptionCount: number;
  readonly framesSent: number;
  /** Recorded frames whose stream nobody had subscribed when their turn came. */
  readonly framesWithoutSubscriber: number;
  readonly controlMessageCount: number;
  readonly restRequestCount: number;
  /** Connections closed with 1008 for exceeding a limit. */
  readonly policyCloseCount: number;
  readonly slowReaderCloseCount: number;
}

/** Faults for tests; each takes effect at once and lasts until taken back. */
export interface SimulatorFaults {
  /** Cuts every WebSocket connection without a close frame. Returns how many there were. */
  dropConnections(): number;
  /** Sends `text` as it is, unwrapped, to every subscriber of the stream. Returns how many there were. */
  sendRaw(stream: string, text: string): number;
  /** Keeps the stream's frames back (they are lost) while its subscriptions stay acknowledged. */
  silence(stream: string): void;
  /** Ends {@link silence}, of every stream when none is named. */
  resume(stream?: string): void;
  /** While true, WebSocket upgrades are answered with 503. */
  refuseConnections(refuse: boolean): void;
  /** While true, REST requests are answered with 503. */
  refuseRest(refuse: boolean): void;
  /** While true, control messages are read and never answered nor obeyed. */
  ignoreControl(ignore: boolean): void;
}

/** A book as the venue had it at one update id; levels best first, in units of the scales. */
export interface BookTruth {
  readonly symbol: string;
  /** Last change that is in it: the given id, or the one before it where ids have holes. */
  readonly updateId: number;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly bids: readonly (readonly [price: number, quantity: number])[];
  readonly asks: readonly (readonly [price: number, quantity: number])[];
}

/** A bar as its trades make it; prices, volumes and quote volumes in units of the instrument's scales. */
export interface BarTruth {
  readonly openMillis: number;
  /** Last millisecond. */
  readonly closeMillis: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Price × quantity, on COIN-M the base coin amount with 8 decimals. */
  readonly quoteVolume: bigint;
  readonly takerVolume: number;
  readonly takerQuoteVolume: bigint;
  readonly tradeCount: number;
  /** −1 without trades. */
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

/** One simulated Binance market, however it is reached. */
export interface SimulatedVenue {
  readonly market: BinanceMarketName;
  /** What a synthetic market grew from; undefined for a recording. */
  readonly seed: number | undefined;
  /** Upper-case names, in exchangeInfo's order. */
  readonly symbols: readonly string[];
  /** Streams that a recording holds; empty for a synthetic market, which has all that the venue has. */
  readonly recordedStreams: readonly string[];
  /** Recording: resolves when every frame was sent and handed to the system, rejects when that became impossible.
   *  Synthetic: resolves on close. */
  readonly finished: Promise<void>;
  readonly faults: SimulatorFaults;
  readonly stats: SimulatorStats;
  /**
   * Adds a rule to the fault script. Its times count from the simulator's start; what is due already acts at once.
   * @throws ImsError `simulator.invalid-fault`
   */
  inject(rule: FaultRule): void;
  /** Takes back all rules that still wait for their occasion or time. */
  clearFaults(): void;
  /** Every fault that acted, in order; bounded to 100,000. */
  readonly faultLog: readonly FaultEntry[];
  /** What was sent of which stream on which connection; empty unless the option `keepDeliveries` is set. */
  deliveries(): readonly Delivery[];
  /**
   * What a synthetic market has traded so far, of all trades or of an inclusive range of trade ids.
   * @throws ImsError `simulator.unknown-symbol`, also for every symbol of a recording
   */
  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }): SymbolTruth;
  /** Every trade of an inclusive range of ids, in order. @throws ImsError `simulator.unknown-symbol` */
  trades(symbol: string, fromTradeId: number, toTradeId: number): readonly TradeTruth[];
  /**
   * The book after the change of this id, by default now; undefined for an id that the market has not reached or that
   * lies before its first event.
   * @throws ImsError `simulator.unknown-symbol`
   */
  book(symbol: string, updateId?: number): BookTruth | undefined;
  /** Bars that opened between two instants, both inclusive. @throws ImsError `simulator.unknown-symbol` */
  bars(symbol: string, interval: string, fromMillis: number, toMillis: number): readonly BarTruth[];
  /** Ends connections, timers and file readers; idempotent. */
  close(): Promise<void>;
}

/** A market on a loopback port. */
export interface BinanceSimulator extends SimulatedVenue {
  /** `http://127.0.0.1:port`; paths begin `/api/v3`, `/fapi/v1` or `/dapi/v1` as on the venue. */
  readonly restUrl: string;
  /** `ws://127.0.0.1:port`; `/ws`, `/stream`, on USD-M also behind `/public` and `/market`. */
  readonly wsUrl: string;
  /** Spot: `ws://127.0.0.1:port/sbe`, for the binary streams, which the venue has on a host of their own. */
  readonly sbeUrl: string;
  readonly port: number;
}
