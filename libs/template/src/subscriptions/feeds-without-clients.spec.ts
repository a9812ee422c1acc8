import { DataType } from "@ims/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FeedEntry } from "../settings/feed-entries.js";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";

const FEEDS: readonly FeedEntry[] = [
  { dataType: DataType.Trade, resolution: 0, symbols: "*" },
  { dataType: DataType.Bar, resolution: 1, symbols: ["ETHUSDT"] },
];

let fixture: ServiceFixture;
beforeEach(async () => {
  fixture = new ServiceFixture();
  await fixture.startBroker();
});
afterEach(() => fixture.dispose());

describe("a service with configured feeds", () => {
  it("runs them without a client, is ready with them, and publishes what they give", async () => {
    const service = await fixture.startService({ feeds: FEEDS });
    await service.ready;
    await until(() => fixture.venue.running.size === 4);
    expect(fixture.venue.running).toEqual(
      new Set(["trades BTCUSDT", "trades ETHUSDT", "trades SOLUSDT", "bars ETHUSDT 1m"]),
    );
    const client = await fixture.connect(100);
    await client.login();
    const { partitionId } = (await client.startTrades("BTCUSDT")).json as { partitionId: number };
    fixture.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    await client.next("binancespot-market-data", "trades", partitionId);
    // No client ends what the configuration asks for.
    expect((await client.logout()).json).toMatchObject({ affectedCount: 1 });
    expect(fixture.venue.running.size).toBe(4);
    expect(fixture.venue.calls.filter((call) => call.startsWith("stop"))).toEqual([]);
  });

  it("says after a restart what was missed, once for each feed", async () => {
    const service = await fixture.startService({ feeds: FEEDS });
    await service.ready;
    await until(() => fixture.venue.running.size === 4);
    fixture.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    await service.close();
    const again = await fixture.startService({ feeds: [FEEDS[0]!] });
    await again.ready;
    await until(() => fixture.venue.running.size === 3);
    await again.close();
    const client = await fixture.connect(100);
    const gaps = await client.read("binancespot-market-data", "gaps", 0, 0, 10);
    // Of bars there was no record before, and nobody asks for them any more.
    expect(gaps.map(({ json }) => [json.symbol, json.dataType, json.reason]).sort()).toEqual([
      ["BTCUSDT", 1, "ServiceRestarted"],
      ["ETHUSDT", 1, "ServiceRestarted"],
      ["SOLUSDT", 1, "ServiceRestarted"],
    ]);
  });

  it("runs what is listed, and is not ready as long as a named symbol is not", async () => {
    const symbols = ["ETHUSDT", "GONEUSDT"];
    const service = await fixture.startService({ feeds: [{ ...FEEDS[0]!, symbols }] });
    await service.ready;
    await until(() => fixture.venue.running.size === 1);
    expect(fixture.log.lines.filter(({ level }) => level === 50)).toMatchObject([
      { mistakes: [expect.stringMatching(/^feeds\[0\]: "GONEUSDT" is not listed/)] },
    ]);
    const health = await (await fetch(service.healthUrl)).json();
    expect(JSON.stringify(health)).toContain("GONEUSDT");
  });

  it("ends when no symbol is listed, naming all of them, and at once for what the venue does not offer", async () => {
    const symbols = ["BTCUSD", "SOLUSD"];
    const service = await fixture.startService({ feeds: [{ ...FEEDS[0]!, symbols }] });
    await expect(service.ready).rejects.toMatchObject({ code: "service.feeds-not-served" });
    const error = await service.closed;
    expect(error).toMatchObject({ code: "service.feeds-not-served", retryable: false });
    expect(error!.message).toMatch(/"BTCUSD" is not listed.*"SOLUSD" is not listed/);
    expect(fixture.venue.isShutDown).toBe(true);
    const book: FeedEntry = { dataType: DataType.Book, resolution: 0, symbols: "*" };
    await expect(fixture.startService({ feeds: [book] })).rejects.toMatchObject({
      code: "service.feeds-not-served",
    });
  });
});
