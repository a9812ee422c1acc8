import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { type DataType, ExchangeId } from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import type { DataService, DataServiceOptions } from "../service/data-service.js";
import { startDataService } from "../service/start-data-service.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { FakeIntegration } from "./fake-integration.js";
import { RawClient } from "./raw-client.js";
import { recordingLogger } from "./silent-logger.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Everything of one test around one service; `dispose` ends it all, last started first. */
export class ServiceFixture {
  readonly venue: FakeIntegration;
  readonly folder = temporaryFolder();
  readonly log = recordingLogger();
  readonly #disposals: (() => Promise<unknown>)[] = [];
  port = 0;

  constructor(
    private readonly exchange: ExchangeId = ExchangeId.BinanceSpot,
    dataTypes?: readonly DataType[],
  ) {
    this.venue = new FakeIntegration(exchange, dataTypes);
  }

  get url(): string {
    return `iggy://iggy:iggy@127.0.0.1:${this.port}`;
  }

  /** A broker in this thread, on the port that the fixture had before if any. */
  async startBroker(dataDir = "external"): Promise<Broker> {
    const broker = await startBroker({ port: this.port, dataDir: `${this.folder.path}/${dataDir}` });
    this.port = broker.port;
    this.#disposals.push(() => broker.close());
    return broker;
  }

  async startService(
    settings: Partial<ServiceSettings> = {},
    startEmbeddedBroker: NonNullable<DataServiceOptions["startEmbeddedBroker"]> = startBroker,
    waits: Pick<DataServiceOptions, "firstSessionMillis" | "brokerAbsenceMillis"> = {},
  ): Promise<DataService> {
    const service = await startDataService({
      exchange: this.exchange,
      integration: this.venue.factory,
      env: {},
      logger: this.log.logger,
      startEmbeddedBroker,
      ...waits,
      settings: {
        iggyUrl: this.url,
        brokerMode: "external",
        dataDir: this.folder.path,
        httpPort: 0,
        environment: "CI",
        ...settings,
      },
    });
    this.#disposals.push(() => service.close());
    return service;
  }

  async connect(clientId: number): Promise<RawClient> {
    const client = await RawClient.connect(this.url, this.exchange, clientId);
    this.#disposals.push(() => client.close());
    return client;
  }

  async dispose(): Promise<void> {
    for (const dispose of this.#disposals.reverse()) await dispose();
    this.folder.remove();
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export { until } from "./until.js";
