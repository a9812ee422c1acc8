import { BookClient, type SummaryMessage } from "@ims/book-proto";
import { loadSettings, systemClock } from "@ims/common";
import {
  type BinanceSimulator,
  startBinanceSimulator,
  startBitstampSimulator,
} from "@ims/exchange-simulator";
import { createBinanceIntegration } from "@ims/integration-binance";
import { afterEach, expect, it } from "vitest";
import { type OrderBookService, startOrderBookService } from "../order-book-service.js";
import { BOOK_SERVICE_SETTINGS } from "../settings.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { DirectSource } from "./direct-source.js";
import { openSources } from "./open-sources.js";

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

async function start(): Promise<{
  simulator: BinanceSimulator;
  service: OrderBookService;
  client: BookClient;
}> {
  const simulator = await startBinanceSimulator({
    market: "spot",
    source: { kind: "synthetic", seed: 3, symbols: 6, tradesPerSecond: 60 },
    clock: systemClock,
  });
  closes.push(() => simulator.close());
  const integration = createBinanceIntegration("spot", {
    restUrl: simulator.restUrl,
    wsUrl: simulator.wsUrl,
  });
  const service = await startOrderBookService({
    sources: [new DirectSource(integration, systemClock, silentLogger)],
    address: "127.0.0.1:0",
    staleAfterMillis: 30_000,
    releaseAfterMillis: 0,
    logger: silentLogger,
  });
  closes.push(() => service.close());
  const client = new BookClient(`127.0.0.1:${service.port}`);
  closes.push(() => client.close());
  await new Promise<void>((resolve) => (service.hub.isReady ? resolve() : service.hub.onReady(resolve)));
  return { simulator, service, client };
}

it("merges two venues that are read in one process", async () => {
  const binance = await startBinanceSimulator({
    market: "spot",
    source: { kind: "synthetic", seed: 3, symbols: 12, tradesPerSecond: 60 },
    clock: systemClock,
  });
  closes.push(() => binance.close());
  const bitstamp = await startBitstampSimulator();
  closes.push(() => bitstamp.close());
  const settings = loadSettings(BOOK_SERVICE_SETTINGS, {
    flags: {
      direct: true,
      venues: "binancespot,bitstamp",
      "binance-rest-url": binance.restUrl,
      "binance-ws-url": binance.wsUrl,
      "bitstamp-rest-url": bitstamp.restUrl,
      "bitstamp-ws-url": bitstamp.wsUrl,
    },
  }).values;
  const service = await startOrderBookService({
    sources: openSources(settings, systemClock, silentLogger),
    address: "127.0.0.1:0",
    staleAfterMillis: 30_000,
    releaseAfterMillis: 0,
    logger: silentLogger,
  });
  closes.push(() => service.close());
  await new Promise<void>((resolve) => (service.hub.isReady ? resolve() : service.hub.onReady(resolve)));
  await expect.poll(() => service.hub.symbols.find("ETHBTC")?.venues.length, { timeout: 10_000 }).toBe(2);
  const client = new BookClient(`127.0.0.1:${service.port}`);
  closes.push(() => client.close());
  const stop = new AbortController();
  closes.push(() => stop.abort());
  for await (const summary of client.summaries({ symbol: "ETHBTC", depth: 500 }, stop.signal)) {
    if (summary.venues.some(({ state }) => state !== "FRESH")) continue;
    expect(new Set(summary.bids.map(({ venue }) => venue))).toEqual(new Set(["binancespot", "bitstamp"]));
    expect(summary.crossed).toBe(BigInt(summary.spread!) < 0n);
    break;
  }
});

it("serves the live book of a venue whose integration runs in the process", async () => {
  const { client } = await start();
  const stop = new AbortController();
  closes.push(() => stop.abort());
  const seen: SummaryMessage[] = [];
  for await (const summary of client.summaries({ symbol: "BTCUSDT", depth: 5 }, stop.signal)) {
    if (summary.venues[0]!.state !== "FRESH") continue;
    if (seen.push(summary) === 10) break;
  }
  for (const { bids, asks, spread, mid, midScale, priceScale, crossed } of seen) {
    expect([bids.length, asks.length, crossed]).toEqual([5, 5, false]);
    expect(bids.every(({ venue }) => venue === "binancespot")).toBe(true);
    const [bid, ask] = [BigInt(bids[0]!.price), BigInt(asks[0]!.price)];
    expect(BigInt(spread!)).toBe(ask - bid);
    expect(BigInt(mid!) * 2n).toBe((ask + bid) * 10n ** BigInt(midScale - priceScale));
    for (const [levels, sign] of [[bids, -1n] as const, [asks, 1n] as const]) {
      for (let at = 1; at < levels.length; at++) {
        expect((BigInt(levels[at]!.price) - BigInt(levels[at - 1]!.price)) * sign > 0n).toBe(true);
      }
    }
  }
  expect(new Set(seen.map(({ version }) => version)).size).toBe(seen.length);
});
