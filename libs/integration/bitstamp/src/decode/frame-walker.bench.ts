import { fileURLToPath } from "node:url";
import { asObject, createTradeFields } from "@ims/integration-kit";
import { createBookFields } from "../book/book-fields.js";
import { readStreamTrade } from "../trades/trade-fields.js";
import { FrameWalker, WalkedEvent } from "./frame-walker.js";
import { readBook } from "./level-reader.js";

export interface WalkFigures {
  readonly frame: string;
  /** Microseconds of processor time for one frame: as bytes, as JSON to the same record, `JSON.parse` alone. */
  readonly walk: number;
  readonly json: number;
  readonly jsonParse: number;
  /** How many times faster than the reader of JSON, and than `JSON.parse` alone. */
  readonly timesJson: number;
  readonly timesJsonParse: number;
}

const SCALES = { priceScale: 2, quantityScale: 8 };

const trade = (id: number) =>
  `{"data":{"id":${643660479 + id},"timestamp":"1790401277","amount":0.125,"amount_str":"0.12500000","price":83946.07,"price_str":"83946.07","type":1,"microtimestamp":"1790401277185000","buy_order_id":2054415511941130,"sell_order_id":2054415575154691},"channel":"live_trades_btcusd","event":"trade"}`;

const book = (channel: string, levels: number) => (id: number) => {
  const rows = (from: number, step: number) =>
    Array.from(
      { length: levels },
      (_, at) => `["${(from + step * at).toFixed(2)}","0.${10_000_000 + id * 7 + at}"]`,
    );
  return `{"data":{"timestamp":"1790401258","microtimestamp":"${1790401258521974 + id}","bids":[${rows(83938.99, -0.5)}],"asks":[${rows(83939.5, 0.5)}]},"channel":"${channel}_btcusd","event":"data"}`;
};

const FRAMES: Readonly<Record<string, (id: number) => string>> = {
  trade,
  "diff of 6 levels": book("diff_order_book", 3),
  "best 200 levels": book("order_book", 100),
};

/** Measures each kind of frame with `frameCount` frames a round. */
export function benchWalker(frameCount: number): WalkFigures[] {
  return Object.entries(FRAMES).map(([frame, print]) => {
    const frames = Array.from({ length: 200 }, (_, id) => Buffer.from(print(id)));
    const walk = micros(frames, frameCount, createWalk());
    const json = micros(frames, frameCount, createJson());
    const jsonParse = micros(frames, frameCount, parse);
    return {
      frame,
      walk,
      json,
      jsonParse,
      timesJson: ratio(json, walk),
      timesJsonParse: ratio(jsonParse, walk),
    };
  });
}

function createWalk(): (frame: Buffer) => void {
  const walker = new FrameWalker();
  return (frame) => {
    const event = walker.begin(frame);
    const isRead = event === WalkedEvent.Trade ? walker.readTrade() : walker.readBook(SCALES);
    if (event === WalkedEvent.None || !isRead) throw new Error(`not read: ${frame.toString()}`);
  };
}

function createJson(): (frame: Buffer) => void {
  const fields = createBookFields();
  const record = createTradeFields();
  return (frame) => {
    const { data, event } = asObject(parse(frame))!;
    if (event === "trade") readStreamTrade(asObject(data)!, record);
    else readBook(asObject(data)!, SCALES, fields);
  };
}

function parse(frame: Buffer): unknown {
  return JSON.parse(frame.toString("utf8"));
}

/** Processor time of one frame in the best of three rounds, after one of warming up: other load only ever slows. */
function micros(frames: readonly Buffer[], frameCount: number, act: (frame: Buffer) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    const before = process.cpuUsage();
    for (let index = 0; index < frameCount; index++) act(frames[index % frames.length]!);
    const { system, user } = process.cpuUsage(before);
    if (round > 0) best = Math.min(best, (user + system) / frameCount);
  }
  return Math.round(best * 1000) / 1000;
}

function ratio(other: number, own: number): number {
  return Math.round((other / own) * 10) / 10;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.table(benchWalker(Number(process.argv[2] ?? 20_000)));
}
