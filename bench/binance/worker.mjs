import { Decimal } from "../../libs/common/dist/index.js";
import { createFeedCounters } from "../../libs/integration/binance/dist/common/decode/feed-counters.js";
import { FeedTable } from "../../libs/integration/binance/dist/common/decode/feed-table.js";
import { FrameDecoder } from "../../libs/integration/binance/dist/common/decode/frame-decoder.js";
import { InstrumentFeed } from "../../libs/integration/binance/dist/common/decode/instrument-feed.js";
import { OrderBook } from "../../libs/order-book/dist/index.js";
import { framesOf, symbolsOf } from "./frames.mjs";
import { measure } from "./measure.mjs";

/** `worker.mjs KIND VARIANT`: one measurement in a process of its own, as JSON. */
const [kind, variant] = process.argv.slice(2);
const { frames, origin } = framesOf(kind);

/** Frames to sink calls; of depth, to the order book as well. */
function decoder() {
  const table = new FeedTable();
  for (const symbol of symbolsOf(kind)) {
    const instrument = { exchange: 1, symbol, priceScale: 2, quantityScale: 5 };
    const feed = new InstrumentFeed(instrument, 1);
    for (const data of [feed.trades, feed.topOfBook, feed.book]) data.active = true;
    table.add(feed);
  }
  const book = new OrderBook();
  const counters = createFeedCounters();
  let taken = 0;
  const decoding = new FrameDecoder({
    table,
    counters,
    sink: {
      trade: (trade) => {
        taken ^= trade.aggressor;
      },
      topOfBook: (top) => {
        taken ^= top.bidPrice.lo;
      },
      rejected: ({ detail }) => {
        throw new Error(detail);
      },
    },
    depthListener: {
      depth: (_, change) => {
        taken ^= book.apply(change);
      },
    },
    onReply() {},
    onServerShutdown() {},
    onIdJump() {},
  });
  return {
    step: (index) => decoding.decode(frames[index], 1),
    check() {
      if (counters.fallbackCount > 0)
        throw new Error(`${counters.fallbackCount} frames of ${kind} were not walked`);
      return taken;
    },
  };
}

const parse = (frame) => JSON.parse(frame.latin1Slice(0, frame.length));

/** The decimals of a parsed record, made exact as the usual library calls do it. */
function exact({ data }) {
  const texts = [data.p, data.q, data.b, data.B, data.a, data.A].filter((value) => typeof value === "string");
  const levels = [data.b, data.a].filter(Array.isArray).flat(2);
  return [...texts, ...levels].map((text) => Decimal.parse(text));
}

let kept;
const variants = {
  walk: decoder,
  json: () => ({
    step: (index) => {
      kept = parse(frames[index]);
    },
    check: () => kept,
  }),
  exact: () => ({
    step: (index) => {
      kept = exact(parse(frames[index]));
    },
    check: () => kept,
  }),
};

const { check, step } = variants[variant]();
const figures = measure(step, frames.length);
check();
process.stdout.write(
  JSON.stringify({
    ...figures,
    origin,
    frameBytes: Math.round(frames.reduce((sum, { length }) => sum + length, 0) / frames.length),
  }),
);
