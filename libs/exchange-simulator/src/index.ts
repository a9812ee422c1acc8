export * from "./binance/binance-simulator.js";
export type { BinanceMarketName } from "./binance/markets/market.js";
export type * from "./binance/simulator.js";
export type * from "./binance/simulator-options.js";
export { SIMULATOR_ERRORS } from "./errors/simulator-errors.js";
