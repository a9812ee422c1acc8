import { fileURLToPath } from "node:url";
import { instrumentNamed } from "../../spec-support/decoder-bench.js";
import { createFeedCounters } from "./feed-counters.js";
import { FeedTable } from "./feed-table.js";
import { FrameDecoder } from "./frame-decoder.js";
import { InstrumentFeed } from "./instrument-feed.js";

export interface DecodeFigures {
  readonly frame: string;
  /** Frames per second: byte walk to sink call, general parser to sink call, `JSON.parse` of the bytes alone. */
  readonly walk: number;
  readonly general: number;
  readonly jsonParse: number;
}

const FRAMES: Readonly<Record<string, (id: number) => string>> = {
  "spot trade": (id) =>
    `{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":${3735683259 + id},"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}`,
  "usd-future trade": (id) =>
    `{"stream":"btcusdt@trade","data":{"e":"trade","E":1789893896920,"T":1789893896920,"s":"BTCUSDT","t":${8097313955 + id},"p":"80227.00","q":"0.010","X":"MARKET","m":true,"st":1}}`,
  "spot aggTrade": (id) =>
    `{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1768627409826,"s":"BTCUSDT","a":${3814332932 + id},"p":"95311.64000000","q":"0.00084000","f":5782154285,"l":5782154285,"T":1768627409825,"m":false,"M":true}}`,
};

/** Measures each frame kind with `frameCount` frames a round. */
export function benchDecoders(frameCount: number): DecodeFigures[] {
  return Object.entries(FRAMES).map(([frame, print]) => {
    const frames = Array.from({ length: 1000 }, (_, id) => Buffer.from(print(id)));
    const decoder = createDecoder();
    return {
      frame,
      walk: rate(frames, frameCount, (bytes) => decoder.decode(bytes, 1)),
      general: rate(frames, frameCount, (bytes) => decoder.decodeGeneral(bytes, 1)),
      jsonParse: rate(frames, frameCount, (bytes) => JSON.parse(bytes.toString("latin1"))),
    };
  });
}

function createDecoder(): FrameDecoder {
  const table = new FeedTable();
  for (const symbol of ["ETHUSDT", "BTCUSDT", "BNBUSDT", "SOLUSDT"]) {
    const feed = new InstrumentFeed(instrumentNamed(symbol), 1);
    feed.trades.active = true;
    table.add(feed);
  }
  return new FrameDecoder({
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
      ticker() {},
      orderSnapshot() {},
      order() {},
      optionTicker() {},
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
    onReply() {},
    onServerShutdown() {},
    onIdJump() {},
  });
}

/** Frames per second of the best of three rounds, after one of warming up: other load only ever slows. */
function rate(frames: readonly Buffer[], frameCount: number, act: (frame: Buffer) => void): number {
  let best = 0;
  for (let round = 0; round < 4; round++) {
    const startedAt = performance.now();
    for (let index = 0; index < frameCount; index++) act(frames[index % frames.length]!);
    if (round > 0) best = Math.max(best, (frameCount * 1000) / (performance.now() - startedAt));
  }
  return Math.round(best);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(benchDecoders(Number(process.argv[2] ?? 2_000_000)));
}
