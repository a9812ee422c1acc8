import type { BinanceMarket } from "./binance-market.js";

/**
 * Values that both futures markets share: [USDⓈ-M Futures, Public Endpoints Info, ENUM definitions] and the page of
 * the same name under [COIN-M Futures]. An empty type stands on contracts that settle or are not yet listed; the
 * symbol tells those apart.
 */
export const FUTURES_CONTRACT_KINDS: BinanceMarket["symbolRules"]["contractKinds"] = {
  PERPETUAL: "perpetual",
  TRADIFI_PERPETUAL: "perpetual",
  "PERPETUAL DELIVERING": "perpetual",
  CURRENT_MONTH: "future",
  NEXT_MONTH: "future",
  CURRENT_QUARTER: "future",
  NEXT_QUARTER: "future",
  "CURRENT_QUARTER DELIVERING": "future",
  "NEXT_QUARTER DELIVERING": "future",
};

export const FUTURES_STATUSES: BinanceMarket["symbolRules"]["statuses"] = {
  TRADING: "trading",
  PENDING_TRADING: "pending",
  PRE_DELIVERING: "halted",
  DELIVERING: "halted",
  DELIVERED: "expired",
  PRE_SETTLE: "halted",
  SETTLING: "halted",
  CLOSE: "expired",
};

/** [USDⓈ-M Futures, Kline/Candlestick Streams], the same list under [COIN-M Futures]; no `1s`. */
export const FUTURES_RESOLUTIONS: BinanceMarket["resolutions"] = [
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
];
