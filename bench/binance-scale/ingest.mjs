import { DataType, systemClock } from "../../libs/common/dist/index.js";
import { createBinanceIntegration } from "../../libs/integration/binance/dist/index.js";
import { answerParent } from "./answering.mjs";
import { CountingSink } from "./counting-sink.mjs";
import { UsageWindow } from "./usage-window.mjs";

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

const usage = new UsageWindow();
let begunCount = 0;
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
    begunCount = recordCount();
    usage.begin();
  },
  figures() {
    const { cores, rssBytesMax, seconds } = usage.read();
    const recordsPerSecond = (recordCount() - begunCount) / seconds;
    return { seconds, recordsPerSecond, cores, rssBytesMax, lagMillis: sink.lags() };
  },
  ranges: () => sink.ranges(),
};

answerParent({ symbolCount: symbols.length }, answers, async () => {
  usage.end();
  await integration.shutdown();
});
