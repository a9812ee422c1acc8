import { ExchangeId } from "../../libs/common/dist/index.js";
import { createFeedCounters } from "../../libs/integration/binance/dist/common/decode/feed-counters.js";
import { FeedTable } from "../../libs/integration/binance/dist/common/decode/feed-table.js";
import { FrameDecoder } from "../../libs/integration/binance/dist/common/decode/frame-decoder.js";
import { InstrumentFeed } from "../../libs/integration/binance/dist/common/decode/instrument-feed.js";
import { framesOf } from "./frames.mjs";

const kind = process.argv[2];
const { frames } = framesOf(kind);
const table = new FeedTable();
for (const symbol of ["ETHUSDT", "BTCUSDT", "BNBUSDT"]) {
  const feed = new InstrumentFeed({ exchange: 1, symbol, priceScale: 2, quantityScale: 5 }, 1);
  feed.trades.active = true;
  table.add(feed);
}
let n = 0;
const sink = {
  trade(t) {
    n += t.tradeId & 1;
  },
  rejected(r) {
    throw new Error(r.detail);
  },
};
const d = new FrameDecoder({
  table,
  sink,
  counters: createFeedCounters(),
  onReply() {},
  onServerShutdown() {},
  onIdJump() {},
});
for (const [name, f] of [
  ["walk", (b) => d.decode(b, 1)],
  ["json", (b) => JSON.parse(b.latin1Slice(0, b.length))],
]) {
  for (let r = 0; r < 5; r++) {
    const t = process.cpuUsage();
    for (let k = 0; k < 2000; k++) for (let i = 0; i < 256; i++) f(frames[i]);
    const u = process.cpuUsage(t);
    console.log(name, (512000 / (u.user + u.system)).toFixed(2));
  }
}
