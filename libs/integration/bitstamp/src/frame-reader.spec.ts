import { DataType, OrderEvent } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReaderStage } from "./spec-support/reader-stage.js";

const TRADE =
  '{"channel": "live_trades_btcusd", "data": {"amount": 1e-08, "amount_str": "1E-8", "buy_order_id": 1341285759094784, "id": 158457579, "microtimestamp": "1616297318187000", "price": 57748.8, "price_str": "57748.80", "sell_order_id": 1341285698236416, "timestamp": "1616297318", "type": 0}, "event": "trade"}';
const NOISY_TRADE =
  '{"data":{"microtimestamp":"1554076803243152","amount":0.0016429999999999999,"buy_order_id":3056112169,"sell_order_id":3056099349,"amount_str":"0.00164300","price_str":"3651.30","timestamp":"1554076803","price":3651.3000000000002,"type":1,"id":84550458},"event":"trade","channel":"live_trades_btcusd"}';
const DIFF =
  '{"data":{"timestamp":"1622520011","microtimestamp":"1622520011989838","bids":[["36653.62","0.75000000"]],"asks":[["36665.20","0.00000000"],["36669.76","0.75000000"]]},"channel":"diff_order_book_btcusd","event":"data"}';
const TOP =
  '{"data": {"timestamp": "1790401258", "microtimestamp": "1790401258521974", "bids": [["83938.99", "0.85114353"], ["83938.46", "0.25014847"]], "asks": [["83939.00", "0.72730996"]]}, "channel": "order_book_btcusd", "event": "data"}';
const FUNDING =
  '{"data":{"market":"btcusd","mark_price":"83997.21486186","index_price":"83991.59300000002","funding_rate":"0.0001","timestamp":"1790318552","next_funding_time":"1790323200"},"channel":"funding_rate_btcusd","event":"funding_rate_saved"}';
const ORDER =
  '{"data":{"id":2046839978799111,"id_str":"2046839978799111","order_type":0,"order_subtype":5,"datetime":"1788551766","microtimestamp":"1788551766357000","amount":0.00137276,"amount_str":"0.00137276","amount_traded":"0","amount_at_create":"0.00137276","price":71743.85,"price_str":"71743.85","is_liquidation":false},"channel":"live_orders_btcusd","event":"order_created","event_id":"00065aad-a8b2-3408-0000-000102000020","pre_event_id":"00065aad-a8b2-14c8-0000-000101000020","order_source":"orderbook"}';
const FRAMES = [TRADE, NOISY_TRADE, DIFF, TOP, FUNDING, ORDER];

