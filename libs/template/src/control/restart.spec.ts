import { DataType, GapReason, marketDataPartition } from "@ims/common";
import { v1, v2 } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataService } from "../service/data-service.js";
import { hashToken } from "../sessions/access-tokens.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { testInstrument } from "../spec-support/fake-integration.js";
import { encodeVersion1, type RawClient, type ReadMessage } from "../spec-support/raw-client.js";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";

let fixture: ServiceFixture;
let broker: Awaited<ReturnType<ServiceFixture["startBroker"]>>;
let service: DataService;
let client: RawClient;

beforeEach(async () => {
  fixture = new ServiceFixture();
  broker = await fixture.startBroker();
  service = await fixture.startService();
  client = await fixture.connect(100);
  await service.ready;
});
afterEach(() => fixture.dispose());

/** A service that ends leaves its sessions in the broker as one that is killed does: nobody logs out. */
async function restart(settings: Partial<ServiceSettings> = {}): Promise<void> {
  await service.close();
  fixture.venue.calls.length = 0;
  service = await fixture.startService(settings);
  await service.ready;
}

function heartbeat(of: RawClient): Promise<ReadMessage> {
  return of.request(new v2.HeartbeatRequestEncoder(), () => {});
}

describe("a service that is started anew", () => {
  it("goes on with the sessions and feeds, under the same session id and without a login", async () => {
    await client.login();
    const other = await fixture.connect(101);
    await other.login();
    await client.startTrades("BTCUSDT");
    await client.startBars("ETHUSDT", 1);
    await other.startTrades("BTCUSDT", v2.Delivery.Private);
    await other.startTrades("SOLUSDT");
    await other.stopTrades("SOLUSDT");
    const before = (await heartbeat(client)).json;
    expect(before).toMatchObject({ restartCount: 0 });
    await restart();
    await until(() => fixture.venue.running.size === 2);
    expect(fixture.venue.running).toEqual(new Set(["trades BTCUSDT", "bars ETHUSDT 1m"]));
    expect((await heartbeat(client)).json).toMatchObject({ restartCount: 1, sessionId: before.sessionId });
    fixture.venue.emitTrade("BTCUSDT", 7, 1n, 1n);
    const own = await other.next("binancespot-data-client-101", "binancespot-data-topic");
    expect(own).toBeDefined();
    // The one subscriber that is left keeps the feed, the last one ends it: the counts are those of before.
    expect((await client.stopTrades("BTCUSDT")).json).toMatchObject({ affectedCount: 1 });
    expect(fixture.venue.running).toContain("trades BTCUSDT");
    expect((await other.logout()).json).toMatchObject({ affectedCount: 1 });
    expect(fixture.venue.running).toEqual(new Set(["bars ETHUSDT 1m"]));
    await restart();
    expect((await heartbeat(client)).json).toMatchObject({ restartCount: 2 });
    expect((await heartbeat(other)).json).toMatchObject({ kind: "Client", code: 3 });
  });

  it("gives a session back to a login that carries its id, before and after, and to no other", async () => {
    const resume = async (sessionId: bigint) => {
      const returning = await fixture.connect(100);
      return returning.request(new v2.LoginRequestEncoder(), (encoder) => encoder.sessionId(sessionId));
    };
    await client.login();
    await client.startTrades("BTCUSDT");
    const { sessionId } = client;
    expect((await resume(sessionId)).json).toMatchObject({ sessionId: String(sessionId), requestType: 110 });
    await restart();
    expect((await resume(sessionId ^ 1n)).json).toMatchObject({ kind: "Client", code: 1 });
    expect((await resume(sessionId)).json).toMatchObject({ sessionId: String(sessionId), requestType: 110 });
    expect((await client.stopTrades("BTCUSDT")).json).toMatchObject({ affectedCount: 1 });
  });

  it("copies private delivery again, and says what was missed", async () => {
    await client.login();
    await client.startTrades("BTCUSDT", v2.Delivery.Private);
    fixture.venue.emitTrade("BTCUSDT", 1, 1n, 1n);
    const own = ["binancespot-data-client-100", "binancespot-data-topic"] as const;
    const nextOf = async (templateId: number) => {
      for (;;) {
        const message = await client.next(...own);
        if (message.templateId === templateId) return message.json;
      }
    };
    expect(await nextOf(210)).toMatchObject({ tradeId: "1" });
    await restart();
    await until(() => fixture.venue.running.size === 1);
    const gap = await nextOf(220);
    expect(gap).toMatchObject({ symbol: "BTCUSDT", dataType: DataType.Trade, reason: "ServiceRestarted" });
    expect(v2.GapReason.ServiceRestarted).toBe(GapReason.ServiceRestarted);
    expect(Number(gap.fromTime)).toBeGreaterThan(0);
    expect(Number(gap.toTime)).toBeGreaterThan(Number(gap.fromTime));
    fixture.venue.emitTrade("BTCUSDT", 2, 1n, 1n);
    expect(await nextOf(210)).toMatchObject({ tradeId: "2" });
  });

  it("begins each Gap at the last record of the feed's own partition, which the others say nothing about", async () => {
    const { venue } = fixture;
    const { marketDataStream } = client.names;
    await client.login();
    const partitions = new Map<string, number>();
    for (const symbol of ["BTCUSDT", "ETHUSDT", "SOLUSDT"]) {
      partitions.set(symbol, marketDataPartition(venue.sink.register(testInstrument(symbol)), 4));
      await client.startTrades(symbol);
    }
    const [first, second] = [...partitions].filter(
      ([, partition], at, all) => all.findIndex((other) => other[1] === partition) === at,
    );
    const stored = new Map<string, number>();
    for (const [symbol, partitionId] of [first!, second!]) {
      venue.emitTrade(symbol, 1, 1n, 1n);
      await client.next(marketDataStream, "trades", partitionId);
      const polled = await client.iggy.poll({
        stream: marketDataStream,
        topic: "trades",
        partitionId,
        consumer: { kind: "consumer", id: 1 },
        strategy: { kind: "last" },
        count: 1,
      });
      expect(polled.next()).toBe(true);
      stored.set(symbol, polled.timestampMicros);
    }
    expect(stored.get(second![0])).toBeGreaterThan(stored.get(first![0])!);
    await restart();
    const begun = new Map<string, number>();
    while (begun.size < 3) {
      const { json } = await client.next(marketDataStream, "gaps");
      begun.set(json.symbol as string, Number(json.fromTime));
    }
    for (const [symbol, micros] of stored) expect(begun.get(symbol), symbol).toBe(micros);
  });

  it("keeps a request before it is answered: no client knows of what a restart would forget", async () => {
    const { controlStream, dataTopic } = client.names;
    const lastOf = async (stream: string, topic: string) => {
      const polled = await client.iggy.poll({
        stream,
        topic,
        partitionId: 0,
        consumer: { kind: "consumer", id: 1 },
        strategy: { kind: "last" },
        count: 1,
      });
      expect(polled.next()).toBe(true);
      return { offset: polled.offset, micros: polled.timestampMicros };
    };
    const ownStream = client.names.clientStream(100);
    await client.login();
    for (const request of ["start", "stop", "start", "stop"]) {
      const before = await lastOf(controlStream, "sessions-a");
      await (request === "start" ? client.startTrades("BTCUSDT") : client.stopTrades("BTCUSDT"));
      const kept = await lastOf(controlStream, "sessions-a");
      expect(kept.offset).toBe(before.offset + 1);
      expect(kept.micros).toBeLessThanOrEqual((await lastOf(ownStream, dataTopic)).micros);
    }
  });

  it("takes no session over from a client that is not admitted any more, or by another token", async () => {
    const salt = "0123456789abcdef";
    const token = (name: string) => ({
      salt,
      hash: Buffer.from(hashToken(name, salt).split(":")[2]!, "hex"),
    });
    const entry = (clientId: number, name: string, dataTypes?: ReadonlySet<number>) => ({
      clientId,
      token: token(name),
      dataTypes,
      exchanges: undefined,
      subscriptionsMax: undefined,
      admitsVersion1: false,
      brokerUser: undefined,
    });
    const [first, second, third] = ["the first token of all", "the second of them", "and the third one"];
    await restart({ clients: [entry(100, first!), entry(101, second!), entry(102, third!)] });
    const others = [await fixture.connect(101), await fixture.connect(102)] as const;
    await client.login({ accessToken: first! });
    await others[0].login({ accessToken: second! });
    await others[1].login({ accessToken: third! });
    for (const each of [client, ...others]) {
      await each.startTrades("BTCUSDT");
      await each.startBars("BTCUSDT", 1);
    }
    await restart({
      clients: [entry(100, first!, new Set([DataType.Bar])), entry(101, "rotated, it had leaked")],
    });
    for (const gone of others)
      expect((await heartbeat(gone)).json).toMatchObject({ kind: "Client", code: 3 });
    expect((await heartbeat(client)).json).toMatchObject({ restartCount: 1 });
    await until(() => fixture.venue.running.size > 0);
    expect(fixture.venue.running).toEqual(new Set(["bars BTCUSDT 1m"]));
  });

  it("does not start what the venue has delisted meanwhile", async () => {
    await client.login();
    await client.startTrades("BTCUSDT");
    await client.startTrades("SOLUSDT");
    await service.close();
    fixture.venue.instruments = fixture.venue.instruments.filter(({ symbol }) => symbol !== "SOLUSDT");
    service = await fixture.startService();
    await service.ready;
    await until(() => fixture.venue.running.size > 0);
    expect(fixture.venue.running).toEqual(new Set(["trades BTCUSDT"]));
    expect(fixture.log.lines.map(({ msg }) => msg)).toContain("a feed is not taken up again");
  });

  it("keeps sessions of version 1", async () => {
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    const start = encodeVersion1(new v1.StartDataMsgEncoder(), 100, (encoder) =>
      encoder.exchangeID(4).symbolID("BTCUSDT").dataTypeID(1),
    );
    await client.send(start);
    await until(() => fixture.venue.running.size === 1);
    await restart();
    await until(() => fixture.venue.running.size === 1);
    fixture.venue.emitTrade("BTCUSDT", 7, 25_050n, 100n);
    expect(await client.next("binancespot-data-client-100", "binancespot-data-topic")).toMatchObject({
      templateId: 205,
    });
  });

  it("writes the state anew for a broker that comes back empty", async () => {
    await client.login();
    await client.startTrades("BTCUSDT");
    await broker.close();
    await fixture.startBroker("another");
    await until(async () => {
      const { controlStream } = client.names;
      const topics = await client.iggy.topics.list(controlStream).catch(() => []);
      return topics.some(({ name, messageCount }) => name.startsWith("sessions-") && messageCount >= 4);
    });
    await restart();
    await until(() => fixture.venue.running.size === 1);
    // Offsets begin anew, so a reader of the old stream would wait behind its end.
    const again = await fixture.connect(100);
    again.sessionId = client.sessionId;
    expect((await heartbeat(again)).json).toMatchObject({ restartCount: 1 });
  });
});
