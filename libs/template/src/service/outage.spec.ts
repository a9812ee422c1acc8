import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { v2 } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";

let fixture: ServiceFixture;

beforeEach(() => {
  fixture = new ServiceFixture();
});
afterEach(() => fixture.dispose());

async function statusOf(url: string): Promise<number> {
  return (await fetch(new URL("/readyz", url))).status;
}

describe("a broker that goes away", () => {
  it("and comes back with its data: records wait and arrive in order, sessions live on", async () => {
    const broker = await fixture.startBroker();
    const service = await fixture.startService();
    const client = await fixture.connect(100);
    await service.ready;
    await client.login();
    const { partitionId } = (await client.startTrades("BTCUSDT")).json as { partitionId: number };
    fixture.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    await client.next("binancespot-market-data", "trades", partitionId);
    await broker.close();
    await until(async () => (await statusOf(service.healthUrl)) === 503);
    for (let tradeId = 2; tradeId <= 500; tradeId++) fixture.venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
    await fixture.startBroker();
    const seen: number[] = [];
    while (seen.length < 499) {
      const { json } = await client.next("binancespot-market-data", "trades", partitionId);
      seen.push(Number(json.tradeId));
    }
    expect(seen).toEqual(Array.from({ length: 499 }, (_, index) => index + 2));
    expect((await client.stopTrades("BTCUSDT")).json).toMatchObject({ affectedCount: 1 });
    await until(async () => (await statusOf(service.healthUrl)) === 200);
  });

  it("and comes back empty: streams and instruments are made anew", async () => {
    const broker = await fixture.startBroker();
    const service = await fixture.startService();
    const client = await fixture.connect(100);
    await service.ready;
    await client.login();
    await client.startTrades("BTCUSDT");
    await broker.close();
    await fixture.startBroker("another");
    await until(async () => (await statusOf(service.healthUrl)) === 200);
    const fresh = await fixture.connect(101);
    await until(
      async () =>
        (await fresh.iggy.topics.get("binancespot-control-stream", "binancespot-control-topic")) !== null,
    );
    const login = await fresh.login();
    expect(login.json).toMatchObject({ instrumentCount: 3 });
    const from = Number(login.json.instrumentsOffset);
    expect(await fresh.read("binancespot-market-data", "instruments", 0, from, 10)).toHaveLength(3);
    const { partitionId } = (await fresh.startTrades("BTCUSDT")).json as { partitionId: number };
    fixture.venue.emitTrade("BTCUSDT", 7, 1n, 1n);
    expect((await fresh.next("binancespot-market-data", "trades", partitionId)).json.tradeId).toBe("7");
    expect(fixture.venue.calls).toEqual(["start trades BTCUSDT"]);
  });
});

describe("a venue without a symbol list", () => {
  it("refuses logins with the reason, and serves when the list is there", async () => {
    let open!: () => void;
    fixture.venue.symbolsGate = new Promise((resolve) => {
      open = resolve;
    });
    await fixture.startBroker();
    const service = await fixture.startService();
    const client = await fixture.connect(100);
    await until(
      async () =>
        (await client.iggy.topics.get("binancespot-control-stream", "binancespot-control-topic")) !== null,
    );
    const login = client.encode(new v2.LoginRequestEncoder(), () => {});
    // Older than the time that a request waits for the list, so it is answered at once.
    await client.send(login, (Date.now() - 5000) * 1000);
    const { json } = await client.reply(String(new DataView(login.buffer).getBigUint64(16, true)));
    expect(json).toMatchObject({ kind: "Client", code: 2 });
    expect(json.text).toMatch(/still loading/);
    const waiting = client.login();
    open();
    expect((await waiting).templateId).toBe(v2.LoginAcceptedDecoder.TEMPLATE_ID);
    await service.ready;
  });
});

describe("the health port", () => {
  it("taken by another program is named, with the setting that changes it", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await fixture.startBroker();
    await expect(fixture.startService({ httpPort: port })).rejects.toMatchObject({
      code: "service.port-in-use",
      message: expect.stringContaining("IMS_HTTP_PORT"),
    });
    expect(fixture.venue.isShutDown).toBe(true);
    await new Promise((resolve) => other.close(resolve));
  });
});
