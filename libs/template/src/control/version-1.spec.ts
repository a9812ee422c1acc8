import { readFileSync } from "node:fs";
import { join } from "node:path";
import { v1 } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import type { ServiceSettings } from "../settings/service-settings.js";
import { encodeVersion1, type RawClient } from "../spec-support/raw-client.js";
import { ServiceFixture, until } from "../spec-support/service-fixture.js";

let fixture: ServiceFixture;
let client: RawClient;

beforeEach(async () => {
  fixture = new ServiceFixture();
  await fixture.startBroker();
});
afterEach(() => fixture.dispose());

const CONTROL = ["binancespot-control-stream", "binancespot-control-topic"] as const;
const OWN = ["binancespot-data-client-100", "binancespot-data-topic"] as const;

async function start(environment: "CI" | "CLUSTER", settings: Partial<ServiceSettings> = {}) {
  const service = await fixture.startService({ environment, ...settings });
  client = await fixture.connect(100);
  await service.ready;
}

/** The next of the service's refusals on the control topic, where the client's own requests stand as well. */
async function nextRefusal() {
  for (;;) {
    const message = await client.next(...CONTROL);
    if (message.templateId >= 801) return message;
  }
}

function startData(symbol: string, changes: { exchange?: number; type?: number; resolution?: number } = {}) {
  return encodeVersion1(new v1.StartDataMsgEncoder(), 100, (encoder) =>
    encoder
      .exchangeID(changes.exchange ?? 4)
      .symbolID(symbol)
      .dataTypeID(changes.type ?? 1)
      .timeResolution(changes.resolution ?? 0),
  );
}

describe("a client of schema version 1", () => {
  it("logs in, gets its records in its own stream, and stops", async () => {
    await start("CI");
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    await client.send(startData("BTCUSDT"));
    await client.send(startData("BTCUSDT", { type: 2, resolution: 1 }));
    await until(() => fixture.venue.running.size === 2);
    fixture.venue.emitTrade("BTCUSDT", 7, 25_050n, 100n);
    fixture.venue.emitBar("BTCUSDT", "1m", 1_700_000_040_000_000, 250n);
    expect(await client.next(...OWN)).toMatchObject({
      templateId: 205,
      json: { symbolID: "BTCUSDT", price: { num: "25050", scale: 2 }, volume: { num: "100", scale: 5 } },
    });
    expect(await client.next(...OWN)).toMatchObject({
      templateId: 204,
      json: {
        dateTime: "1700000040000000",
        openPrice: { num: "100", scale: 2 },
        closePrice: { num: "250", scale: 2 },
      },
    });
    const stop = encodeVersion1(new v1.StopDataMsgEncoder(), 100, (encoder) =>
      encoder.exchangeID(4).symbolID("BTCUSDT").dataTypeID(2),
    );
    await client.send(stop);
    await until(() => fixture.venue.running.size === 1);
    await client.send(encodeVersion1(new v1.ClientLogoutEncoder(), 100));
    await until(() => fixture.venue.running.size === 0);
  });

  it("gets refusals on the control topic, with codes that it knows", async () => {
    await start("CI");
    await client.send(startData("BTCUSDT"));
    expect(await nextRefusal()).toMatchObject({ templateId: 802, json: { clientID: 100, dataErrorType: 8 } });
    await client.send(encodeVersion1(new v1.ClientLogoutEncoder(), 100));
    expect(await nextRefusal()).toMatchObject({ templateId: 801, json: { clientErrorType: 3 } });
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    expect(await nextRefusal()).toMatchObject({ templateId: 801, json: { clientErrorType: 1 } });
    await client.send(startData("BTCUSDT", { exchange: 1 }));
    expect(await nextRefusal()).toMatchObject({ templateId: 802, json: { dataErrorType: 7 } });
    await client.send(startData("NOPE"));
    expect(await nextRefusal()).toMatchObject({ templateId: 802, json: { dataErrorType: 2 } });
  });

  it("is not admitted in a cluster", async () => {
    await start("CLUSTER");
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    expect(await nextRefusal()).toMatchObject({ templateId: 801, json: { clientErrorType: 5 } });
  });
});

