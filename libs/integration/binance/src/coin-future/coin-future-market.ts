import { ExchangeId } from "@ims/common";
import type { BinanceMarket } from "../common/market/binance-market.js";
import { futuresChannels } from "../common/market/futures-channels.js";
import {
  FUTURES_CONTRACT_KINDS,
  FUTURES_RESOLUTIONS,
  FUTURES_STATUSES,
} from "../common/market/futures-enums.js";

const HOUR_MILLIS = 3_600_000;

/** Binance COIN-M futures; section names in brackets are pages of its "Derivatives" documentation. */
export const COIN_FUTURE_MARKET: BinanceMarket = {
  name: "coin-future",
  title: "Binance COIN-M futures",
  // [COIN-M Futures, General Info] [Websocket Market Streams, Connect]
  production: {
    exchange: ExchangeId.BinanceCoinMarginFuture,
    restUrl: "https://dapi.binance.com",
    wsUrl: "wss://dstream.binance.com",
  },
  // [COIN-M Futures, General Info, Testnet] shares the REST host of USD-M; the path tells them apart.
  testnet: {
    exchange: ExchangeId.BinanceCoinMarginFutureTestnet,
    restUrl: "https://testnet.binancefuture.com",
    wsUrl: "wss://dstream.binancefuture.com",
  },
  // [COIN-M Futures, Exchange Information] weight 1.
  exchangeInfoPath: "/dapi/v1/exchangeInfo",
  listRefreshMillis: 1_800_000,
  // [Websocket Market Streams, Connect] not split as USD-M is.
  channels: futuresChannels("", "", 500),
  // [Websocket Market Streams, All Market Mark Price Streams] the `st` on streams that carry both futures markets.
  product: 2,
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
    // [COIN-M Futures, Exchange Information] there is no `status`; contracts are worth 100 or 10 USD each.
    statusKey: "contractStatus",
    statuses: FUTURES_STATUSES,
    contractKinds: FUTURES_CONTRACT_KINDS,
    settleKey: "marginAsset",
    hasContractSize: true,
  },
};
