export { Backoff, type BackoffOptions } from "./backoff/backoff.js";
export { VENUE_ERRORS, venueError } from "./errors.js";
export { ClockOffset, type ClockOffsetOptions, type ClockOffsetReading } from "./http/clock-offset.js";
export { HttpJsonClient, type HttpJsonClientOptions } from "./http/http-json-client.js";
export { type HttpReply, type HttpTransport, httpGet } from "./http/http-transport.js";
export { retryAfterMillis } from "./http/retry-after.js";
export {
  FeedLiveness,
  LivenessAction,
  type LivenessPolicy,
  type LivenessVerdict,
} from "./liveness/feed-liveness.js";
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
export {
  dialSocket,
  type SocketConnector,
  type SocketWire,
  type SocketWireEvents,
} from "./socket/socket-wire.js";
export { SymbolDirectory, type SymbolDirectoryOptions } from "./symbols/symbol-directory.js";
