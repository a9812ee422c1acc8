import { v1 } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

async function start(environment: "CI" | "CLUSTER") {
  const service = await fixture.startService({ environment });
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
