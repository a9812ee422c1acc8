import {
  BrokerSource,
  DirectSource,
  startOrderBookService,
} from "../../apps/order-book-service/dist/index.js";
import { systemClock } from "../../libs/common/dist/index.js";
import { createBinanceIntegration } from "../../libs/integration/binance/dist/index.js";
import { Meter } from "./meter.mjs";
import { MovingSource } from "./moving-source.mjs";
import { options, serveParent } from "./part.mjs";

/**
 * `service.mjs OPTIONS`: the order-book service, of a `venue` that it reads itself, of the venue whose service
 * publishes through the broker at `iggyUrl`, or of books that move by themselves.
 */
const { iggyUrl, venue } = options();
const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: console.error, error: console.error };
const moving = ["binancespot", "bitstamp", "deribit"].map((name) => new MovingSource(name));
const sources = sourcesOf();
const service = await startOrderBookService({
  sources,
  address: "127.0.0.1:0",
  staleAfterMillis: 60_000,
  releaseAfterMillis: 60_000,
  logger,
});

function sourcesOf() {
  if (iggyUrl) return [new BrokerSource("binancespot", { url: iggyUrl, clock: systemClock, logger })];
  return venue ? [new DirectSource(createBinanceIntegration("spot", venue), systemClock, logger)] : moving;
}

await service.hub.whenListed(sources.length);
let timer;
serveParent(
  {
    /** @param rate changes a second over all venues */
    begin(rate) {
      const began = performance.now();
      let done = 0;
      timer = setInterval(() => {
        const due = Math.floor(((performance.now() - began) / 1000) * rate);
        for (; done < due; done++) moving[done % moving.length].move();
      }, 1);
    },
    halt() {
      clearInterval(timer);
    },
    ...new Meter().answers,
    counts: () => ({
      conflated: service.server.calls.conflatedCount,
      streams: service.server.calls.streamCount,
    }),
  },
  () => service.close(),
);
process.send({ ready: { address: `127.0.0.1:${service.port}` } });
