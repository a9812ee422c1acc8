export type { BinanceIntegration, BinanceStatus } from "./common/integration/binance-integration.js";
export type { BinanceMarketName, BinanceTradesChannel } from "./common/market/binance-market.js";
export type { BinanceMarketData, BinanceOptions } from "./common/settings/binance-options.js";
export { type BinanceSettings, binanceOptions, binanceSettings } from "./common/settings/binance-settings.js";
export { createBinanceIntegration } from "./create-binance-integration.js";
