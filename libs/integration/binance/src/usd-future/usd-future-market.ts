import { ExchangeId } from "@ims/common";
import type { BinanceMarket } from "../common/market/binance-market.js";
import { futuresChannels } from "../common/market/futures-channels.js";
import {
  FUTURES_CONTRACT_KINDS,
  FUTURES_RESOLUTIONS,
  FUTURES_STATUSES,
} from "../common/market/futures-enums.js";

const HOUR_MILLIS = 3_600_000;

/** Binance USDⓈ-M futures; section names in brackets are pages of its "Derivatives" documentation. */
export const USD_FUTURE_MARKET: BinanceMarket = {
  name: "usd-future",
  title: "Binance USD-M futures",
  // [USDⓈ-M Futures, General Info] [Websocket Market Streams, Connect]
  production: {
    exchange: ExchangeId.BinanceUsdMarginFuture,
    restUrl: "https://fapi.binance.com",
    wsUrl: "wss://fstream.binance.com",
  },
  // [USDⓈ-M Futures, General Info, Testnet] answers the same routed paths.
  testnet: {
    exchange: ExchangeId.BinanceUsdMarginFutureTestnet,
    restUrl: "https://testnet.binancefuture.com",
    wsUrl: "wss://fstream.binancefuture.com",
  },
  // [USDⓈ-M Futures, Exchange Information] weight 1.
  exchangeInfoPath: "/fapi/v1/exchangeInfo",
  listRefreshMillis: 1_800_000,
  // [Websocket Market Streams, Connect] since April 2026 streams live on /public, /market and /private. The old
  // addresses and the wrong path acknowledge a subscription and then send nothing. Single trades are not in the
  // documentation; they were measured on /public. /private carries user data only.
  channels: futuresChannels("/public", "/market", 2000),
  // [Websocket Market Streams, All Market Mark Price Streams] the `st` on streams that carry both futures markets.
  product: 1,
  streamQuery: "",
  resolutions: FUTURES_RESOLUTIONS,
  // [Websocket Market Streams, Connect] and [Live Subscribing/Unsubscribing to streams]
  controlMessagesPerSecond: 10,
  streamsPerConnection: 1024,
  connectionAttemptsPerFiveMinutes: 300,
  // [Websocket Market Streams, Connect] 24 hours. The venue pings every 3 minutes and wants its pong within 10 minutes; the socket
  // answers by itself, and liveness does not depend on those pings.
  connectionLifeMillis: 24 * HOUR_MILLIS,
  symbolRules: {
    statusKey: "status",
    statuses: FUTURES_STATUSES,
    contractKinds: FUTURES_CONTRACT_KINDS,
    settleKey: "marginAsset",
    hasContractSize: false,
  },
};
