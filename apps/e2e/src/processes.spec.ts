import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { streamNames } from "@ims/common";
import { type BinanceMarketName, startBinanceSimulator } from "@ims/exchange-simulator";
import { IggyClient } from "@ims/iggy-client";
import { ImsClient } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Child } from "./support/child.js";
import { EXCHANGE_OF } from "./support/market-run.js";
import { unusedPort } from "./support/unused-port.js";

const SERVICES: readonly (readonly [BinanceMarketName, string])[] = [
  ["spot", "binance-spot"],
  ["coin-future", "binance-coin-future"],
  ["usd-future", "binance-usd-future"],
];

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "ims-e2e-"));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

describe.each(SERVICES)("the %s service as a process", (market, app) => {
  it("starts with an embedded broker, serves a client, and on SIGTERM flushes and exits 0", {
    timeout: 60_000,
  }, async () => {
    const simulator = await startBinanceSimulator({
      market,
      source: { kind: "synthetic", seed: 3, tradesPerSecond: 200 },
    });
    const port = await unusedPort();
    const url = `iggy://iggy:iggy@127.0.0.1:${port}`;
    const hosts = `BINANCE_${market.toUpperCase().replace("-", "_")}`;
    const env = {
      IGGY_URL: url,
      IMS_DATA_DIR: dataDir,
      IMS_HTTP_PORT: "0",
      [`${hosts}_REST_URL`]: simulator.restUrl,
      [`${hosts}_WS_URL`]: simulator.wsUrl,
    };
    const service = Child.node(`apps/${app}/dist/main.js`, [], env);
    try {
      await service.printed(/\bready\b/);
      const exchange = EXCHANGE_OF[market];
      const client = await ImsClient.connect({ url, exchange });
      await client.login();
      const symbol = simulator.symbols[0]!;
      await client.startTradeData(symbol);
      let lastSeen = 0;
      for await (const trade of client.trades()) {
        lastSeen = trade.tradeId;
        if (trade.symbol === symbol) break;
      }
      service.kill("SIGTERM");
      expect(await service.exited).toBe(0);
      // The client outlives the service; what the service had accepted before the signal is on disk.
      await client.shutdown().catch(() => undefined);
      expect(lastSeen).toBeGreaterThan(0);

      const again = Child.node(`apps/${app}/dist/main.js`, [], env);
      await again.printed(/\bready\b/);
      const stored = await storedTradeIds(url, exchange);
      again.kill("SIGTERM");
      expect(await again.exited).toBe(0);
      expect(stored).toContain(BigInt(lastSeen));
    } finally {
      service.kill("SIGKILL");
      await simulator.close();
    }
  });
});

/** Ids of all stored trades, read with the plain Iggy client from every partition. */
async function storedTradeIds(url: string, exchange: number): Promise<bigint[]> {
  const { v2 } = await import("@ims/sbe");
  const names = streamNames(exchange);
  const iggy = await IggyClient.connect(url);
  const decoder = new v2.TradeDecoder();
  const ids: bigint[] = [];
  try {
    for (let partitionId = 0; partitionId < 4; partitionId++) {
      const batches = await iggy.poll({
        stream: names.marketDataStream,
        topic: "trades",
        partitionId,
        consumer: { kind: "consumer", id: 1 },
        strategy: { kind: "first" },
        count: 100_000,
        autoCommit: false,
      });
      while (batches.next()) {
        decoder.wrapAndApplyHeader(batches.view, batches.payloadStart, batches.payloadLength);
        ids.push(decoder.tradeId());
      }
    }
  } finally {
    await iggy.close();
  }
  return ids;
}
