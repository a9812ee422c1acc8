import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, ExchangeId as Exchange, type ExchangeId, type LogLevel } from "@ims/common";
import {
  type BinanceMarketName,
  type BinanceSimulator,
  startBinanceSimulator,
} from "@ims/exchange-simulator";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { createBinanceIntegration } from "@ims/integration-binance";
import { type DataService, startDataService } from "@ims/template";
import { ImsClient } from "ims-client";

/** The exchange of each Binance market. */
export const EXCHANGE_OF: Readonly<Record<BinanceMarketName, ExchangeId>> = {
  spot: Exchange.BinanceSpot,
  "coin-future": Exchange.BinanceCoinMarginFuture,
  "usd-future": Exchange.BinanceUsdMarginFuture,
};

type SimulatorSource = Parameters<typeof startBinanceSimulator>[0]["source"];

/** Everything on the main path, in this process and over real loopback sockets. */
export interface MarketRun {
  readonly simulator: BinanceSimulator;
  readonly broker: Broker;
  readonly brokerUrl: string;
  readonly service: DataService;
  readonly exchange: ExchangeId;
  connectClient(clientId?: number): Promise<ImsClient>;
  close(): Promise<void>;
}

export const quietLogger = () =>
  createLogger({ name: "e2e", level: (process.env.E2E_LOG_LEVEL as LogLevel | undefined) ?? "silent" });

/** Starts simulator, broker and service; every port is any free one, every file lies in a folder of its own. */
export async function startMarketRun(market: BinanceMarketName, source: SimulatorSource): Promise<MarketRun> {
  const dataDir = await mkdtemp(join(tmpdir(), "ims-e2e-"));
  const broker = await startBroker({ port: 0, dataDir: join(dataDir, "broker") });
  const simulator = await startBinanceSimulator({ market, source });
  const brokerUrl = `iggy://iggy:iggy@127.0.0.1:${broker.port}`;
  const exchange = EXCHANGE_OF[market];
  const service = await startDataService({
    exchange,
    integration: createBinanceIntegration(market, { restUrl: simulator.restUrl, wsUrl: simulator.wsUrl }),
    settings: { iggyUrl: brokerUrl, brokerMode: "external", dataDir, httpPort: 0 },
    env: {},
    logger: quietLogger(),
  });
  await service.ready;
  const clients: ImsClient[] = [];
  return {
    simulator,
    broker,
    brokerUrl,
    service,
    exchange,
    async connectClient(clientId?: number) {
      const client = await ImsClient.connect({ url: brokerUrl, exchange, clientId });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) await client.shutdown();
      await service.close();
      await simulator.close();
      await broker.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
