import { createBinanceIntegration } from "../../libs/integration/binance/dist/index.js";
import { ExchangeId, startDataService } from "../../libs/template/dist/index.js";
import { Meter } from "./meter.mjs";
import { options, serveParent } from "./part.mjs";

/** `venue-service.mjs OPTIONS`: the service of Binance spot, with the embedded broker in a thread of it as by default. */
const { dataDir, iggyUrl, venue } = options();
const service = await startDataService({
  exchange: ExchangeId.BinanceSpot,
  integration: createBinanceIntegration("spot", venue),
  env: {},
  settings: { iggyUrl, dataDir, environment: "CI", httpPort: 0, logLevel: "warn" },
});
await service.ready;
serveParent(new Meter().answers, () => service.close());
process.send({ ready: true });
