import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, ExchangeId } from "../../libs/common/dist/index.js";
import { createBinanceIntegration } from "../../libs/integration/binance/dist/index.js";
import { startDataService } from "../../libs/template/dist/index.js";
import { answerParent } from "./answering.mjs";
import { UsageWindow } from "./usage-window.mjs";

/** `service.mjs VENUE`: the whole service with its embedded broker in a process of its own. */
const { restUrl, wsUrl } = JSON.parse(process.argv[2]);
const dataDir = await mkdtemp(join(tmpdir(), "ims-scale-"));
const iggyUrl = `iggy://iggy:iggy@127.0.0.1:${await unusedPort()}`;
const factory = createBinanceIntegration("spot", { restUrl, wsUrl });
let integration;
const service = await startDataService({
  exchange: ExchangeId.BinanceSpot,
  integration: (context) => {
    integration = factory(context);
    return integration;
  },
  settings: {
    iggyUrl,
    brokerMode: "embedded",
    dataDir,
    httpPort: 0,
    subscriptionsPerClientMax: 10_000,
    requestsPerSecondMax: 1000,
  },
  env: {},
  logger: createLogger({ name: "scale", level: "warn" }),
});
await service.ready;
const symbols = (await integration.symbols())
  .filter(({ status }) => status === "trading")
  .map(({ symbol }) => symbol);
const usage = new UsageWindow();

async function unusedPort() {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = {
  begin: () => usage.begin(),
  figures: () => usage.read(),
  state() {
    const { connectionCount, counters, reconnectCount, subscriptions } = integration.status();
    return {
      fallbackCount: counters.fallbackCount,
      connectionCount,
      reconnectCount,
      subscriptionCount: subscriptions.length,
      pendingCount: subscriptions.filter(({ state }) => state === "pending").length,
    };
  },
};
answerParent({ iggyUrl, symbols }, answers, async () => {
  usage.end();
  await service.close();
  await rm(dataDir, { recursive: true, force: true });
});
