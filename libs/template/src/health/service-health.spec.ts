import { DataType, Delivery, ExchangeId, FeedState, SimulatedClock, streamNames } from "@ims/common";
import { beforeEach, describe, expect, it } from "vitest";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { SbeSink, type SinkTargets } from "../publishing/sbe-sink.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import type { FeedEntry } from "../settings/feed-entries.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { FakeIntegration } from "../spec-support/fake-integration.js";
import { FakeProducer } from "../spec-support/fake-producer.js";
import { fakePublishing } from "../spec-support/fake-room.js";
import { parsePrometheus } from "../spec-support/prometheus.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { SubscriptionTable } from "../subscriptions/subscription-table.js";
import { FeedListing } from "./feed-listing.js";
import { ServiceCounters } from "./service-counters.js";
import { ServiceHealth } from "./service-health.js";

let clock: SimulatedClock;
let venue: FakeIntegration;
let table: SubscriptionTable;
let counters: ServiceCounters;
let isBrokerConnected: boolean;
const everything = { offset: 0, limit: 5000 };

/** A service that is ready, without its sockets. */
function ready(feeds: readonly FeedEntry[] = []): ServiceHealth {
  const { logger } = recordingLogger();
  const sink = new SbeSink(ExchangeId.BinanceSpot, clock, counters, new RateLimitedLog(clock, logger));
  const producer = new FakeProducer();
  const producers = {
    ...fakePublishing(clock),
    of: () => [producer.asProducer()],
    pendingCountOf: () => 7,
  };
  venue.factory({ sink, clock, logger, random: () => 0 });
  sink.attach({ producers, outboxes: {}, instruments: {} } as unknown as SinkTargets);
  const limits = {
    heartbeatMillis: 1,
    expiryMillis: 1,
    version1ExpiryMillis: 1,
    sessionCountMax: 1,
    requestsPerSecondMax: 1,
  };
  const health = new ServiceHealth(
    streamNames(ExchangeId.BinanceSpot),
    { iggyUrl: "iggy://user:pa55word@localhost:8090", feeds } as unknown as ServiceSettings,
    [],
    "1.2.3",
    venue,
    new SessionRegistry(limits, () => 1n),
    table,
    new FeedListing(venue, table, sink),
    sink,
    counters,
    clock,
  );
  const client = {
    get connected() {
      return isBrokerConnected;
    },
    diagnostics: { snapshot: () => undefined },
  };
  const side = new Map<string, unknown>([
    ["InstrumentRefresh", { instrumentCount: 3 }],
    ["MarketDataProducers", producers],
  ]);
  const container = { resolve: (token: { name?: string }) => side.get(token.name ?? "") ?? client };
  health.brokerConnected(container as never);
  health.ready();
  return health;
}

function want(symbol: string, feedState: FeedState, dataType: DataType = DataType.Trade): void {
  const feed = { dataType, resolution: 0, symbol };
  table.add({ clientId: 101, feed, delivery: Delivery.Shared, generation: 2 });
  venue.statuses.push({
    dataType,
    symbol,
    state: "acknowledged",
    feedState,
    lastMicros: 0,
    expectedMicros: 2_000_000,
  });
}

beforeEach(() => {
  clock = new SimulatedClock(1_700_000_000_500_000);
  venue = new FakeIntegration();
  table = new SubscriptionTable();
  counters = new ServiceCounters();
  isBrokerConnected = true;
});

