export { bytesOf } from "./generated/runtime/octets.js";
export * as v1 from "./generated/v1/index.js";
export * as v2 from "./generated/v2/index.js";
export type {
  BookDeltaRecord,
  BookLevel,
  BookSnapshotRecord,
  MergedBookRecord,
  MergedLevel,
  MergedVenue,
  TopOfBookRecord,
} from "./records/book-records.js";
export { toInstrument } from "./records/decode-instrument.js";
export { decodeRecord } from "./records/decode-record.js";
export type {
  Greeks,
  LiquidationRecord,
  MarkPriceRecord,
  OptionTickerRecord,
} from "./records/derivative-records.js";
export type { BatchSignatureRecord, FeedStatusRecord, GapRecord } from "./records/feed-records.js";
export type { BookOrderRecord, OrderSnapshotRecord, StandingOrder } from "./records/order-records.js";
export type { NumberedRecordBase, RecordBase } from "./records/record-base.js";
export type { BarRecord, InstrumentRecord, TradeRecord } from "./records/record-types.js";
export type { AverageRecord, TickerRecord } from "./records/statistic-records.js";
export type { MarketRecord, StreamRecord } from "./records/stream-record.js";
export * from "./runtime/message-header.js";
export { SBE_ERRORS } from "./runtime/sbe-errors.js";
export { SymbolCache, type SymbolCacheOptions } from "./symbol-cache.js";
