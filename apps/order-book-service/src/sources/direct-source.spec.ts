import { BookClient, type SummaryMessage } from "@ims/book-proto";
import { loadSettings, systemClock } from "@ims/common";
import {
  type BinanceSimulator,
  startBinanceSimulator,
  startBitstampSimulator,
  startDeribitSimulator,
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
    symbolsRefreshMillis: 300,
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

/** Binance, Bitstamp and Deribit on ports of their own, with one price for ETHBTC, read in this process. */
async function startThree(staleAfterMillis: number) {
  const fairPrice = (symbol: string) => (symbol.toUpperCase() === "ETHBTC" ? 0.05 : undefined);
  const binance = await startBinanceSimulator({
    market: "spot",
    source: { kind: "synthetic", seed: 3, symbols: 12, tradesPerSecond: 60, fairPrice },
    clock: systemClock,
  });
  closes.push(() => binance.close());
  const bitstamp = await startBitstampSimulator({ fairPrice });
  closes.push(() => bitstamp.close());
  const deribit = await startDeribitSimulator({
    synthetic: { levels: { BTC: 60_000, ETH: 3000 }, swing: 0 },
  });
  closes.push(() => deribit.close());
  const settings = loadSettings(BOOK_SERVICE_SETTINGS, {
    flags: {
      direct: true,
      venues: "binancespot,bitstamp,deribit",
      "binance-rest-url": binance.restUrl,
      "binance-ws-url": binance.wsUrl,
      "bitstamp-rest-url": bitstamp.restUrl,
      "bitstamp-ws-url": bitstamp.wsUrl,
      "deribit-rest-url": deribit.restUrl,
      "deribit-ws-url": deribit.wsUrl,
    },
  }).values;
  const service = await startOrderBookService({
    sources: openSources(settings, systemClock, silentLogger),
    address: "127.0.0.1:0",
    staleAfterMillis,
    releaseAfterMillis: 0,
    logger: silentLogger,
  });
  closes.push(() => service.close());
  await service.hub.whenListed(3);
  const client = new BookClient(`127.0.0.1:${service.port}`);
  closes.push(() => client.close());
  const stop = new AbortController();
  closes.push(() => stop.abort());
  return {
    binance,
    bitstamp,
    deribit,
    summaries: client.summaries({ symbol: "ETHBTC", depth: 500 }, stop.signal),
  };
}

const freshOf = ({ venues }: SummaryMessage) =>
  venues.filter(({ state }) => state === "FRESH").map(({ venue }) => venue);

it("merges three venues that are read in one process", async () => {
  const { summaries } = await startThree(30_000);
  for await (const summary of summaries) {
    if (freshOf(summary).length < 3) continue;
    const venues = new Set(["binancespot", "bitstamp", "deribit"]);
    expect(new Set(summary.bids.map(({ venue }) => venue))).toEqual(venues);
    expect(new Set(summary.asks.map(({ venue }) => venue))).toEqual(venues);
    expect(summary.crossed).toBe(BigInt(summary.spread!) < 0n);
    break;
  }
}, 30_000);

it("lets a venue leave that went silent, names it, and goes on with the others", async () => {
  const staleMillis = 2000;
  const { bitstamp, summaries } = await startThree(staleMillis);
  let isMuted = false;
  for await (const summary of summaries) {
    const fresh = freshOf(summary);
    if (!isMuted && fresh.length === 3) {
      isMuted = true;
      bitstamp.inject({ fault: "mute", channel: "diff_order_book_" });
    }
    const muted = summary.venues.find(({ venue }) => venue === "bitstamp")!;
    if (!isMuted || muted.state !== "STALE") continue;
    expect(muted.reason).toBe("nothing was heard for 2 s");
    expect(fresh).toEqual(["binancespot", "deribit"]);
    expect(summary.bids.some(({ venue }) => venue === "bitstamp")).toBe(false);
    expect(summary.bids.length).toBeGreaterThan(0);
    break;
  }
}, 30_000);

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

it("learns what the venue lists and delists while it runs", async () => {
  const { service, simulator } = await start();
  simulator.inject({ fault: "list", atMillis: 0, symbol: "NEWUSDT" });
  await expect.poll(() => service.hub.symbols.find("NEWUSDT")?.venues, { timeout: 10_000 }).toHaveLength(1);
  simulator.inject({ fault: "delist", atMillis: 0, symbol: "NEWUSDT" });
  await expect.poll(() => service.hub.symbols.find("NEWUSDT"), { timeout: 10_000 }).toBeUndefined();
}, 30_000);
