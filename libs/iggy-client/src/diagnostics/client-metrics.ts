/**
 * Why something is sent once more.
 * - `transient`: the server answered 57 or 58.
 * - `resend`: the connection was lost before the answer, and repeating is harmless or allowed.
 * - `fenced`: a poll of a consumer group met a partition that belongs to somebody else.
 */
export type RetryKind = "transient" | "resend" | "fenced";

/** What the layers of the client report as it happens. Implementations return at once, never throw, allocate nothing. */
export interface ClientMetrics {
  /** A batch of messages went out, for the first time. @param bytes of the whole frame */
  batchSent(messages: number, bytes: number): void;
  /** The server stored it. @param roundTripMillis from the last sending to the answer */
  batchConfirmed(messages: number, roundTripMillis: number): void;
  /** A poll was answered. @param bytes of the reply's payload */
  polled(messages: number, bytes: number): void;
  retried(kind: RetryKind): void;
  /** Messages that the client gave up, by its own decision and reported as such. */
  dropped(messages: number): void;
  /** A message, batch or frame whose checksum does not match its bytes. */
  checksumFailed(): void;
  /** A request frame went out. @param inFlight requests without an answer, this one included */
  requestSent(inFlight: number, bytes: number): void;
  /** @param roundTripMillis from the sending to the answer, refusals included */
  requestAnswered(inFlight: number, roundTripMillis: number): void;
  /** Requests whose connection ended before the answer. */
  requestsLost(count: number): void;
  bytesReceived(bytes: number): void;
  sessionMade(): void;
  sessionLost(): void;
  evicted(): void;
  redirected(): void;
}
