import type { IntervalHistogram } from "node:perf_hooks";
import type { HealthReport, PublishingPhase, PublishingReport } from "@ims/common";
import type { DiagnosticsSnapshot, HistogramSnapshot } from "@ims/iggy-client";
import { MetricsText } from "./metrics-text.js";
import type { ServiceCounters } from "./service-counters.js";

export interface MetricSources {
  readonly health: HealthReport;
  readonly publishing: PublishingReport;
  readonly counters: ServiceCounters;
  /** Undefined before the broker was reached. */
  readonly broker: DiagnosticsSnapshot | undefined;
  /** Largest lag of the feeds of each topic that had a record lately; topics without one are left out. */
  readonly lagSeconds: ReadonlyMap<string, number>;
  /** Delays of the event loop, nanoseconds. */
  readonly loopDelay: Pick<IntervalHistogram, "percentile" | "max">;
}

const PHASES: readonly PublishingPhase[] = ["flowing", "blocking", "shedding"];

/** Everything a service counts, as Prometheus text. Nothing is labelled by symbol or client. */
export function serviceMetrics(sources: MetricSources): string {
  const text = new MetricsText();
  writeService(text, sources.health);
  writePublishing(text, sources.publishing, sources.counters);
  const lags = [...sources.lagSeconds].map(([topic, seconds]) => [{ topic }, seconds] as const);
  const lagHelp = "From the venue's time to publishing: the largest of the last records of a topic's feeds";
  text.gauge("feed_lag_seconds", lagHelp, lags);
  writeRequests(text, sources.counters);
  if (sources.broker) writeBroker(text, sources.broker);
  writeProcess(text, sources.loopDelay);
  return text.toString();
}

function writeService(text: MetricsText, health: HealthReport): void {
  const { exchange, version, venue } = health;
  text.gauge("build_info", "Always 1; the labels tell what runs", [[{ exchange, version }, 1]]);
  text.gauge("uptime_seconds", "Time since the start of the service", health.uptimeSeconds);
  text.gauge(
    "ready",
    "1 when clients can be served and required feeds are fresh",
    Number(health.status === "ready"),
  );
  text.gauge("broker_connected", "1 while there is a broker session", Number(health.broker.connected));
  text.gauge("broker_embedded", "1 while this process runs the broker", Number(health.broker.embedded));
  text.gauge("venue_connected", "1 while the venue is connected", Number(venue.connected));
  text.gauge("venue_connections", "Connections to the venue", venue.connectionCount);
  text.counter("venue_reconnects", "Connections to the venue that were made again", venue.reconnectCount);
  text.gauge("venue_instruments", "Instruments that the venue lists", venue.instrumentCount);
  text.gauge("sessions", "Clients that are logged in", health.sessionCount);
  text.gauge("subscriptions", "Subscriptions of all clients", health.subscriptionCount);
  const states = Object.entries(health.feedStates).map(([state, count]) => [{ state }, count] as const);
  text.gauge("feeds", "Feeds that somebody reads, by state", states);
}

function writePublishing(text: MetricsText, publishing: PublishingReport, counters: ServiceCounters): void {
  const { queues } = publishing;
  const byTopic = (measure: (queue: PublishingReport["queues"][number]) => number) =>
    queues.map((queue) => [{ topic: queue.topic }, measure(queue)] as const);
  text.counter(
    "records_published",
    "Records written into outgoing batches",
    byTopic(({ publishedCount }) => publishedCount),
  );
  text.counter(
    "records_shed",
    "Records given up because the broker was slow or away",
    byTopic(({ shedCount }) => shedCount),
  );
  text.gauge(
    "records_pending",
    "Records not confirmed by the broker",
    byTopic(({ pendingCount }) => pendingCount),
  );
  text.counter("records_failed", "Records that the broker refused for good", counters.recordsFailed);
  text.counter("gaps_published", "Gaps published for records lost here", counters.gapsPublished);
  text.gauge("gaps_open", "Feeds with losses whose gap is not published yet", publishing.openGapCount);
  text.gauge(
    "publishing_phase",
    "1 for the phase that lasts: flowing, blocking the venue, shedding records",
    PHASES.map((phase) => [{ phase }, Number(phase === publishing.phase)]),
  );
  text.counter(
    "publishing_phase_seconds",
    "How long each phase lasted, all its times together",
    PHASES.map((phase) => [{ phase }, publishing.secondsInPhase[phase]]),
  );
  text.gauge("publishing_buffer_bytes", "Memory of all outgoing batches", publishing.bufferBytes);
  text.gauge("publishing_buffer_free_bytes", "Of it, what is free", publishing.bufferFreeBytes);
  text.counter("private_copies", "Copies for clients with private delivery", counters.privateCopies);
  text.counter("private_copies_dropped", "Copies that found no room", counters.privateCopiesDropped);
  const reasons = Object.entries(counters.framesRejected).map(
    ([reason, count]) => [{ reason }, count] as const,
  );
  text.counter("frames_rejected", "Frames of the venue that could not be used", reasons);
}

