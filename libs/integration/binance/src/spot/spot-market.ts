import { ExchangeId } from "@ims/common";
import type { BinanceMarket } from "../common/market/binance-market.js";

const HOUR_MILLIS = 3_600_000;

/** Binance Spot, by the "Binance Spot API" documentation of July 2026; section names in brackets are its pages. */
export const SPOT_MARKET: BinanceMarket = {
  name: "spot",
  title: "Binance spot",
  // [REST API, General API Information] [WebSocket Streams, General WSS information]
  production: {
    exchange: ExchangeId.BinanceSpot,
    restUrl: "https://api.binance.com",
    wsUrl: "wss://stream.binance.com:9443",
  },
  // [Spot Testnet, How to use]. Books of its own; ids restart about once a month.
  testnet: {
    exchange: ExchangeId.BinanceSpotTestnet,
    restUrl: "https://testnet.binance.vision",
    wsUrl: "wss://stream.testnet.binance.vision",
  },
  // [REST API, Exchange information] weight 20; permission sets are most of the body and are not used here.
  exchangeInfoPath: "/api/v3/exchangeInfo?showPermissionSets=false",
  // Nothing announces listings and changes of state.
  listRefreshMillis: 300_000,
  // [WebSocket Streams, General WSS information] one address for every stream.
  channels: {
    // [WebSocket Streams, Trade Streams] [Aggregate Trade Streams] at once.
    trade: { stream: "@trade", path: "", paceMillis: 0 },
    aggTrade: { stream: "@aggTrade", path: "", paceMillis: 0 },
    // [Kline/Candlestick Streams for UTC] every second for 1s, every two otherwise, while trades happen.
    kline: { stream: "@kline_{interval}", path: "", paceMillis: 2000 },
    // [Individual Symbol Book Ticker Streams] at once; neither event type nor time.
    bookTicker: { stream: "@bookTicker", path: "", paceMillis: 0 },
    // [Diff. Depth Stream] [Partial Book Depth Streams] 1000 ms or 100 ms.
    depth: { stream: "@depth@100ms", path: "", paceMillis: 100 },
    partialDepth: { stream: "@depth20@100ms", path: "", paceMillis: 100 },
    // [Individual Symbol Ticker Streams] every second.
    ticker: { stream: "@ticker", path: "", paceMillis: 1000 },
  },
  product: undefined,
  // [SBE Market Data Streams] these four alone; times are always in microseconds.
  binary: {
    production: "wss://stream-sbe.binance.com:9443",
    testnet: "wss://stream-sbe.testnet.binance.vision",
    streams: { trade: "@trade", bookTicker: "@bestBidAsk", depth: "@depth", partialDepth: "@depth20" },
  },
  // [WebSocket Streams, General WSS information] all times of the connection in microseconds.
  streamQuery: "?timeUnit=MICROSECOND",
  // [WebSocket Streams, Kline/Candlestick Streams for UTC]
  resolutions: [
    "1s",
    "1m",
    "3m",
    "5m",
    "15m",
    "30m",
    "1h",
    "2h",
    "4h",
    "6h",
    "8h",
    "12h",
    "1d",
    "3d",
    "1w",
    "1M",
  ],
  // [WebSocket Streams, WebSocket Limits]
  controlMessagesPerSecond: 5,
  streamsPerConnection: 1024,
  connectionAttemptsPerFiveMinutes: 300,
  // [WebSocket Streams, General WSS information] 24 hours. The venue pings every 20 s and wants its pong within 60 s; the socket
  // answers by itself, and liveness does not depend on those pings.
  connectionLifeMillis: 24 * HOUR_MILLIS,
  symbolRules: {
    statusKey: "status",
    // [ENUM definitions, Symbol status]; the names of older dumps are kept for recordings.
    statuses: {
      TRADING: "trading",
      END_OF_DAY: "halted",
      HALT: "halted",
      BREAK: "halted",
      CANCEL_ONLY: "halted",
      PRE_TRADING: "pending",
      POST_TRADING: "halted",
      AUCTION_MATCH: "halted",
    },
    contractKinds: undefined,
    settleKey: "quoteAsset",
    hasContractSize: false,
  },
};
