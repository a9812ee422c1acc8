import { join } from "node:path";
import { formatMantissa, OrderEvent, OrderKind, OrderMarks, Side } from "@ims/common";
import { asObject, type JsonObject, type Unusable } from "@ims/integration-kit";
import { recordedLines } from "@ims/integration-kit/conformance";
import { describe, expect, inject, it } from "vitest";
import { ReaderStage } from "../spec-support/reader-stage.js";
import { createOrderFrame } from "./order-frame.js";
import { readOrder } from "./order-reader.js";

const SCALES = { priceScale: 2, quantityScale: 8 };
const sharedDir = inject("sharedDir");

const DATA = {
  id: 2046839978799111,
  id_str: "2046839978799111",
  order_type: 1,
  order_subtype: 5,
  datetime: "1788551766",
  microtimestamp: "1788551766357000",
  amount: 0.00137276,
  amount_str: "0.00137276",
  amount_traded: "0",
  amount_at_create: "0.00137276",
  price: 71743.85,
  price_str: "71743.85",
  is_liquidation: false,
};
const RECORD = {
  data: DATA,
  channel: "live_orders_btcusd",
  event: "order_changed",
  event_id: "00065aad-a8b2-3408-0000-000102000020",
  pre_event_id: "00065aad-a8b2-14c8-0000-000101000020",
  order_source: "orderbook",
};
/** As before 2026. */
const OLD = {
  data: {
    id: 1496011283275781,
    id_str: "1496011283275781",
    order_type: 0,
    datetime: "1654072104",
    microtimestamp: "1654072104363000",
    amount: 7.9201,
    amount_str: "7.92010000",
    price: 31483.1,
    price_str: "31483.10",
  },
  channel: "live_orders_btcusd",
  event: "order_created",
};

function read(record: JsonObject) {
  const frame = createOrderFrame();
  readOrder(record, SCALES, frame);
  const { filledQuantity, originalQuantity, price, quantity, ...order } = frame.order;
  const print = (cell: typeof price) => formatMantissa(cell.toBigInt(), cell.scale);
  return {
    ...order,
    isChained: frame.isChained,
    price: print(price),
    quantity: print(quantity),
    filled: print(filledQuantity),
    original: print(originalQuantity),
  };
}
const withData = (changes: JsonObject) => read({ ...RECORD, data: { ...DATA, ...changes } });

describe("readOrder", () => {
  it("reads what the venue prints in 2026", () => {
    expect(read(RECORD)).toMatchObject({
      orderId: 2046839978799111,
      event: OrderEvent.Changed,
      side: Side.Sell,
      kind: OrderKind.Limit,
      marks: 0,
      eventMicros: 1_788_551_766_357_000,
      isChained: true,
      hasPrice: true,
      hasFilledQuantity: true,
      hasOriginalQuantity: true,
      price: "71743.85",
      quantity: "0.00137276",
      filled: "0.00000000",
      original: "0.00137276",
    });
  });

  it("reads what it printed before, without executions and without a chain", () => {
    expect(read(OLD)).toMatchObject({
      orderId: 1496011283275781,
      event: OrderEvent.Created,
      side: Side.Buy,
      kind: OrderKind.Limit,
      isChained: false,
      hasFilledQuantity: false,
      hasOriginalQuantity: false,
      price: "31483.10",
      quantity: "7.92010000",
    });
  });

  it("takes the texts, exponents included, at one scale for all quantities", () => {
    expect(withData({ amount_str: "1E-10", amount: 7, price: 9 })).toMatchObject({
      quantity: "0.0000000001",
      filled: "0.0000000000",
      original: "0.0013727600",
      price: "71743.85",
    });
    expect(withData({ price_str: "71743.8512" }).price).toBe("71743.8512");
    expect(withData({ id: 2046839978799112 }).orderId).toBe(2046839978799111);
  });

  it.each(["0", "0.00", "999999999", "999999999.00"])("takes the price %s for none", (text) => {
    expect(withData({ price_str: text, order_subtype: 2 })).toMatchObject({
      kind: OrderKind.Market,
      hasPrice: false,
      price: "0.00",
    });
  });

  it("knows one subtype, liquidations and orders that a stop placed", () => {
    expect(withData({ order_subtype: 7 }).kind).toBe(OrderKind.Unknown);
    expect(withData({ is_liquidation: true }).marks).toBe(OrderMarks.Liquidation);
    expect(read({ ...RECORD, order_source: "stop_order" }).marks).toBe(OrderMarks.Stop);
  });

  it.each([
    { event_id: undefined },
    { pre_event_id: null },
    { event_id: "65aad" },
    { event_id: "00065aad-a8b2-3408-0000-00010200002x" },
    { pre_event_id: "\u00e90065aad-a8b2-3408-0000-00010200002" },
  ])("takes an event whose ids it cannot read for one without a chain: %j", (ids) => {
    expect(read({ ...RECORD, ...ids }).isChained).toBe(false);
  });

  it.each([
    ["unexpected", { ...RECORD, event: "order_erected" }],
    ["missing-field", { ...RECORD, data: [] }],
    ["bad-number", { ...RECORD, data: { ...DATA, amount_str: undefined } }],
    ["bad-number", { ...RECORD, data: { ...DATA, amount_str: 0.5 } }],
    ["bad-number", { ...RECORD, data: { ...DATA, price_str: "-1" } }],
    ["bad-number", { ...RECORD, data: { ...DATA, amount_traded: 0 } }],
    ["overflow", { ...RECORD, data: { ...DATA, amount_str: "99999999999999999999" } }],
    ["overflow", { ...RECORD, data: { ...DATA, amount_str: "9223372036854775807" } }],
    ["bad-number", { ...RECORD, data: { ...DATA, id_str: "0" } }],
    ["overflow", { ...RECORD, data: { ...DATA, id_str: "9007199254740993" } }],
    ["unexpected", { ...RECORD, data: { ...DATA, order_type: 2 } }],
    ["unexpected", { ...RECORD, data: { ...DATA, is_liquidation: 1 } }],
    ["bad-number", { ...RECORD, data: { ...DATA, microtimestamp: "?" } }],
  ] as const)("refuses as %s", (reason, record) => {
    expect(() => read(record as JsonObject)).toThrow(expect.objectContaining({ reason }) as Unusable);
  });

  it.skipIf(sharedDir === "")("reads every recorded frame, those of 2026 as bytes", () => {
    const file = join(sharedDir, "exchanges/recordings/bitstamp/single-frames.jsonl.gz");
    const stage = new ReaderStage();
    for (const { data } of recordedLines(file)) {
      if (asObject(JSON.parse(data))?.channel === "live_orders_btcusd") stage.read(data);
    }
    expect(stage.sink.rejections).toEqual([]);
    expect(stage.orders).toEqual([
      `${OrderEvent.Created} 1496011283275781 31483.10 7.92010000`,
      `${OrderEvent.Created} 2046839978799111 71743.85 0.00137276 walked`,
      `${OrderEvent.Created} 1599036464488448 27106.00 0.22771886`,
      `${OrderEvent.Created} 1599036464660480 27174.00 0.00168139`,
      `${OrderEvent.Deleted} 2046839978139649 71743.85 0.00137276 walked`,
      `${OrderEvent.Deleted} 2037493297635328 58356.10 0.00171371 walked`,
      `${OrderEvent.Deleted} 1599036464488448 27106.00 0.22771886`,
    ]);
  });
});
