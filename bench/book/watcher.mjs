import { setMaxListeners } from "node:events";
import { BookClient } from "../../libs/book-proto/dist/index.js";
import { Meter } from "./meter.mjs";
import { nowMicros, options, quantiles, serveParent } from "./part.mjs";

/** `watcher.mjs OPTIONS`: a client that decodes the merged books of symbols, and how old each state is by then. */
const { address, depth, symbols } = options();
const client = new BookClient(address);
const stop = new AbortController();
setMaxListeners(0, stop.signal);
let newest = [];
let oldest = [];
const fresh = symbols.map(
  (symbol) =>
    new Promise((resolve) => {
      void (async () => {
        let before = 0;
        for await (const { venues } of client.summaries({ symbol, depth }, stop.signal)) {
          const now = nowMicros();
          const [{ eventMicros, state }] = venues;
          if (state === "FRESH") resolve();
          const event = Number(eventMicros);
          if (event <= before) continue;
          newest.push((now - event) / 1000);
          // Every frame behind that of the state before is at most this old.
          if (before > 0) oldest.push((now - before) / 1000);
          before = event;
        }
      })();
    }),
);
serveParent(
  {
    async fresh() {
      await Promise.all(fresh);
    },
    reset() {
      newest = [];
      oldest = [];
    },
    ...new Meter().answers,
    latency: () => ({ newest: quantiles(newest), oldest: quantiles(oldest) }),
  },
  async () => {
    stop.abort();
    client.close();
  },
);
process.send({ ready: true });
