import { DataType, systemClock } from "../../libs/common/dist/index.js";
import { createBinanceIntegration } from "../../libs/integration/binance/dist/index.js";
import { CountingSink } from "./counting-sink.mjs";

/**
 * `ingest.mjs VENUE`: the integration with a counting sink in a process of its own, subscribed to trades and top of book
 * of every symbol. Asked over the channel to its parent: `begin` starts a measurement, `figures` reads it, `ranges` tells
 * what arrived of each symbol.
 */
const { restUrl, wsUrl } = JSON.parse(process.argv[2]);
const warnings = [];
const note = (fields, message) => void warnings.push({ message, ...fields });
const sink = new CountingSink(() => systemClock.nowMicros());
const integration = createBinanceIntegration("spot", { restUrl, wsUrl })({
  sink,
  clock: systemClock,
  random: Math.random,
  logger: { debug() {}, info() {}, warn: note, error: note },
});
const symbols = (await integration.symbols())
  .filter(({ status }) => status === "trading")
  .map(({ symbol }) => symbol);
for (const dataType of [DataType.Trade, DataType.TopOfBook]) await integration.start({ dataType }, symbols);

const SAMPLE_MILLIS = 200;
let begun = { at: 0, cpu: process.cpuUsage(), recordCount: 0 };
let rssBytesMax = 0;
const sampling = setInterval(() => {
  rssBytesMax = Math.max(rssBytesMax, process.memoryUsage.rss());
}, SAMPLE_MILLIS);
const recordCount = () => sink.tradeCount + sink.topCount;

const answers = {
  state() {
    const { connectionCount, counters, reconnectCount, subscriptions } = integration.status();
    return {
      recordCount: recordCount(),
      tradeCount: sink.tradeCount,
      topCount: sink.topCount,
      disorderCount: sink.disorderCount,
      rejectedCount: sink.rejectedCount,
      gapCount: sink.gapCount,
      fallbackCount: counters.fallbackCount,
      connectionCount,
      reconnectCount,
      subscriptionCount: subscriptions.length,
      pendingCount: subscriptions.filter(({ state }) => state === "pending").length,
      warnings: warnings.slice(0, 20),
    };
  },
  begin() {
    sink.clearLags();
    rssBytesMax = process.memoryUsage.rss();
    begun = { at: performance.now(), cpu: process.cpuUsage(), recordCount: recordCount() };
    return true;
  },
  figures() {
    const seconds = (performance.now() - begun.at) / 1000;
    const { user, system } = process.cpuUsage(begun.cpu);
    return {
      seconds,
      recordsPerSecond: (recordCount() - begun.recordCount) / seconds,
      cores: (user + system) / 1e6 / seconds,
      rssBytesMax,
      lagMillis: Object.fromEntries(
        [0.5, 0.9, 0.99, 0.999, 1].map((share) => [share * 100, sink.lagMillis(share)]),
      ),
    };
  },
  ranges: () => sink.ranges(),
};

process.on("message", async ({ ask }) => {
  if (ask === "end") {
    clearInterval(sampling);
    await integration.shutdown();
    process.disconnect();
    return;
  }
  process.send({ [ask]: answers[ask]() });
});
// Whoever asks is gone: nobody else would end this process.
process.once("disconnect", () => process.exit());
process.send({ ready: { symbolCount: symbols.length } });
