import { fileURLToPath } from "node:url";
import { instrumentNamed } from "../../spec-support/decoder-bench.js";
import { streamCodec } from "../../spec-support/stream-schema.js";
import { createFeedCounters } from "../decode/feed-counters.js";
import { FeedTable } from "../decode/feed-table.js";
import { InstrumentFeed } from "../decode/instrument-feed.js";
import { StreamFrameDecoder } from "./stream-frame-decoder.js";

export interface StreamFrameFigures {
  readonly frame: string;
  /** Frames per second, from bytes to sink calls. */
  readonly rate: number;
  /** Heap bytes per frame; means something with a young generation that holds a round (`--max-semi-space-size=512`). */
  readonly allocated: number;
}

const TIMES = { sendTime: "1723161255343137", tradeTime: "1723161255342011" };
const LEVELS = Array.from({ length: 20 }, (_, at) => ({
  price: `${6183763000000 + at * 1_000_000}`,
  quantity: `${2_000_000 + at * 1000}`,
}));

/** Each with the exponent of eight digits, and with that of the instrument. */
function frames(): Readonly<Record<string, (id: number) => Uint8Array>> {
  const codec = streamCodec();
  const trades = (count: number, price: number, quantity: number) => (id: number) =>
    codec.encode("Trades", {
      ...TIMES,
      priceExponent: price,
      quantityExponent: quantity,
      trades: Array.from({ length: count }, (_, at) => ({
        tradeId: `${3735683259 + id * count + at}`,
        price: price === -8 ? "6183763000000" : "6183763",
        quantity: quantity === -8 ? "2000000" : "2000",
        buyerIsMaker: "No",
      })),
      symbol: "BTCUSDT",
    });
  const sendTime = TIMES.sendTime;
  const exponents = { priceExponent: -8, quantityExponent: -8 };
  return {
    "1 trade, exponents -8": trades(1, -8, -8),
    "1 trade, exponents of the instrument": trades(1, -2, -5),
    "10 trades, exponents -8": trades(10, -8, -8),
    "best bid and ask": (id) =>
      codec.encode("BestBidAsk", {
        sendTime,
        updateId: `${50093239212 + id}`,
        ...exponents,
        bidPrice: "6183763000000",
        bidQuantity: "378826000",
        askPrice: "6183764000000",
        askQuantity: "154698000",
        symbol: "BTCUSDT",
      }),
    "change of 40 levels": (id) =>
      codec.encode("BookChange", {
        sendTime,
        firstUpdateId: `${50093239212 + id}`,
        lastUpdateId: `${50093239213 + id}`,
        ...exponents,
        bids: LEVELS,
        asks: LEVELS,
        symbol: "BTCUSDT",
      }),
  };
}

/** Measures each frame kind with `frameCount` frames a round. */
export function benchStreamFrames(frameCount: number): StreamFrameFigures[] {
  return Object.entries(frames()).map(([frame, print]) => {
    const decoder = createDecoder();
    // As a socket delivers them: many frames in one piece of memory.
    const made = Array.from({ length: 1000 }, (_, id) => Buffer.from(print(id)));
    const memory = Buffer.concat(made);
    const { length } = made[0]!;
    const placed = made.map((_, at) => memory.subarray(at * length, (at + 1) * length));
    let best = 0;
    let allocated = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
      const heap = process.memoryUsage().heapUsed;
      const startedAt = performance.now();
      for (let index = 0; index < frameCount; index++) decoder.decode(placed[index % placed.length]!, 1);
      best = Math.max(best, (frameCount * 1000) / (performance.now() - startedAt));
      // A collection within the round makes it negative: another round tells.
      const grown = process.memoryUsage().heapUsed - heap;
      if (round > 0 && grown >= 0) allocated = Math.min(allocated, grown / frameCount);
    }
    return { frame, rate: Math.round(best), allocated: Math.round(allocated * 10) / 10 };
  });
}

function createDecoder(): StreamFrameDecoder {
  const table = new FeedTable();
  for (const symbol of ["ETHUSDT", "BTCUSDT", "BNBUSDT", "SOLUSDT"]) {
    const feed = new InstrumentFeed(instrumentNamed(symbol), 1);
    for (const data of [feed.trades, feed.topOfBook, feed.book]) data.active = true;
    table.add(feed);
  }
  return new StreamFrameDecoder({
    table,
    sink: {
      register: () => 0,
      trade() {},
      bar() {},
      topOfBook() {},
      bookSnapshot() {},
      bookDelta() {},
      markPrice() {},
      liquidation() {},
      orderSnapshot() {},
      order() {},
      optionTicker() {},
      ticker() {},
      gap() {},
      feedStatus() {},
      instrument() {},
      rejected({ detail }) {
        throw new Error(detail);
      },
      accepting: true,
      whenAccepting: () => Promise.resolve(),
    },
    counters: createFeedCounters(),
    depthListener: { depth() {} },
    onReply() {},
    onServerShutdown() {},
    onIdJump() {},
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(benchStreamFrames(Number(process.argv[2] ?? 1_000_000)));
}
