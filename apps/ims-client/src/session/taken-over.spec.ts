import { describe, expect, it } from "vitest";
import { collect, stage } from "../spec-support/client-stage.js";
import { MemoryBroker } from "../spec-support/memory-broker.js";
import { ScriptedService } from "../spec-support/scripted-service.js";

describe("a session that a restarted service took over", () => {
  it("goes on without a new login or a new start, and says so once", async () => {
    const { client, service, run, clock } = stage();
    const resumed: unknown[] = [];
    client.on("resumed", (event) => resumed.push(event));
    await run(client.login());
    await run(client.startTradeData(["BTCUSDT", "BNBUSDT"]));
    const trades = collect(client.trades());
    await clock.advance(10_100);
    expect(resumed).toEqual([]);
    service.restartCount++;
    service.publishTrade("BTCUSDT", 1);
    await clock.advance(30_000);
    expect(resumed).toEqual([{ subscriptionCount: 2, awayMillis: expect.any(Number), missed: [] }]);
    expect(trades.map(({ tradeId }) => tradeId)).toEqual([1]);
    expect(service.requests.filter((request) => request !== "heartbeat")).toEqual([
      "login",
      "start BTCUSDT 1/0",
      "start BNBUSDT 1/0",
    ]);
    service.restartCount++;
    await run(client.stopTradeData("BNBUSDT"));
    expect(resumed).toHaveLength(2);
    await run(client.shutdown());
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("tells restarts between the login and the first heartbeat, once", async () => {
    const { client, service, run, clock } = stage();
    const resumed: unknown[] = [];
    client.on("resumed", (event) => resumed.push(event));
    service.restartCount = 7;
    await run(client.login());
    await clock.advance(10_100);
    // The login opened the session, so these seven restarts came within it.
    expect(resumed).toHaveLength(1);
    await clock.advance(10_100);
    expect(resumed).toHaveLength(1);
    await run(client.shutdown());
  });

  it("is kept alive by heartbeats in their rhythm while the service is away", async () => {
    const service = new ScriptedService(new MemoryBroker(), 500);
    const { client, run, clock } = stage({ service });
    await run(client.login());
    service.isSilent = true;
    await clock.advance(10_000);
    expect(service.requests.filter((request) => request === "heartbeat")).toHaveLength(20);
    await run(client.shutdown());
  });
});
