import { COIN_FUTURE } from "./coin-future.js";
import type { BinanceMarket, BinanceMarketName } from "./market.js";
import { SPOT } from "./spot.js";
import { USD_FUTURE } from "./usd-future.js";

export const BINANCE_MARKETS: Readonly<Record<BinanceMarketName, BinanceMarket>> = {
  spot: SPOT,
  "coin-future": COIN_FUTURE,
  "usd-future": USD_FUTURE,
};
