export { Backoff, type BackoffOptions } from "./backoff/backoff.js";
export { VENUE_ERRORS, venueError } from "./errors.js";
export { HttpJsonClient, type HttpJsonClientOptions } from "./http/http-json-client.js";
export { retryAfterMillis } from "./http/retry-after.js";
export { type PlannedSocket, StreamPlanner } from "./planner/stream-planner.js";
export { Pacer } from "./rate/pacer.js";
export { RateWindow } from "./rate/rate-window.js";
export {
  SocketSession,
  type SocketSessionHandlers,
  type SocketSessionOptions,
} from "./socket/socket-session.js";
export { SymbolDirectory, type SymbolDirectoryOptions } from "./symbols/symbol-directory.js";
