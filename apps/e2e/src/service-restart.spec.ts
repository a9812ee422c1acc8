import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExchangeId, streamNames } from "@ims/common";
import { type BinanceSimulator, startBinanceSimulator } from "@ims/exchange-simulator";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { peekTemplateId, v2 } from "@ims/sbe";
import { ImsClient, type TradeMessage } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Child } from "./support/child.js";
import { unusedPort } from "./support/unused-port.js";

const NAMES = streamNames(ExchangeId.BinanceSpot);

let dataDir = "";
let port = 0;
/** Undefined where the service runs the broker, which then dies with it. */
let broker: Broker | undefined;
let simulator: BinanceSimulator;
const services: Child[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "ims-e2e-"));
  port = await unusedPort();
  simulator = await startBinanceSimulator({
    market: "spot",
    source: { kind: "synthetic", seed: 5, tradesPerSecond: 300 },
  });
});
afterEach(async () => {
  for (const service of services.splice(0)) {
    service.kill("SIGKILL");
    await service.exited;
  }
  await simulator.close();
  await broker?.close();
  broker = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

async function startService(): Promise<Child> {
  const service = Child.node("apps/binance-spot/dist/main.js", [], {
    IGGY_URL: `iggy://iggy:iggy@127.0.0.1:${port}`,
    IMS_BROKER: broker ? "external" : "embedded",
    IMS_DATA_DIR: dataDir,
    IMS_HTTP_PORT: "0",
    IMS_HEARTBEAT_MILLIS: "300",
    BINANCE_SPOT_REST_URL: simulator.restUrl,
    BINANCE_SPOT_WS_URL: simulator.wsUrl,
  });
  services.push(service);
  await service.printed(/\bready\b/);
  return service;
}

/** Requests of the kind that stand on the control topic. */
async function countRequests(templateId: number): Promise<number> {
  const iggy = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${port}`);
  try {
    const polled = await iggy.poll({
      stream: NAMES.controlStream,
      topic: NAMES.controlTopic,
      partitionId: 0,
      consumer: { kind: "consumer", id: 1 },
      strategy: { kind: "first" },
      count: 10_000,
    });
    let count = 0;
    while (polled.next()) {
      if (peekTemplateId(polled.view, polled.payloadStart, polled.payloadLength) === templateId) count++;
    }
    return count;
  } finally {
    await iggy.close();
  }
}

describe.each(["with a broker elsewhere", "with the broker inside it"])(
  "a service %s that is killed and started again",
  (place) => {
    it("goes on with the sessions and feeds of its clients, who are told and need do nothing", {
      timeout: 60_000,
    }, async () => {
      if (place === "with a broker elsewhere") {
        broker = await startBroker({ port, dataDir: join(dataDir, "elsewhere") });
      }
      const killed = await startService();
      const url = `iggy://iggy:iggy@127.0.0.1:${port}`;
      const client = await ImsClient.connect({ url, exchange: ExchangeId.BinanceSpot });
      try {
        const { sessionId } = await client.login();
        const symbols = simulator.symbols.slice(0, 2);
        await client.startTradeData(symbols);
        const resumed = new Promise<{ readonly subscriptionCount: number }>((resolve) => {
          client.on("resumed", resolve);
        });
        const seen: TradeMessage[] = [];
        const trades = client.trades();
        const readUntil = async (isEnough: () => boolean) => {
          while (!isEnough()) {
            const { value, done } = await trades.next();
            if (done) throw new Error("the trades ended");
            seen.push(value);
          }
        };
        await readUntil(() => new Set(seen.map(({ symbol }) => symbol)).size === 2);
        killed.kill("SIGKILL");
        expect(await killed.exited).toBe("SIGKILL");
        const before = seen.length;
        await startService();
        expect(await resumed).toMatchObject({ subscriptionCount: 2 });
        // What was stored before the kill and not read yet comes first; behind it what the venue printed meanwhile.
        const readLater = () => seen.slice(before).filter(({ flags }) => flags.includes("back-filled"));
        await readUntil(() => new Set(readLater().map(({ symbol }) => symbol)).size === 2);

        expect(await countRequests(v2.LoginRequestDecoder.TEMPLATE_ID)).toBe(1);
        expect(await countRequests(v2.StartManyRequestDecoder.TEMPLATE_ID)).toBe(1);
        expect(client.isLoggedIn).toBe(true);
        expect(sessionId).not.toBe(0n);
        // Every trade once, in order and without a hole.
        for (const symbol of symbols) {
          const ids = seen.flatMap((trade) => (trade.symbol === symbol ? trade.tradeId : []));
          expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
        }
      } finally {
        await client.shutdown();
      }
    });
  },
);
