import { DataType } from "../../libs/common/dist/index.js";
import { createBinanceIntegration } from "../../libs/integration/binance/dist/index.js";
import { ExchangeId, startDataService } from "../../libs/template/dist/index.js";
import { openMarket } from "./market.mjs";
import { memoryWire } from "./memory-wire.mjs";

/**
 * `service.mjs OPTIONS`: the service of Binance spot with trades of every symbol always on, in a process of its own.
 * `venue`: addresses of `venue.mjs`; without it frames come from memory.
 */
const { brokerMode, dataDir, iggyUrl, partitionCount, symbolCount, venue } = JSON.parse(process.argv[2]);

let memory;
let market;
let options = venue;
if (!venue) {
  market = await openMarket(symbolCount);
  memory = memoryWire(market.symbols);
  options = {
    dial: memory.dial,
    transport: async (url, headers) => {
      const { body, ...rest } = await market.request("GET", `${url.pathname}${url.search}`, headers);
      return { ...rest, body: Buffer.from(body) };
    },
  };
}
const service = await startDataService({
  exchange: ExchangeId.BinanceSpot,
  integration: createBinanceIntegration("spot", options),
  env: {},
  settings: {
    iggyUrl,
    brokerMode,
    dataDir,
    environment: "CI",
    httpPort: 0,
    // Frames in memory can wait: nothing is to be given up.
    publishBlockMillis: 3_600_000,
    ...(partitionCount && { partitionCount }),
    logLevel: "warn",
    feeds: [{ dataType: DataType.Trade, resolution: 0, symbols: "*" }],
  },
});
await service.ready;

const answers = {
  begin: () => memory?.begin(),
  symbols: () => market?.symbols ?? [],
  usage: () => ({ cpu: process.cpuUsage(), rssBytes: process.memoryUsage.rss(), taken: memory?.sent() ?? 0 }),
  async status() {
    const { counters, subscriptionCounts, status } = await (await fetch(service.healthUrl)).json();
    return { counters, subscriptionCounts, status };
  },
};
process.on("message", async ({ ask, value }) => {
  if (ask === "end") {
    await service.close();
    await market?.close();
    process.disconnect();
    return;
  }
  process.send({ [ask]: (await answers[ask](value)) ?? true });
});
process.once("disconnect", () => process.exit());
process.send({ ready: { healthUrl: service.healthUrl, uptimeMillis: process.uptime() * 1000 } });
