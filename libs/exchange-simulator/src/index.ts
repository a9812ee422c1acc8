export * from "./binance/binance-simulator.js";
export type { Delivery, FaultEntry } from "./binance/faults/delivery-log.js";
export { checkFaultRule, parseFaultScript } from "./binance/faults/fault-rules.js";
export type * from "./binance/faults/fault-script.js";
export * from "./binance/faults/random-faults.js";
export type { VenueSocket, VenueSocketEvents } from "./binance/in-process/in-process-socket.js";
export * from "./binance/in-process/in-process-venue.js";
export type { BinanceMarketName } from "./binance/markets/market.js";
export { RequestWeight } from "./binance/rest/request-weight.js";
export type * from "./binance/simulator.js";
export type * from "./binance/simulator-options.js";
export type { BitstampFault } from "./bitstamp/bitstamp-faults.js";
export * from "./bitstamp/bitstamp-simulator.js";
export type { BitstampBook, BitstampTrade } from "./bitstamp/bitstamp-venue.js";
export * from "./bitstamp/open-bitstamp-venue.js";
export {
  type CommandIo,
  runSimulateCommand,
  type SimulateOptions,
  simulate,
} from "./command/run-simulate.js";
export type { DeribitFault } from "./deribit/deribit-faults.js";
export type {
  BestPrices,
  DeribitInstrument,
  DeribitMarket,
  MakerQuote,
} from "./deribit/deribit-market.js";
export * from "./deribit/deribit-simulator.js";
export {
  type DeribitAnswer,
  type DeribitLogin,
  DeribitVenue,
  type DeribitVenueOptions,
  openDeribitVenue,
} from "./deribit/deribit-venue.js";
export { type NarrowedMarketOptions, narrowedMarket } from "./deribit/narrowed-market.js";
export type { DeribitTrade } from "./deribit/symbol-trading.js";
export { type SyntheticDeribitOptions, syntheticDeribitMarket } from "./deribit/synthetic-market.js";
export { SIMULATOR_ERRORS } from "./errors/simulator-errors.js";
export { OPTION_UNDERLYINGS, type OptionUnderlying } from "./options/option-underlyings.js";
export { type OptionsMarketOptions, optionsDeribitMarket } from "./options/options-market.js";
export type { FairPrice } from "./sources/synthetic/fair-price.js";
