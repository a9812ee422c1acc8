import { Delivery } from "@ims/common";
import { v2 } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RecordEncoder } from "../publishing/record-encoder.js";
import type { DataService } from "../service/data-service.js";
import type { RawClient, ReadMessage } from "../spec-support/raw-client.js";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";

const CLIENT_COUNT = 100;
const TRADE_COUNT = 20;

let fixture: ServiceFixture;
let service: DataService;
let clients: RawClient[];

beforeEach(async () => {
  fixture = new ServiceFixture();
  await fixture.startBroker();
  service = await fixture.startService({ sessionExpiryMillis: 60_000 });
  await service.ready;
  clients = [];
  for (let index = 0; index < CLIENT_COUNT; index++) clients.push(await fixture.connect(100 + index));
  const logins = await askAll(() => [new v2.LoginRequestEncoder(), (encoder) => encoder.sessionId(0n)]);
  for (const [index, { json }] of logins.entries())
    clients[index]!.sessionId = BigInt(json.sessionId as string);
}, 60_000);
afterEach(async () => {
  vi.restoreAllMocks();
  await fixture.dispose();
});

type Request = Parameters<RawClient["encode"]>;

/** Sends a request of every client, then takes the replies one by one: a hundred that look for theirs slow each other. */
async function askAll(requestOf: (index: number) => Request): Promise<ReadMessage[]> {
  const requestIds: string[] = [];
  for (const [index, client] of clients.entries()) {
    const bytes = client.encode(...requestOf(index));
    requestIds.push(String(new DataView(bytes.buffer).getBigUint64(16, true)));
    await client.send(bytes);
  }
  const replies: ReadMessage[] = [];
  for (const [index, client] of clients.entries()) replies.push(await client.reply(requestIds[index]!));
  return replies;
}

function startTrades(delivery: Delivery): Promise<ReadMessage[]> {
  return askAll(() => [
    new v2.StartDataRequestEncoder(),
    (encoder) => (encoder as v2.StartDataRequestEncoder).dataType(1).delivery(delivery).symbol("BTCUSDT"),
  ]);
}

/** Messages that the broker holds of a topic. */
async function storedIn(stream: string, topic: string): Promise<number> {
  const details = await clients[0]!.iggy.topics.get(stream, topic);
  return details!.partitions.reduce((sum, { messageCount }) => sum + Number(messageCount), 0);
}

function emitTrades(): void {
  for (let tradeId = 1; tradeId <= TRADE_COUNT; tradeId++)
    fixture.venue.emitTrade("BTCUSDT", tradeId, 1n, 1n);
}

describe("a hundred clients of one symbol", { timeout: 60_000 }, () => {
  it("cost one venue feed, one encoding and one stored copy of each trade in shared delivery", async () => {
    const encode = vi.spyOn(RecordEncoder.prototype, "trade");
    const starts = await startTrades(Delivery.Shared);
    expect(fixture.venue.calls).toEqual(["start trades BTCUSDT"]);
    expect(new Set(starts.map(({ json }) => `${json.stream} ${json.partitionId}`)).size).toBe(1);
    emitTrades();
    await until(async () => (await storedIn("binancespot-market-data", "trades")) >= TRADE_COUNT);
    await service.close();
    expect(encode).toHaveBeenCalledTimes(TRADE_COUNT);
    expect(await storedIn("binancespot-market-data", "trades")).toBe(TRADE_COUNT);
    for (const client of clients.slice(0, 5)) {
      // Its replies alone: no copy of any trade.
      expect(await storedIn(client.names.clientStream(client.clientId), client.names.dataTopic)).toBe(2);
    }
  });

  it("cost one encoding in private delivery too, and one copy for each client", async () => {
    const encode = vi.spyOn(RecordEncoder.prototype, "trade");
    await startTrades(Delivery.Private);
    expect(fixture.venue.calls).toEqual(["start trades BTCUSDT"]);
    emitTrades();
    await service.close();
    expect(encode).toHaveBeenCalledTimes(TRADE_COUNT);
    for (const client of clients) {
      const { clientId, names } = client;
      expect(await storedIn(names.clientStream(clientId), names.dataTopic)).toBe(2 + TRADE_COUNT);
    }
  });

  it("keep the feed until the last of them is gone, by whichever way", async () => {
    await startTrades(Delivery.Shared);
    const last = clients.pop()!;
    await askAll((index) => {
      if (index % 3 === 0) return [new v2.LogoutRequestEncoder(), () => {}];
      if (index % 3 === 1) return [new v2.StopAllDataRequestEncoder(), () => {}];
      const stop = (encoder: unknown) => (encoder as v2.StopDataRequestEncoder).dataType(1).symbol("BTCUSDT");
      return [new v2.StopDataRequestEncoder(), stop];
    });
    expect(fixture.venue.calls).toEqual(["start trades BTCUSDT"]);
    expect((await last.stopTrades("BTCUSDT")).json).toMatchObject({ affectedCount: 1 });
    expect(fixture.venue.calls).toEqual(["start trades BTCUSDT", "stop trades BTCUSDT"]);
  });
});
