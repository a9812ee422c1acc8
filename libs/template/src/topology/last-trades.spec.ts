import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataService } from "../service/data-service.js";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";

const SILENT = { sessionExpiryMillis: 400, heartbeatMillis: 100 };

let fixture: ServiceFixture;
let service: DataService;

beforeEach(async () => {
  fixture = new ServiceFixture();
  await fixture.startBroker();
  service = await fixture.startService(SILENT);
  await service.ready;
});
afterEach(() => fixture.dispose());

/** A reader that sends no heartbeats. */
async function reader(clientId: number) {
  const client = await fixture.connect(clientId);
  await client.login();
  await client.startTrades("BTCUSDT");
  return client;
}

function emitTrades(...ids: number[]): void {
  for (const id of ids) fixture.venue.emitTrade("BTCUSDT", id, 1n, 1n);
}

describe("a feed of trades whose last reader fell silent", () => {
  it("goes on behind the last trade for whoever reads it next, once", async () => {
    const { venue } = fixture;
    await reader(100);
    expect(venue.resumedBehind.get("BTCUSDT")).toBeUndefined();
    emitTrades(1, 2);
    await until(() => venue.running.size === 0);
    // What the venue had under way when it was stopped.
    emitTrades(3);
    const next = await reader(101);
    expect(venue.resumedBehind.get("BTCUSDT")).toBe(3);
    emitTrades(4);
    await next.stopTrades("BTCUSDT");
    await next.startTrades("BTCUSDT");
    expect(venue.resumedBehind.get("BTCUSDT")).toBeUndefined();
  });

  it("does so also when the service was started anew meanwhile", async () => {
    const { venue } = fixture;
    await reader(100);
    emitTrades(1, 2);
    await until(() => venue.running.size === 0);
    await reader(101);
    emitTrades(3);
    await service.close();
    const endedMillis = Date.now();
    await until(() => Date.now() - endedMillis > SILENT.sessionExpiryMillis);
    service = await fixture.startService(SILENT);
    await service.ready;
    expect(fixture.log.lines.map(({ msg }) => msg)).toContain("session not taken over");
    await reader(102);
    expect(venue.resumedBehind.get("BTCUSDT")).toBe(3);
  });
});
