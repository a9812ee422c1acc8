import type { ClientMetrics, RetryKind } from "./client-metrics.js";
import { Histogram, type HistogramSnapshot } from "./histogram.js";

/** Everything since the client was made; only `requestsInFlight` goes down. */
export interface DiagnosticsSnapshot {
  /** Sessions made; the first one is no reconnect. */
  readonly sessions: number;
  readonly reconnects: number;
  /** Sessions that ended without being asked to. */
  readonly sessionsLost: number;
  readonly evictions: number;
  /** Connections left because another node leads. */
  readonly redirects: number;
  readonly requestsInFlight: number;
  readonly requestsSent: number;
  readonly requestsAnswered: number;
  /** Requests whose connection ended before the answer. */
  readonly requestsLost: number;
  readonly retries: Readonly<Record<RetryKind, number>>;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly messagesSent: number;
  readonly messagesConfirmed: number;
  readonly messagesPolled: number;
  readonly messagesDropped: number;
  readonly checksumFailures: number;
  /** Milliseconds from sending a request to its answer. */
  readonly roundTripMillis: HistogramSnapshot;
  /** Milliseconds from sending a batch to its confirmation. */
  readonly confirmMillis: HistogramSnapshot;
  readonly batchMessages: HistogramSnapshot;
  readonly batchBytes: HistogramSnapshot;
  readonly pollMessages: HistogramSnapshot;
  readonly pollBytes: HistogramSnapshot;
}

/** Counters and histograms of one client, read by {@link snapshot}. */
export class Diagnostics implements ClientMetrics {
  private sessions = 0;
  private lost = 0;
  private evictions = 0;
  private redirects = 0;
  private inFlight = 0;
  private sent = 0;
  private answered = 0;
  private unanswered = 0;
  private readonly retries: Record<RetryKind, number> = { transient: 0, resend: 0, fenced: 0 };
  private outgoingBytes = 0;
  private incomingBytes = 0;
  private messagesSent = 0;
  private messagesConfirmed = 0;
  private messagesPolled = 0;
  private messagesDropped = 0;
  private checksumFailures = 0;
  private readonly roundTripMillis = new Histogram();
  private readonly confirmMillis = new Histogram();
  private readonly batchMessages = new Histogram();
  private readonly batchBytes = new Histogram();
  private readonly pollMessages = new Histogram();
  private readonly pollBytes = new Histogram();

  snapshot(): DiagnosticsSnapshot {
    return {
      sessions: this.sessions,
      reconnects: Math.max(0, this.sessions - 1),
      sessionsLost: this.lost,
      evictions: this.evictions,
      redirects: this.redirects,
      requestsInFlight: this.inFlight,
      requestsSent: this.sent,
      requestsAnswered: this.answered,
      requestsLost: this.unanswered,
      retries: { ...this.retries },
      bytesSent: this.outgoingBytes,
      bytesReceived: this.incomingBytes,
      messagesSent: this.messagesSent,
      messagesConfirmed: this.messagesConfirmed,
      messagesPolled: this.messagesPolled,
      messagesDropped: this.messagesDropped,
      checksumFailures: this.checksumFailures,
      roundTripMillis: this.roundTripMillis.snapshot(),
      confirmMillis: this.confirmMillis.snapshot(),
      batchMessages: this.batchMessages.snapshot(),
      batchBytes: this.batchBytes.snapshot(),
      pollMessages: this.pollMessages.snapshot(),
      pollBytes: this.pollBytes.snapshot(),
    };
  }

  batchSent(messages: number, bytes: number): void {
    this.messagesSent += messages;
    this.batchMessages.observe(messages);
    this.batchBytes.observe(bytes);
  }

  batchConfirmed(messages: number, roundTripMillis: number): void {
    this.messagesConfirmed += messages;
    this.confirmMillis.observe(roundTripMillis);
  }

  polled(messages: number, bytes: number): void {
    this.messagesPolled += messages;
    this.pollMessages.observe(messages);
    this.pollBytes.observe(bytes);
  }

  retried(kind: RetryKind): void {
    this.retries[kind]++;
  }

  dropped(messages: number): void {
    this.messagesDropped += messages;
  }

  checksumFailed(): void {
    this.checksumFailures++;
  }

  requestSent(inFlight: number, bytes: number): void {
    this.inFlight = inFlight;
    this.sent++;
    this.outgoingBytes += bytes;
  }

  requestAnswered(inFlight: number, roundTripMillis: number): void {
    this.inFlight = inFlight;
    this.answered++;
    this.roundTripMillis.observe(roundTripMillis);
  }

  requestsLost(count: number): void {
    this.inFlight = 0;
    this.unanswered += count;
  }

  bytesReceived(bytes: number): void {
    this.incomingBytes += bytes;
  }

  sessionMade(): void {
    this.sessions++;
  }

  sessionLost(): void {
    this.lost++;
  }

  evicted(): void {
    this.evictions++;
  }

  redirected(): void {
    this.redirects++;
  }
}