describe("a session of version 1", () => {
  it("ends when no request came for its time, and its client is told", async () => {
    await start("CI", { version1ExpiryMillis: 1000 });
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    await client.send(startData("BTCUSDT"));
    await until(() => fixture.venue.running.size === 1);
    expect(await nextRefusal()).toMatchObject({
      templateId: 801,
      json: { clientID: 100, clientErrorType: 3 },
    });
    await until(() => fixture.venue.running.size === 0);
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    await client.send(startData("BTCUSDT"));
    await until(() => fixture.venue.running.size === 1);
  });

  it("is given up by a logout of whoever knows no more than the client id, for a new login", async () => {
    await start("CI");
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    await client.send(startData("BTCUSDT"));
    await client.send(encodeVersion1(new v1.ClientLogoutEncoder(), 100));
    await client.send(encodeVersion1(new v1.ClientLoginEncoder(), 100));
    await client.send(startData("ETHUSDT"));
    await until(() => fixture.venue.running.has("trades ETHUSDT"));
    expect(fixture.venue.running).toEqual(new Set(["trades ETHUSDT"]));
  });
});

describe.skipIf(!inject("sharedDir"))("control messages as the reference system encodes them", () => {
  interface Vector {
    readonly name: string;
    readonly message: string;
    readonly hex: string;
  }
  const file = join(inject("sharedDir"), "sbe/vectors/ims/vectors.json");
  const vectors = inject("sharedDir") ? (JSON.parse(readFileSync(file, "utf8")) as Vector[]) : [];

  /** The bytes of a vector, for another client or exchange where those are given. */
  function bytesOf(name: string, clientId?: number, exchangeId?: number): Uint8Array {
    const bytes = Buffer.from(vectors.find((vector) => vector.name === name)!.hex, "hex");
    if (clientId !== undefined) bytes.writeUInt16LE(clientId, 10);
    if (exchangeId !== undefined) bytes.writeUInt8(exchangeId, 12);
    return new Uint8Array(bytes);
  }

  /** Template, client id and code of the refusal of each; no refusal for what is accepted or no request at all. */
  const EXPECTED: Readonly<Record<string, readonly [template: number, clientId: number, code: number]>> = {
    "reference test: client login 42": [801, 42, 5],
    "reference test: client login 23": [801, 23, 5],
    "client login, smallest id": [801, 0, 5],
    "client login with null message type": [802, 7, 3],
    "client login with an unknown message type 999": [802, 7, 3],
    "reference test: client logout 22": [801, 22, 3],
    "reference test: start data APPL on Kraken": [802, 1, 8],
    "start one-minute bars of BTCUSDT on Binance spot": [802, 100, 8],
    "symbol of exactly 20 characters": [802, 65_534, 7],
    "empty symbol": [802, 1, 8],
    "all numeric fields at 255": [802, 65_535, 8],
    "reference test: stop data APPL on Kraken": [802, 1, 8],
    "stop bars of ETHUSD_PERP": [802, 300, 8],
    "reference test: stop all on Kraken": [802, 1, 8],
    "stop all, exchange 0": [802, 258, 8],
  };

  it("get the errors that the reference system has for them, on the control topic and in order", async () => {
    await start("CI");
    // Errors are the service's own words; it reads over them.
    const sent = vectors.filter(({ message }) => !/^(Client|Data|Order)Error$/.test(message));
    for (const { hex } of sent) await client.send(new Uint8Array(Buffer.from(hex, "hex")));
    await client.send(bytesOf("reference test: client logout 22", 65_534));
    await client.send(bytesOf("reference test: client logout 22", 65_534));
    const refusals: unknown[] = [];
    const count = Object.keys(EXPECTED).length + 1;
    while (refusals.length < count) {
      const { templateId, json } = await nextRefusal();
      refusals.push([templateId, json.clientID, json.clientErrorType ?? json.dataErrorType]);
    }
    const inOrder = sent.flatMap(({ name }) => (name in EXPECTED ? [EXPECTED[name]] : []));
    // Of the two logouts the first ended the session of the largest id.
    expect(refusals).toEqual([...inOrder, [801, 65_534, 3]]);
  });

  it("make a whole session", async () => {
    await start("CI");
    await client.send(bytesOf("client login, largest id 65534", 100));
    await client.send(bytesOf("start one-minute bars of BTCUSDT on Binance spot"));
    await until(() => fixture.venue.running.size === 1);
    expect(fixture.venue.running).toEqual(new Set(["bars BTCUSDT 1m"]));
    fixture.venue.emitBar("BTCUSDT", "1m", 1_700_000_040_000_000, 250n);
    expect(await client.next(...OWN)).toMatchObject({ templateId: 204, json: { symbolID: "BTCUSDT" } });
    await client.send(bytesOf("reference test: stop all on Kraken", 100, 4));
    await until(() => fixture.venue.running.size === 0);
    await client.send(bytesOf("start one-minute bars of BTCUSDT on Binance spot"));
    await until(() => fixture.venue.running.size === 1);
    await client.send(bytesOf("reference test: client logout 22", 100));
    await until(() => fixture.venue.running.size === 0);
  });
});
