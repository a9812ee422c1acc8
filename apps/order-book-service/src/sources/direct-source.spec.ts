import { BookClient, type SummaryMessage } from "@ims/book-proto";
import { systemClock } from "@ims/common";
import { type BinanceSimulator, startBinanceSimulator } from "@ims/exchange-simulator";
import { createBinanceIntegration } from "@ims/integration-binance";
import { afterEach, expect, it } from "vitest";
import { type OrderBookService, startOrderBookService } from "../order-book-service.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { DirectSource } from "./direct-source.js";

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
