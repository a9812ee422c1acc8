import { ImsClient } from "../../apps/ims-client/dist/index.js";
import { ExchangeId, systemClock } from "../../libs/common/dist/index.js";
import { answerParent } from "./answering.mjs";
import { CountingSink } from "./counting-sink.mjs";
import { UsageWindow } from "./usage-window.mjs";

const SYMBOLS_PER_START = 250;

/** `client.mjs SERVICE`: a client in a process of its own that reads trades and tops of every symbol from the broker. */
const { iggyUrl, symbols } = JSON.parse(process.argv[2]);
const sink = new CountingSink(() => systemClock.nowMicros());
const client = await ImsClient.open({ url: iggyUrl, exchange: ExchangeId.BinanceSpot, env: {} });
const quantity = { lo: 0, hi: 0, scale: 0 };
const trade = { instrumentId: 0, eventMicros: 0.5, tradeId: 0.5, quantity };
const top = { instrumentId: 0, updateId: 0.5 };
/** The sink's number of each instrument, by the service's. */
const numbers = [];
let duplicateCount = 0;

function numberOf(record) {
  const id = record.instrumentId();
  numbers[id] ??= sink.register({ symbol: record.symbol() });
  return numbers[id];
}

client.onFlyweight("trade", (record) => {
  trade.instrumentId = numberOf(record);
  trade.eventMicros = record.eventTimeNumber();
  trade.tradeId = record.tradeIdNumber();
  quantity.lo = record.quantityLo();
  quantity.hi = record.quantityHi();
  quantity.scale = record.quantityScale();
  sink.trade(trade);
});
client.onFlyweight("top-of-book", (record) => {
  top.instrumentId = numberOf(record);
  top.updateId = record.updateIdNumber();
  sink.topOfBook(top);
});
client.onFlyweight("gap", () => sink.gap());
for (let from = 0; from < symbols.length; from += SYMBOLS_PER_START) {
  const some = symbols.slice(from, from + SYMBOLS_PER_START);
  await client.startTradeData(some, { from: "first" });
  await client.startTopOfBook(some, { from: "first" });
}
const usage = new UsageWindow();
let begunCount = 0;

const answers = {
  state() {
    duplicateCount = client.duplicatesSkipped;
    const { disorderCount, gapCount, rejectedCount, topCount, tradeCount } = sink;
    const recordCount = tradeCount + topCount;
    return { recordCount, tradeCount, topCount, disorderCount, gapCount, rejectedCount, duplicateCount };
  },
  begin() {
    sink.clearLags();
    begunCount = sink.tradeCount + sink.topCount;
    usage.begin();
  },
  figures() {
    const { cores, rssBytesMax, seconds } = usage.read();
    const recordsPerSecond = (sink.tradeCount + sink.topCount - begunCount) / seconds;
    return { seconds, recordsPerSecond, cores, rssBytesMax, lagMillis: sink.lags() };
  },
  ranges: () => sink.ranges(),
};
answerParent({}, answers, async () => {
  usage.end();
  await client.shutdown();
});
