export * as v1 from "./generated/v1/index.js";
export * as v2 from "./generated/v2/index.js";
export { toInstrument } from "./records/decode-instrument.js";
export { decodeRecord } from "./records/decode-record.js";
export type {
  BarRecord,
  InstrumentRecord,
  MarketRecord,
  RecordBase,
  TradeRecord,
} from "./records/record-types.js";
export * from "./runtime/message-header.js";
export { bytesOf } from "./runtime/octets.js";
export { SBE_ERRORS } from "./runtime/sbe-errors.js";
export { SymbolCache, type SymbolCacheOptions } from "./symbol-cache.js";
