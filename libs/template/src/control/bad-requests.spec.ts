import { ExchangeId, type StatusReport } from "@ims/common";
import { v2 } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataService } from "../service/data-service.js";
import type { RawClient } from "../spec-support/raw-client.js";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";

let fixture: ServiceFixture;
let service: DataService;
let client: RawClient;

beforeEach(async () => {
  fixture = new ServiceFixture();
  await fixture.startBroker();
  service = await fixture.startService();
  client = await fixture.connect(100);
  await service.ready;
});
afterEach(() => fixture.dispose());

async function counters(): Promise<Record<string, number>> {
  const report = (await (await fetch(new URL("/status", service.healthUrl))).json()) as StatusReport;
  return report.counters;
}

describe("requests that are refused", () => {
  it("data before login, with the code for it", async () => {
    const { json } = await client.startTrades("BTCUSDT");
    expect(json).toMatchObject({ kind: "Data", code: 8, requestType: 113 });
    expect(json.text).toMatch(/not logged in.*Log in first/);
    expect(fixture.venue.calls).toEqual([]);
  });

  it("a second login of the same client id", async () => {
    await client.login();
    const { json } = await client.login();
    expect(json).toMatchObject({ kind: "Client", code: 1 });
    expect(json.text).toMatch(/already logged in/);
    expect((await client.startTrades("BTCUSDT")).templateId).toBe(v2.StartAcceptedDecoder.TEMPLATE_ID);
  });

  it("a reserved client id", async () => {
    const reserved = await fixture.connect(99);
    expect((await reserved.login()).json).toMatchObject({ kind: "Client", code: 5 });
  });

  it("another exchange, at login and later", async () => {
    expect((await client.login({ exchange: ExchangeId.Bitstamp })).json).toMatchObject({
      kind: "Data",
      code: 7,
    });
    await client.login();
    const { json } = await client.request(new v2.StartDataRequestEncoder(), (encoder) =>
      encoder.exchangeId(ExchangeId.Deribit).dataType(1).delivery(1).symbol("BTCUSDT"),
    );
    expect(json).toMatchObject({ kind: "Data", code: 7 });
    expect(json.text).toMatch(/serves binancespot.*deribit/);
  });

  it("a foreign session id", async () => {
    await client.login();
    const { json } = await client.request(new v2.StopAllDataRequestEncoder(), (encoder) =>
      encoder.sessionId(client.sessionId ^ 1n),
    );
    expect(json).toMatchObject({ kind: "Client", code: 5 });
  });

  it("an unknown symbol, with suggestions", async () => {
    await client.login();
    const { json } = await client.startTrades("BTCUSD");
    expect(json).toMatchObject({ kind: "Data", code: 32 });
    expect(json.text).toMatch(/"BTCUSD".*Did you mean BTCUSDT/);
  });

  it("a resolution that the venue does not offer, with those that it does", async () => {
    await client.login();
    const { json } = await client.startBars("BTCUSDT", 8);
    expect(json).toMatchObject({ kind: "Data", code: 33 });
    expect(json.text).toMatch(/1M.*1m, 1h/);
  });

  it("a feed that the venue does not start, and leaves no subscription behind", async () => {
    await client.login();
    fixture.venue.failNextStart = new Error("venue says no");
    const { json } = await client.startTrades("BTCUSDT");
    expect(json).toMatchObject({ kind: "Data", code: 9 });
    expect(json.text).toMatch(/venue says no/);
    expect((await client.stopTrades("BTCUSDT")).json).toMatchObject({ affectedCount: 0 });
    expect((await client.startTrades("BTCUSDT")).templateId).toBe(v2.StartAcceptedDecoder.TEMPLATE_ID);
  });
});

describe("messages that are no requests", () => {
  it("are counted, answered where the sender can be read, and harm nobody", async () => {
    await client.login();
    const good = client.encode(new v2.StartDataRequestEncoder(), (encoder) =>
      encoder.dataType(1).delivery(1).symbol("BTCUSDT"),
    );
    const wrongSchema = good.slice();
    wrongSchema[4] = 200;
    const random = Uint8Array.from({ length: 300 }, (_, index) => (index * 37) & 0xff);
    for (const bytes of [Uint8Array.of(1), random, wrongSchema, good.slice(0, 20)]) await client.send(bytes);
    await client.send(good.slice(0, good.length - 1));
    const { json } = await client.reply(String(new DataView(good.buffer).getBigUint64(16, true)));
    expect(json).toMatchObject({ kind: "Data", code: 35, requestType: 113 });
    expect((await counters()).requestsMalformed).toBe(5);
    const kinds = fixture.log.lines
      .map(({ kind }) => kind)
      .filter((kind) => String(kind).startsWith("malformed"));
    expect(kinds).toEqual(["malformed-too-short", "malformed-wrong-schema", "malformed-truncated"]);
    expect((await client.startTrades("BTCUSDT")).templateId).toBe(v2.StartAcceptedDecoder.TEMPLATE_ID);
  });

  it("a request sent twice is answered twice alike and done once", async () => {
    await client.login();
    const start = client.encode(new v2.StartDataRequestEncoder(), (encoder) =>
      encoder.dataType(1).delivery(1).symbol("BTCUSDT"),
    );
    await client.send(start);
    await client.send(start);
    const requestId = String(new DataView(start.buffer).getBigUint64(16, true));
    const [first, second] = [await client.reply(requestId), await client.reply(requestId)];
    const { sentTime: _, ...rest } = first.json;
    expect(second.json).toMatchObject(rest);
    expect(fixture.venue.calls).toEqual(["start trades BTCUSDT"]);
  });

  it("old requests are dropped with a count", async () => {
    const old = client.encode(new v2.LoginRequestEncoder(), () => {});
    await client.send(old, (Date.now() - 31_000) * 1000);
    await client.login();
    expect(await counters()).toMatchObject({ requestsStale: 1, requestsHandled: 1 });
  });
});

describe("sessions", () => {
  it("end without a heartbeat, and with them their feeds", async () => {
    await service.close();
    const short = await fixture.startService({ sessionExpiryMillis: 200, heartbeatMillis: 100 });
    await short.ready;
    await client.login();
    await client.startTrades("BTCUSDT");
    await until(() => fixture.venue.running.size === 0);
    expect((await client.startTrades("BTCUSDT")).json).toMatchObject({ kind: "Data", code: 8 });
  });

  it("what was asked while the service was down is answered when it is back", async () => {
    await service.close();
    const login = client.encode(new v2.LoginRequestEncoder(), (encoder) => encoder.sessionId(0n));
    await client.send(login);
    const again = await fixture.startService();
    const requestId = String(new DataView(login.buffer).getBigUint64(16, true));
    expect((await client.reply(requestId)).templateId).toBe(v2.LoginAcceptedDecoder.TEMPLATE_ID);
    await again.ready;
  });
});
