import type { HttpTransport, SocketConnector } from "@ims/integration-kit";
import type { BinanceTradesChannel } from "../market/binance-market.js";

export type BinanceMarketData = "json" | "sbe" | "auto";

/** What an operator, or a test, may choose. Everything has a default. */
export interface BinanceOptions {
  /** The venue's test environment, with its own exchange id. Default false. */
  readonly testnet?: boolean;
  /** Origin in place of the market's REST host, for example `http://127.0.0.1:8080`. */
  readonly restUrl?: string;
  /** Origin in place of the market's WebSocket host; the market's paths are appended to it. */
  readonly wsUrl?: string;
  /** Which stream trades are read from. Default `trade`: every single one. */
  readonly tradesChannel?: BinanceTradesChannel;
  /**
   * Whether trades, best bid and ask, and books come as JSON or over the venue's binary streams (SBE): `sbe` wants an
   * {@link apiKey}; `auto` uses them if there is one and the venue lets it in. All else is JSON. Default `json`.
   */
  readonly marketData?: BinanceMarketData;
  /** API key of type Ed25519, for the binary streams; nothing is signed with it. It is never logged. */
  readonly apiKey?: string;
  /** Origin in place of the market's host of binary streams. */
  readonly sbeUrl?: string;
  /** Largest age of the symbol list. Default 5 minutes on spot, 30 on futures, which announce changes as well. */
  readonly symbolsRefreshMillis?: number;
  /** How long `validate` and `start` wait for the first symbol list. Default 15 s. */
  readonly symbolsWaitMillis?: number;
  /** Silence after which a connection is taken for dead; it is probed with a ping at half of it. Default 30 s. */
  readonly silenceMillis?: number;
  /** How long the venue may take to accept a connection. Default 10 s. */
  readonly connectTimeoutMillis?: number;
  /** How long the venue may take to acknowledge a control message. Default 10 s. */
  readonly acknowledgeTimeoutMillis?: number;
  /** How long one REST request may take. Default 20 s. */
  readonly requestTimeoutMillis?: number;
  /** From so many symbols on, data of all symbols comes over one stream where the venue has it. Default 100. */
  readonly allSymbolsFrom?: number;
  /** Connections that carry the same streams; of each record the first copy counts. Default 1. */
  readonly redundancy?: number;
  /** The last trade id of a symbol that an earlier run passed on: what came since is read over REST. Default: none. */
  readonly lastTradeId?: (symbol: string) => number | undefined;
  /** Trades of one symbol that wait while missed ones are read; with more they are passed on at once. Default 10,000. */
  readonly heldTradesMax?: number;
  /** How long trades wait for missed ones before they are passed on. Default 15 s. */
  readonly holdMillis?: number;
  /** Of a longer loss only the last so many trades are read, the others become a Gap. Default 20,000. */
  readonly fillTradesMax?: number;
  /** Folder in which all processes of this host keep count of request weight together. Default: none. */
  readonly ledgerFolder?: string;
  /** How WebSocket connections are made. Default: real ones. */
  readonly dial?: SocketConnector;
  /** How REST requests are made. Default: real ones. */
  readonly transport?: HttpTransport;
}
