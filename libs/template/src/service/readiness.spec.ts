import { DataType, FeedState, type HealthReport, NO_RESOLUTION, type StatusReport } from "@ims/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServiceFixture } from "../spec-support/service-fixture.js";
import type { DataService } from "./data-service.js";

let fixture: ServiceFixture;
let service: DataService;

beforeEach(async () => {
  fixture = new ServiceFixture();
  await fixture.startBroker();
  const feeds = [{ dataType: DataType.Trade, resolution: NO_RESOLUTION, symbols: ["BTCUSDT"] }];
  service = await fixture.startService({ feeds });
  await service.ready;
});
afterEach(() => fixture.dispose());

async function get<Body>(path: string): Promise<{ code: number; body: Body }> {
  const response = await fetch(new URL(path, service.healthUrl));
  return { code: response.status, body: (await response.json()) as Body };
}

function becomes(feedState: FeedState): void {
  fixture.venue.statuses = [
    {
      dataType: DataType.Trade,
      symbol: "BTCUSDT",
      state: "acknowledged",
      feedState,
      lastMicros: 0,
      expectedMicros: 0,
    },
  ];
}

describe("a service with a required feed", () => {
  it("is ready while the feed is fresh, and says what is wrong while it is not", async () => {
    expect(fixture.venue.running).toEqual(new Set(["trades BTCUSDT"]));
    const starting = await get<HealthReport>("/health");
    expect(starting).toMatchObject({
      code: 503,
      body: { status: "degraded", reasons: ["1 of 1 required feeds of trades are not fresh: BTCUSDT"] },
    });
    becomes(FeedState.Live);
    expect(await get("/readyz")).toEqual({ code: 200, body: { status: "ready" } });
    becomes(FeedState.Stale);
    expect((await get("/readyz")).code).toBe(503);
    expect((await get("/livez")).code).toBe(200);
    becomes(FeedState.Quiet);
    expect((await get("/readyz")).code).toBe(200);
  });

  it("lists it with its state, and counts no client for it", async () => {
    becomes(FeedState.Live);
    fixture.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    const { body } = await get<StatusReport>("/status?type=trades&state=live");
    expect(body).toMatchObject({ matchCount: 1, sessionCount: 0, feedStates: { live: 1 } });
    expect(body.subscriptions).toMatchObject([
      { symbol: "BTCUSDT", feedState: "live", lastMessageAt: expect.any(String), missingCount: 0 },
    ]);
    expect((await get<StatusReport>("/status?state=stale")).body.subscriptions).toEqual([]);
  });
});
