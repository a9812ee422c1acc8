import { ImsClient } from "../../apps/ims-client/dist/index.js";
import { nowMicros } from "./trade-frames.mjs";

/**
 * `consumer.mjs OPTIONS`: one or several clients in a process of its own, which read the trades of all symbols, or of
 * `symbolsPerClient` each. Counts
 * them, looks that ids follow one another, and measures from the venue's time in the frame to the callback, of every
 * message or of one in `timedEvery`.
 */
const {
  clientCount,
  clientIdFrom,
  iggyUrl,
  objects,
  symbols,
  symbolsPerClient,
  timedEvery = 1,
} = JSON.parse(process.argv[2]);
/** Microseconds in steps of 50 up to 1 s; the last one is everything above. */
const STEP_MICROS = 50;
const buckets = new Uint32Array(20_001);
let count = 0;
let disorderCount = 0;
const clients = [];

for (let index = 0; index < clientCount; index++) {
  const client = await ImsClient.open({
    exchange: "binancespot",
    url: iggyUrl,
    clientId: clientIdFrom + index,
  });
  const lastIds = new Map();
  const seen = (instrumentId, tradeId, eventMicros) => {
    count++;
    const last = lastIds.get(instrumentId);
    if (last !== undefined && tradeId !== last + 1) disorderCount++;
    lastIds.set(instrumentId, tradeId);
    if (count % timedEvery !== 0) return;
    buckets[Math.min(20_000, Math.max(0, Math.floor((nowMicros() - eventMicros) / STEP_MICROS)))]++;
  };
  if (objects) client.onMessage("trade", (trade) => seen(trade.symbol, trade.tradeId, trade.eventMicros));
  else {
    client.onFlyweight("trade", (trade) =>
      seen(trade.instrumentId(), trade.tradeIdNumber(), trade.eventTimeNumber()),
    );
  }
  const from = index * (symbolsPerClient ?? 0);
  const own = Array.from(
    { length: symbolsPerClient ?? symbols.length },
    (_, at) => symbols[(from + at) % symbols.length],
  );
  await client.startTradeData(own);
  clients.push(client);
}

function percentile(share) {
  const total = buckets.reduce((sum, value) => sum + value, 0);
  let passed = 0;
  for (let index = 0; index < buckets.length; index++) {
    passed += buckets[index];
    if (passed >= share * total) return (index * STEP_MICROS) / 1000;
  }
  return Number.NaN;
}

const answers = {
  begin: () => void buckets.fill(0),
  usage: () => ({ count, disorderCount, cpu: process.cpuUsage(), rssBytes: process.memoryUsage.rss() }),
  latency: () => ({
    p50: percentile(0.5),
    p90: percentile(0.9),
    p99: percentile(0.99),
    p999: percentile(0.999),
    count: buckets.reduce((sum, value) => sum + value, 0),
  }),
};
process.on("message", async ({ ask, value }) => {
  if (ask === "end") {
    await Promise.all(clients.map((client) => client.shutdown()));
    process.disconnect();
    return;
  }
  process.send({ [ask]: answers[ask](value) ?? true });
});
process.once("disconnect", () => process.exit());
process.send({ ready: true });
