import { DirectSource, startOrderBookService } from "../../apps/order-book-service/dist/index.js";
import { systemClock } from "../../libs/common/dist/index.js";
import { createBinanceIntegration } from "../../libs/integration/binance/dist/index.js";
import { MovingSource } from "./moving-source.mjs";
import { options, serveParent } from "./part.mjs";

/** `service.mjs OPTIONS`: the order-book service, of a venue that it reads itself, or of books that move by themselves. */
const { venue } = options();
const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: console.error, error: console.error };
const moving = ["binancespot", "bitstamp", "deribit"].map((name) => new MovingSource(name));
const sources = venue
  ? [new DirectSource(createBinanceIntegration("spot", venue), systemClock, logger)]
  : moving;
const service = await startOrderBookService({
  sources,
  address: "127.0.0.1:0",
  staleAfterMillis: 60_000,
  releaseAfterMillis: 60_000,
  logger,
});
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
    usage: () => ({ cpu: process.cpuUsage(), rssBytes: process.memoryUsage.rss() }),
    counts: () => ({
      conflated: service.server.calls.conflatedCount,
      streams: service.server.calls.streamCount,
    }),
  },
  () => service.close(),
);
process.send({ ready: { address: `127.0.0.1:${service.port}` } });