describe("the frame reader", () => {
  it("takes price and amount from their texts, exponents included, never from the numbers beside them", () => {
    const stage = new ReaderStage();
    stage.read(TRADE);
    stage.read(NOISY_TRADE);
    expect(stage.trades).toEqual(["158457579 57748.80 0.00000001", "84550458 3651.30 0.00164300"]);
  });

  it("hands each frame to the feed of its channel", () => {
    const stage = new ReaderStage();
    for (const frame of FRAMES) stage.read(frame);
    expect(stage.bookMicros).toEqual([1_622_520_011_989_838]);
    expect([...stage.sink.counts]).toEqual([
      [DataType.TopOfBook, 1],
      [DataType.MarkPrice, 1],
    ]);
    expect(stage.orders).toEqual([`${OrderEvent.Created} 2046839978799111 71743.85 0.00137276 walked`]);
    expect(stage.sink.rejections).toEqual([]);
  });

  it("answers the one message under way, also for pairs that do not exist", () => {
    const stage = new ReaderStage();
    stage.read('{"event":"bts:subscription_succeeded","channel":"live_trades_nosuch","data":{}}');
    stage.read('{"event":"bts:unsubscription_succeeded","channel":"live_trades_nosuch","data":{}}');
    stage.read(
      '{"event":"bts:error","channel":"","data":{"code":null,"message":"Bad subscription string."}}',
    );
    stage.read(
      '{"event":"bts:error","channel":"","data":{"code":4009,"message":"Connection is unauthorized."}}',
    );
    expect(stage.replies).toEqual([
      { id: null, error: undefined },
      { id: null, error: undefined },
      { id: null, error: { code: 0, message: "Bad subscription string." } },
      { id: null, error: { code: 4009, message: "Connection is unauthorized." } },
    ]);
    expect(stage.warnings).toHaveLength(2);
  });

  it.each(["null", '""'])("announces the end of the connection when asked to reconnect (data %s)", (data) => {
    const stage = new ReaderStage();
    stage.read(`{"event":"bts:request_reconnect","channel":"","data":${data}}`);
    expect([stage.endCount, stage.sink.rejections]).toEqual([1, []]);
  });

  it("takes heartbeats as signs of life, and drops frames of channels that nobody reads", () => {
    const stage = new ReaderStage();
    stage.read('{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}');
    stage.read(TRADE.replace("btcusd", "ethusd"));
    expect([stage.outcomeCount, stage.replies]).toEqual([0, []]);
  });

  it.each([
    ["not-json", "{", true],
    ["not-json", "[]", true],
    ["missing-field", '{"channel":"live_trades_btcusd"}', true],
    ["missing-field", '{"event":"trade"}', true],
    ["unexpected", '{"event":"bts:new","channel":""}', false],
    ["missing-field", TRADE.replace("price_str", "price_txt"), false],
    ["bad-number", TRADE.replace('"1E-8"', "1E-8"), false],
    ["bad-number", TRADE.replace("158457579", "-1"), false],
    ["overflow", TRADE.replace("1E-8", "1E-19"), false],
    ["unexpected", TRADE.replace('"type": 0', '"type": 2'), false],
    ["bad-number", DIFF.replace("36653.62", "x"), false],
    ["bad-number", DIFF.replace("0.75000000", "-0.75"), false],
    ["missing-field", DIFF.replace("asks", "as"), false],
    ["missing-field", DIFF.replace('"microtimestamp"', '"micro"'), false],
    ["overflow", DIFF.replace("36653.62", "9223372036854775807"), false],
    ["unexpected", TOP.replace("83938.99", "83939.00"), false],
    ["missing-field", ORDER.replace("id_str", "id_txt").replace('"id":', '"ID":'), false],
    ["bad-number", ORDER.replace('"amount_str":"0.00137276"', '"amount_str":"?"'), false],
    ["unexpected", ORDER.replace("order_created", "order_erected"), false],
    ["missing-field", FUNDING.replace("mark_price", "mark"), false],
  ] as const)("rejects as %s: %s", (reason, frame, isUnreadable) => {
    const stage = new ReaderStage();
    stage.read(frame);
    expect(stage.sink.rejections.map((row) => row.reason)).toEqual([reason]);
    expect(stage.unreadableCount).toBe(isUnreadable ? 1 : 0);
  });

  it("throws for no bytes whatever, and passes nothing on without a rejection or a record", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({
          event: fc.string(),
          channel: fc.constantFrom("live_trades_btcusd", ""),
          data: fc.jsonValue(),
        })
        .map((frame) => Buffer.from(JSON.stringify(frame))),
    );
    fc.assert(
      fc.property(bytes, (frame) => {
        const stage = new ReaderStage();
        stage.read(frame);
        expect(stage.outcomeCount + stage.replies.length + stage.endCount).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });

  it("reads a frame that is changed in one byte, cut or stretched as JSON does, or rejects it", () => {
    const change = fc.record({
      frame: fc.constantFrom(...FRAMES),
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
      kind: fc.constantFrom("set", "cut", "insert"),
    });
    fc.assert(
      fc.property(change, ({ at, byte, frame, kind }) => {
        const bytes = Buffer.from(frame);
        const place = at % bytes.length;
        const tail = bytes.subarray(kind === "set" ? place + 1 : place);
        const changed =
          kind === "cut"
            ? bytes.subarray(0, place)
            : Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), tail]);
        const stage = new ReaderStage();
        stage.read(changed);
        expect(stage.outcomeCount).toBeLessThanOrEqual(1);
        if (stage.trades.length === 0) return;
        const { data } = JSON.parse(changed.toString()) as {
          data: { id: number; price_str: string; amount_str: string };
        };
        const [id, price, amount] = stage.trades[0]!.split(" ");
        expect([Number(id), Number(price), Number(amount)]).toEqual([
          data.id,
          Number(data.price_str),
          Number(data.amount_str),
        ]);
      }),
      { numRuns: 3000 },
    );
  });
});
