import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BookClient, type SummaryMessage } from "@ims/book-proto";
import { createLogger, ExchangeId, systemClock } from "@ims/common";
import { startBinanceSimulator } from "@ims/exchange-simulator";
import { createBinanceIntegration } from "@ims/integration-binance";
import { startDataService } from "@ims/template";
import { afterEach, expect, it } from "vitest";
import { startOrderBookService } from "../order-book-service.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { BrokerSource } from "./broker-source.js";

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A simulated Binance, its service with a broker, and the order-book service that reads from there. */
async function start() {
  const folder = await mkdtemp(join(tmpdir(), "ims-books-"));
  closes.push(() => rm(folder, { recursive: true, force: true }));
  const simulator = await startBinanceSimulator({
    market: "spot",
    source: { kind: "synthetic", seed: 3, symbols: 6, tradesPerSecond: 60 },
    clock: systemClock,
  });
  closes.push(() => simulator.close());
  const { restUrl, wsUrl } = simulator;
  const url = `iggy://iggy:iggy@127.0.0.1:${await freePort()}`;
  const venue = await startDataService({
    exchange: ExchangeId.BinanceSpot,
    integration: createBinanceIntegration("spot", { restUrl, wsUrl, symbolsRefreshMillis: 300 }),
    settings: { iggyUrl: url, dataDir: folder, httpPort: await freePort() },
    logger: createLogger({ name: "venue", level: "silent" }),
  });
  closes.push(() => venue.close());
  await venue.ready;
  const options = { url, clock: systemClock, logger: silentLogger, instrumentsMillis: 100 };
  const service = await startOrderBookService({
    sources: [new BrokerSource("binancespot", options)],
    address: "127.0.0.1:0",
    staleAfterMillis: 30_000,
    releaseAfterMillis: 0,
    logger: silentLogger,
  });
  closes.push(() => service.close());
  await service.hub.whenListed(1);
  return { service, simulator, venue };
}

it("learns what the venue lists and delists while it runs", async () => {
  const { service, simulator } = await start();
  expect(service.hub.symbols.find("NEWUSDT")).toBeUndefined();
  simulator.inject({ fault: "list", atMillis: 0, symbol: "NEWUSDT" });
  await expect.poll(() => service.hub.symbols.find("NEWUSDT")?.venues, { timeout: 10_000 }).toHaveLength(1);
  simulator.inject({ fault: "delist", atMillis: 0, symbol: "NEWUSDT" });
  await expect.poll(() => service.hub.symbols.find("NEWUSDT"), { timeout: 10_000 }).toBeUndefined();
}, 60_000);

it("merges what a venue's service publishes, and names the venue when its service goes away", async () => {
  const { service, venue } = await start();
  const client = new BookClient(`127.0.0.1:${service.port}`);
  closes.push(() => client.close());
  const stop = new AbortController();
  closes.push(() => stop.abort());
  const summaries = client.summaries({ symbol: "BTCUSDT", depth: 5 }, stop.signal);
  const seen: SummaryMessage[] = [];
  while (seen.length < 5) {
    const { value } = await summaries.next();
    if (value!.venues[0]!.state === "FRESH") seen.push(value!);
  }
  for (const { bids, asks, spread, crossed } of seen) {
    expect([bids.length, asks.length, crossed]).toEqual([5, 5, false]);
    expect(BigInt(spread!)).toBe(BigInt(asks[0]!.price) - BigInt(bids[0]!.price));
  }
  await venue.close();
  for (;;) {
    const { value } = await summaries.next();
    const [state] = value!.venues;
    if (state!.state === "FRESH") continue;
    expect(state!.reason).not.toBe("");
    expect([value!.bids, value!.asks]).toEqual([[], []]);
    break;
  }
}, 60_000);