function writeRequests(text: MetricsText, counters: ServiceCounters): void {
  text.counter("requests", "Control messages by what became of them", [
    [{ outcome: "handled" }, counters.requestsHandled],
    [{ outcome: "refused" }, counters.requestsRefused],
    [{ outcome: "malformed" }, counters.requestsMalformed],
    [{ outcome: "stale" }, counters.requestsStale],
  ]);
  text.counter("replies_lost", "Replies that could not be delivered", counters.repliesLost);
  text.counter("sessions_expired", "Sessions ended because the client was silent", counters.sessionsExpired);
}

function writeBroker(text: MetricsText, broker: DiagnosticsSnapshot): void {
  text.counter("broker_sessions", "Broker sessions made", broker.sessions);
  text.counter(
    "broker_sessions_lost",
    "Broker sessions that ended without being asked to",
    broker.sessionsLost,
  );
  text.gauge("broker_requests_in_flight", "Requests without an answer", broker.requestsInFlight);
  text.counter("broker_requests", "Requests sent to the broker", broker.requestsSent);
  text.counter(
    "broker_requests_lost",
    "Requests whose connection ended before the answer",
    broker.requestsLost,
  );
  text.counter(
    "broker_retries",
    "What was sent once more, by cause",
    Object.entries(broker.retries).map(([kind, count]) => [{ kind }, count]),
  );
  text.counter("broker_sent_bytes", "Bytes sent to the broker", broker.bytesSent);
  text.counter("broker_received_bytes", "Bytes received from the broker", broker.bytesReceived);
  text.counter("broker_messages_confirmed", "Messages that the broker stored", broker.messagesConfirmed);
  writeSeconds(text, "broker_round_trip_seconds", "From a request to its answer", broker.roundTripMillis);
  writeSeconds(
    text,
    "broker_confirm_seconds",
    "From sending a batch to its confirmation",
    broker.confirmMillis,
  );
}

function writeProcess(text: MetricsText, loopDelay: MetricSources["loopDelay"]): void {
  const { heapUsed, heapTotal, external, arrayBuffers, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  text.gauge("process_resident_memory_bytes", "Memory of the process", rss);
  text.gauge("process_memory_bytes", "Memory of the JavaScript engine, by kind", [
    [{ kind: "heap_used" }, heapUsed],
    [{ kind: "heap_total" }, heapTotal],
    [{ kind: "external" }, external],
    [{ kind: "array_buffers" }, arrayBuffers],
  ]);
  const seconds = (nanos: number) => (Number.isFinite(nanos) ? nanos / 1e9 : 0);
  text.gauge("process_event_loop_delay_seconds", "How late the event loop was, since the last look", [
    [{ quantile: "0.5" }, seconds(loopDelay.percentile(50))],
    [{ quantile: "0.99" }, seconds(loopDelay.percentile(99))],
    [{ quantile: "1" }, seconds(loopDelay.max)],
  ]);
  text.counter("process_cpu_seconds", "Processor time of the process", [
    [{ mode: "user" }, user / 1e6],
    [{ mode: "system" }, system / 1e6],
  ]);
}

function writeSeconds(text: MetricsText, name: string, help: string, millis: HistogramSnapshot): void {
  text.summary(name, help, {
    quantiles: { "0.5": millis.p50 / 1000, "0.99": millis.p99 / 1000, "0.999": millis.p999 / 1000 },
    sum: millis.sum / 1000,
    count: millis.count,
  });
}
