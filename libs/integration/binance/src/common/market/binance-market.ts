import type { ExchangeId, Instrument, TimeResolutionText } from "@ims/common";
import type { BinanceChannel, BinanceChannels } from "./channels.js";

/** The three markets, by our names. Binance calls them Spot, COIN-M Futures and USDⓈ-M Futures. */
export type BinanceMarketName = "spot" | "coin-future" | "usd-future";

export type { BinanceTradesChannel } from "./channels.js";

export interface BinanceHosts {
  readonly exchange: ExchangeId;
  /** Origin of the REST service; {@link BinanceMarket.exchangeInfoPath} follows. */
  readonly restUrl: string;
  /** Origin of the WebSocket service; the channel's path and `/stream` follow. */
  readonly wsUrl: string;
}

/** Streams of the same content as SBE frames, on hosts of their own that want an API key. */
export interface BinaryStreams {
  /** Origins of the WebSocket service; `/stream` follows. */
  readonly production: string;
  readonly testnet: string;
  /** Behind the lower-case symbol, of those stream kinds that there are. */
  readonly streams: Partial<Readonly<Record<BinanceChannel, string>>>;
}

/** All that differs between the markets, as data. The core reads it and never asks which market it is. */
export interface BinanceMarket {
  readonly name: BinanceMarketName;
  readonly title: string;
  readonly production: BinanceHosts;
  readonly testnet: BinanceHosts;
  readonly exchangeInfoPath: string;
  /** How often the list of symbols is read again: seldom where the venue announces changes on a stream. */
  readonly listRefreshMillis: number;
  /** The `st` of this market's records on streams that carry those of two; undefined where there is none. */
  readonly product: number | undefined;
  readonly channels: BinanceChannels;
  /** Undefined where the venue has JSON streams alone. */
  readonly binary?: BinaryStreams;
  /** Behind `/stream`: asks for times in microseconds where the venue has them; otherwise empty. */
  readonly streamQuery: string;
  readonly resolutions: readonly TimeResolutionText[];
  /** Incoming messages per second and connection: control frames, pings and pongs count alike. */
  readonly controlMessagesPerSecond: number;
  readonly streamsPerConnection: number;
  readonly connectionAttemptsPerFiveMinutes: number;
  /** After so long the venue closes a connection. */
  readonly connectionLifeMillis: number;
  readonly symbolRules: BinanceSymbolRules;
}

/** How to read one row of `exchangeInfo.symbols`. */
export interface BinanceSymbolRules {
  readonly statusKey: "status" | "contractStatus";
  readonly statuses: Readonly<Record<string, Instrument["status"]>>;
  /** Undefined on spot, where rows have no contract type. */
  readonly contractKinds: Readonly<Record<string, Instrument["kind"]>> | undefined;
  readonly settleKey: "quoteAsset" | "marginAsset";
  readonly hasContractSize: boolean;
}
