export { Backoff, type BackoffOptions } from "./backoff/backoff.js";
export { Backpressure } from "./connections/backpressure.js";
export type { ControlDialect, ControlReply } from "./connections/control-dialect.js";
export type {
  ConnectionLimits,
  FrameEvents,
  FrameReader,
  Heartbeat,
} from "./connections/stream-connection.js";
export { type HubLimits, StreamHub, type StreamHubOptions } from "./connections/stream-hub.js";
export * from "./decode/book-fields.js";
export {
  atScale,
  commonScale,
  type ExactDecimal,
  exactDecimal,
  highWord,
  lowWord,
  readExact,
  readExactIfGiven,
  setSafe,
} from "./decode/exact-decimals.js";
export { FrameBytes, NOWHERE } from "./decode/frame-bytes.js";
export { Char, PLAIN } from "./decode/json-bytes.js";
export { asObject, type JsonObject } from "./decode/json-fields.js";
export { Literal } from "./decode/literal.js";
export * from "./decode/read-fields.js";
export * from "./decode/record-fields.js";
export { skipValue } from "./decode/skip-value.js";
export { MICROS_FROM, microsOf } from "./decode/venue-time.js";
export { VENUE_ERRORS, venueError } from "./errors.js";
export { type GapCount, GapLedger } from "./gaps/gap-ledger.js";
export { createGapFields } from "./gaps/gap-record.js";
export { ClockOffset, type ClockOffsetOptions, type ClockOffsetReading } from "./http/clock-offset.js";
export { HttpJsonClient, type HttpJsonClientOptions } from "./http/http-json-client.js";
export { type HttpReply, type HttpTransport, httpGet } from "./http/http-transport.js";
export { retryAfterMillis } from "./http/retry-after.js";
export {
  diffInstruments,
  type InstrumentChanges,
  isSameInstrument,
} from "./instruments/instrument-changes.js";
export { type ListedSymbol, SYMBOL_BYTES_MAX, symbolByteLength } from "./instruments/listed-symbol.js";
export { validateSymbols } from "./instruments/symbol-validation.js";
export {
  FeedLiveness,
  LivenessAction,
  type LivenessPolicy,
  type LivenessVerdict,
} from "./liveness/feed-liveness.js";
export {
  type CrossCheckResult,
  FeedMonitor,
  type FeedMonitorOptions,
  type MonitoredFeed,
} from "./liveness/feed-monitor.js";
export { type Loss, MissingIds, type MissingRange } from "./ordering/missing-ids.js";
export { OrderJoin } from "./ordering/order-join.js";
export { type MissedTrades, type ReadMissedTrades, TradeBackFill } from "./ordering/trade-back-fill.js";
export { copyTrade } from "./ordering/trade-copy.js";
export { TradeRecovery, type TradeRecoveryOptions } from "./ordering/trade-recovery.js";
export { TradeSequencer, type TradeSequencerOptions } from "./ordering/trade-sequencer.js";
export { type PlannedSocket, StreamPlanner } from "./planner/stream-planner.js";
export { Pacer } from "./rate/pacer.js";
export { RateWindow } from "./rate/rate-window.js";
export { sharedWeightBudget } from "./rate/shared-budget.js";
export {
  type RequestCost,
  RequestPriority,
  WeightBudget,
  type WeightBudgetOptions,
} from "./rate/weight-budget.js";
export { FileWeightLedger, type WeightLedger } from "./rate/weight-ledger.js";
export {
  SocketSession,
  type SocketSessionHandlers,
  type SocketSessionOptions,
} from "./socket/socket-session.js";
export type { SocketConnector, SocketWire, SocketWireEvents } from "./socket/socket-wire.js";
export { dialSocket } from "./socket/web-socket.js";
export { SymbolDirectory, type SymbolDirectoryOptions } from "./symbols/symbol-directory.js";
export { StreamVenue, type StreamVenueOptions } from "./venue/stream-venue.js";
export type {
  FeedHandler,
  FeedIndex,
  FeedPlace,
  InstrumentNews,
  OpenFeed,
  VenueProtocol,
} from "./venue/venue-protocol.js";