describe("the status of a service", () => {
  it("tells of each feed its state, rate, last record and lag", async () => {
    want("BTCUSDT", FeedState.Live);
    const health = ready();
    want("ETHUSDT", FeedState.Stale);
    for (let tradeId = 1; tradeId <= 50; tradeId++) venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    await clock.advance(10_000);
    // Its rates begin with the first interval in which it was known.
    for (let tradeId = 51; tradeId <= 100; tradeId++) venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    await clock.advance(10_000);
    const report = health.statusReport(everything);
    expect(report.subscriptions).toMatchObject([
      {
        dataType: "trades",
        symbol: "BTCUSDT",
        subscriberCount: 1,
        state: "acknowledged",
        feedState: "live",
        expectedSeconds: 2,
        lastMessageAt: "2023-11-14T22:13:30.500Z",
        ratePerSecond: 5,
        lagSeconds: expect.closeTo(10.5, 3),
        missingCount: 0,
      },
      { symbol: "ETHUSDT", feedState: "stale", lastMessageAt: null, ratePerSecond: null, lagSeconds: null },
    ]);
    expect(report).toMatchObject({
      status: "ready",
      version: "1.2.3",
      feedStates: { live: 1, stale: 1 },
      ratePerSecond: 5,
      broker: { connected: true, url: "iggy://***@localhost:8090" },
      publishing: { phase: "flowing", bufferBytes: 64 * 1024, bufferFreeBytes: 64 * 1024 },
    });
    expect(report.publishing.queues[0]).toEqual({
      topic: "trades",
      pendingCount: 7,
      publishedCount: 100,
      shedCount: 0,
      isShed: false,
    });
  });

  it("is bounded for thousands of symbols, and can be paged and filtered", () => {
    for (let symbol = 0; symbol < 3000; symbol++) {
      want(`S${String(symbol).padStart(4, "0")}USDT`, symbol % 100 === 0 ? FeedState.Dead : FeedState.Live);
    }
    const health = ready();
    const seen = new Set<string>();
    for (let offset = 0; offset < 3000; offset += 500) {
      const page = health.statusReport({ offset, limit: 500 });
      expect([page.matchCount, page.offset, page.subscriptions.length]).toEqual([3000, offset, 500]);
      for (const { symbol } of page.subscriptions) seen.add(symbol);
    }
    expect(seen.size).toBe(3000);
    const dead = health.statusReport({ ...everything, state: "dead" });
    expect([dead.matchCount, dead.feedStates]).toEqual([30, { live: 2970, dead: 30 }]);
    expect(health.statusReport({ ...everything, symbol: "s012", type: "trades" }).matchCount).toBe(10);
    expect(health.statusReport({ ...everything, type: "bars" }).subscriptions).toEqual([]);
    expect(JSON.stringify(health.health()).length).toBeLessThan(2000);
  });
});

describe("the readiness of a service", () => {
  const trades = (symbols: FeedEntry["symbols"]): FeedEntry => ({
    dataType: DataType.Trade,
    resolution: 0,
    symbols,
  });

  it("needs its broker, its venue if somebody reads it, and fresh required feeds", () => {
    const health = ready([trades(["BTCUSDT"])]);
    expect(health.readiness()).toEqual({
      status: "degraded",
      reasons: ["1 of 1 required feeds of trades are not fresh: BTCUSDT"],
    });
    want("BTCUSDT", FeedState.Live);
    expect([health.status(), health.health().reasons]).toEqual(["ready", []]);
    venue.isConnected = false;
    isBrokerConnected = false;
    expect(health.readiness().reasons).toEqual([
      "the broker connection is lost",
      "the venue is not connected",
    ]);
    venue.isConnected = true;
    isBrokerConnected = true;
    venue.statuses = [{ ...venue.statuses[0]!, feedState: FeedState.Stale }];
    expect([health.status(), health.health().status, health.statusReport(everything).status]).toEqual([
      "degraded",
      "degraded",
      "degraded",
    ]);
  });

  it("does not depend on feeds that only clients ask for", () => {
    want("BTCUSDT", FeedState.Dead);
    expect(ready().status()).toBe("ready");
  });

  it("ends with the service", () => {
    const health = ready();
    health.stopping();
    expect(health.readiness()).toEqual({ status: "stopping", reasons: ["the service is stopping"] });
  });
});

describe("the metrics of a service", () => {
  it("are Prometheus text in base units, with labels of few values however many feeds there are", () => {
    const few = parsePrometheus(ready().metrics());
    for (let symbol = 0; symbol < 500; symbol++) want(`S${symbol}USDT`, FeedState.Live);
    const health = ready();
    counters.framesRejected.overflow = 3;
    venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    const many = parsePrometheus(health.metrics());
    // One sample for the one state in which the feeds are, and one for the lag of trades.
    expect(many).toHaveLength(few.length + 2);
    for (const { family, labels } of many) {
      expect(family).toMatch(/^ims_/);
      expect(family).not.toMatch(/milli|micro|kilo|mebi|kibi/);
      for (const [label, value] of Object.entries(labels))
        expect(`${label}=${value}`).not.toMatch(/USDT|client/);
    }
    const measured = (name: string, labels: object = {}) =>
      many.find((sample) => sample.name === name && JSON.stringify(sample.labels) === JSON.stringify(labels))
        ?.value;
    expect(measured("ims_ready")).toBe(1);
    expect(measured("ims_feeds", { state: "live" })).toBe(500);
    expect(measured("ims_records_published_total", { topic: "trades" })).toBe(1);
    expect(measured("ims_frames_rejected_total", { reason: "overflow" })).toBe(3);
    expect(measured("ims_feed_lag_seconds", { topic: "trades" })).toBeCloseTo(0.5, 3);
    expect(measured("ims_publishing_phase", { phase: "flowing" })).toBe(1);
    expect(measured("ims_publishing_phase", { phase: "shedding" })).toBe(0);
    expect(measured("ims_build_info", { exchange: "binancespot", version: "1.2.3" })).toBe(1);
  });
});
