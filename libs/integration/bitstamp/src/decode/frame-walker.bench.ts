import { fileURLToPath } from "node:url";
import { asObject, createBookFields, createTradeFields } from "@ims/integration-kit";
import { createOrderFrame } from "../orders/order-frame.js";
import { readOrder } from "../orders/order-reader.js";
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

const order = (id: number) =>
  `{"data":{"id":${2046839978799111 + id},"id_str":"${2046839978799111 + id}","order_type":0,"order_subtype":5,"datetime":"1788551766","microtimestamp":"1788551766357000","amount":0.00137276,"amount_str":"0.00137276","amount_traded":"0","amount_at_create":"0.00137276","price":71743.85,"price_str":"71743.85","is_liquidation":false},"channel":"live_orders_btcusd","event":"order_created","event_id":"00065aad-a8b2-3408-0000-${100_000_000_000 + id}","pre_event_id":"00065aad-a8b2-14c8-0000-000101000020","order_source":"orderbook"}`;

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
  order,
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

const READS: Readonly<Record<number, (walker: FrameWalker) => boolean>> = {
  [WalkedEvent.Trade]: (walker) => walker.readTrade(),
  [WalkedEvent.Book]: (walker) => walker.readBook(SCALES),
  [WalkedEvent.Order]: (walker) => walker.readOrder(SCALES),
};

function createWalk(): (frame: Buffer) => void {
  const walker = new FrameWalker();
  return (frame) => {
    const event = walker.begin(frame);
    const isRead = READS[event]?.(walker) === true;
    if (!isRead) throw new Error(`not read: ${frame.toString()}`);
  };
}

function createJson(): (frame: Buffer) => void {
  const fields = createBookFields();
  const record = createTradeFields();
  const orderFrame = createOrderFrame();
  return (frame) => {
    const parsed = asObject(parse(frame))!;
    const { data, event } = parsed;
    if (event === "trade") readStreamTrade(asObject(data)!, record);
    else if (event === "order_created") readOrder(parsed, SCALES, orderFrame);
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
