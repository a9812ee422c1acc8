import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExchangeId, systemClock } from "@ims/common";
import { type InProcessBitstamp, openBitstampVenue } from "@ims/exchange-simulator";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { createBitstampIntegration } from "@ims/integration-bitstamp";
import { type DataService, startDataService } from "@ims/template";
import { ImsClient, type StandingOrder, StandingOrders } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { quietLogger } from "../support/market-run.js";

const PERPETUAL = "btcusd-perp";
/** So many events have to come behind all orders before the orders are compared. */
const EVENTS_MIN = 20;

let dataDir: string;
let broker: Broker;
let venue: InProcessBitstamp;
let service: DataService;
let client: ImsClient;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "ims-bitstamp-"));
  broker = await startBroker({ port: 0, dataDir: join(dataDir, "broker") });
  venue = openBitstampVenue({ clock: systemClock, seed: 3, tradesPerSecond: 5 });
  const iggyUrl = `iggy://iggy:iggy@127.0.0.1:${broker.port}`;
  service = await startDataService({
    exchange: ExchangeId.Bitstamp,
    integration: createBitstampIntegration({
      dial: venue.dial,
      transport: async (url) => {
        const { body, headers, status } = await venue.request("GET", `${url.pathname}${url.search}`);
        return { status, headers, body: Buffer.from(body) };
      },
    }),
    settings: { iggyUrl, brokerMode: "external", dataDir, httpPort: 0 },
    env: {},
    logger: quietLogger(),
  });
  await service.ready;
  client = await ImsClient.connect({ url: iggyUrl, exchange: ExchangeId.Bitstamp });
  await client.login();
});

afterEach(async () => {
  await client?.shutdown();
  await service?.close();
  await venue?.close();
  await broker?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** By the venue's truth: id, price and quantity, as decimals without zeros behind them, best first. */
function isVenues(orders: StandingOrders, symbol: string): boolean {
  const truth = venue.truth.orders(symbol);
  const print = (side: readonly StandingOrder[]) =>
    side.map(({ orderId, price, quantity }) => `${orderId} ${price} ${quantity}`).join();
  const printed = (rows: readonly string[][]) =>
    rows.map(
      ([price, amount, id]) =>
        `${id} ${Number(price)} ${Number(amount)
          .toFixed(8)
          .replace(/\.?0+$/, "")}`,
    );
  return (
    print(orders.bids) === printed(truth.bids).join() && print(orders.asks) === printed(truth.asks).join()
  );
}

describe("single orders of Bitstamp, from the venue's frames to a client", () => {
  it("are the venue's, put together from all of them and the events behind", async () => {
    await client.startOrders(PERPETUAL);
    const orders = new StandingOrders(PERPETUAL);
    let eventCount = 0;
    for await (const message of client.orders()) {
      orders.apply(message);
      if (message.type === "order") eventCount++;
      // Between two pushes of the venue what has come is all there is.
      if (eventCount >= EVENTS_MIN && orders.isValid && isVenues(orders, PERPETUAL)) break;
    }
    expect(orders.size).toBeGreaterThan(20);
  }, 60_000);

  it("has the liquidations among them as such", async () => {
    await client.startLiquidations(PERPETUAL);
    for await (const liquidation of client.liquidations()) {
      expect(liquidation).toMatchObject({ exchange: "bitstamp", symbol: PERPETUAL, averagePrice: null });
      expect(["new", "partially-filled", "filled", "canceled"]).toContain(liquidation.status);
      expect(liquidation.filledQuantity.compare(liquidation.quantity)).toBeLessThanOrEqual(0);
      break;
    }
  }, 60_000);
});
