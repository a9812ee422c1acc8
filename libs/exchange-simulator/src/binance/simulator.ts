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

export interface BinanceSimulator {
  /** `http://127.0.0.1:port`; paths begin `/api/v3`, `/fapi/v1` or `/dapi/v1` as on the venue. */
  readonly restUrl: string;
  /** `ws://127.0.0.1:port`; `/ws`, `/stream`, on USD-M also behind `/public` and `/market`. */
  readonly wsUrl: string;
  readonly port: number;
  /** What a synthetic market grew from; undefined for a recording. */
  readonly seed: number | undefined;
  /** Upper-case names, in exchangeInfo's order. */
  readonly symbols: readonly string[];
  /** Recording: resolves when every frame was sent and handed to the system, rejects when that became impossible.
   *  Synthetic: resolves on close. */
  readonly finished: Promise<void>;
  readonly faults: SimulatorFaults;
  readonly stats: SimulatorStats;
  /**
   * What a synthetic market has traded so far, of all trades or of an inclusive range of trade ids.
   * @throws ImsError `simulator.unknown-symbol`, also for every symbol of a recording
   */
  truth(symbol: string, range?: { readonly fromTradeId: number; readonly toTradeId: number }): SymbolTruth;
  /** Ends connections, timers and file readers; idempotent. */
  close(): Promise<void>;
}
