import { COIN_FUTURE_MARKET } from "../../coin-future/coin-future-market.js";
import { SPOT_MARKET } from "../../spot/spot-market.js";
import { USD_FUTURE_MARKET } from "../../usd-future/usd-future-market.js";
import type { BinanceMarket, BinanceMarketName } from "./binance-market.js";

/** A new market is one more description here. */
export const BINANCE_MARKETS: Readonly<Record<BinanceMarketName, BinanceMarket>> = {
  spot: SPOT_MARKET,
  "coin-future": COIN_FUTURE_MARKET,
  "usd-future": USD_FUTURE_MARKET,
};
