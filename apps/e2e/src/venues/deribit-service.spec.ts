import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decimal, ExchangeId, systemClock } from "@ims/common";
import { type DeribitVenue, openDeribitVenue } from "@ims/exchange-simulator";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { createDeribitIntegration } from "@ims/integration-deribit";
import { type DataService, startDataService } from "@ims/template";
import { ImsClient } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { quietLogger } from "../support/market-run.js";

let dataDir: string;
let broker: Broker;
let venue: DeribitVenue;
let service: DataService;
let client: ImsClient;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "ims-deribit-"));
  broker = await startBroker({ port: 0, dataDir: join(dataDir, "broker") });
  venue = openDeribitVenue({ clock: systemClock });
  const iggyUrl = `iggy://iggy:iggy@127.0.0.1:${broker.port}`;
  service = await startDataService({
    exchange: ExchangeId.Deribit,
    integration: createDeribitIntegration({
      dial: venue.dial,
      transport: async (url) => {
        const { body, status } = venue.request(`${url.pathname}${url.search}`);
        return { status, headers: {}, body: Buffer.from(body) };
      },
    }),
    settings: { iggyUrl, brokerMode: "external", dataDir, httpPort: 0 },
    env: {},
    logger: quietLogger(),
  });
  await service.ready;
  client = await ImsClient.connect({ url: iggyUrl, exchange: ExchangeId.Deribit });
  await client.login();
});

afterEach(async () => {
  await client?.shutdown();
  await service?.close();
  venue.close();
  await broker.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe("options of Deribit, from the venue's frames to a client", () => {
  it("has their terms in the list, and their tickers exact and with greeks", async () => {
    const instruments = await client.symbols();
    const calls = instruments.filter(({ kind, symbol }) => kind === "option" && symbol.endsWith("-60000-C"));
    const call = calls.reduce((last, each) => (each.expiryMicros! > last.expiryMicros! ? each : last));
    const strike = call.symbol.split("-")[2]!;
    expect(call).toMatchObject({ strike, optionType: "call", settle: "BTC" });
    await client.startOptionTickers(call.symbol);
    for await (const ticker of client.optionTickers()) {
      expect(ticker).toMatchObject({
        type: "option-ticker",
        exchange: "deribit",
        symbol: call.symbol,
        optionType: "call",
        expiryMicros: call.expiryMicros,
        underlying: call.symbol.split("-").slice(0, 2).join("-"),
        markIv: 55,
      });
      expect(ticker.strike.equals(Decimal.parse(strike))).toBe(true);
      expect(ticker.bid!.price.compare(ticker.ask!.price)).toBeLessThan(0);
      expect([ticker.delta! > 0, ticker.delta! < 1, ticker.gamma! > 0, ticker.vega! > 0]).toEqual(
        Array(4).fill(true),
      );
      break;
    }
  });
});
