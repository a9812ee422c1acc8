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
export {
  type CommandIo,
  runSimulateCommand,
  type SimulateOptions,
  simulate,
} from "./command/run-simulate.js";
export { SIMULATOR_ERRORS } from "./errors/simulator-errors.js";
