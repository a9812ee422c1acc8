import { asObject } from "@ims/integration-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOrderFrame, type OrderFrame } from "../orders/order-frame.js";
import { readOrder } from "../orders/order-reader.js";
import { FrameWalker, WalkedEvent } from "./frame-walker.js";

interface Scales {
  readonly priceScale: number;
  readonly quantityScale: number;
}
const SCALES: Scales = { priceScale: 2, quantityScale: 8 };
const FRAME =
  '{"data":{"id":2046839978799111,"id_str":"2046839978799111","order_type":0,"order_subtype":5,"datetime":"1788551766","microtimestamp":"1788551766357000","amount":0.00137276,"amount_str":"0.00137276","amount_traded":"0","amount_at_create":"0.00137276","price":71743.85,"price_str":"71743.85","is_liquidation":false},"channel":"live_orders_btcusd","event":"order_created","event_id":"00065aad-a8b2-3408-0000-000102000020","pre_event_id":"00065aad-a8b2-14c8-0000-000101000020","order_source":"orderbook"}';

const walker = new FrameWalker();

/** Everything of a frame but instrument and time of arrival. */
function plain({ eventId, isChained, order, previousId }: OrderFrame): unknown[] {
  const { filledQuantity, originalQuantity, price, quantity, ...rest } = order;
  const { instrumentId: _id, receiveMicros: _micros, ...head } = rest;
  const cells = [filledQuantity, originalQuantity, price, quantity];
  return [isChained, [...eventId], [...previousId], head, cells.map((cell) => [cell.toBigInt(), cell.scale])];
}

/** Whether the frame is read as bytes; if so, whatever is read is what JSON and its reader say. */
function isWalked(frame: Uint8Array, scales = SCALES): boolean {
  if (walker.begin(frame) !== WalkedEvent.Order || !walker.readOrder(scales)) return false;
  const record = asObject(JSON.parse(Buffer.from(frame).toString("utf8")))!;
  expect(record.channel).toBe(walker.streams[0]);
  const expected = createOrderFrame();
  readOrder(record, scales, expected);
  expect(plain(walker.order)).toEqual(plain(expected));
  return true;
}

/** As Python prints JSON: a space behind each comma and colon. */
function print(record: object, isSpaced: boolean): Buffer {
  const text = JSON.stringify(record);
  return Buffer.from(isSpaced ? text.replace(/([:,])(?=["[{0-9tf])/g, "$1 ") : text);
}

const usual = fc
  .tuple(fc.nat({ max: 9_999_999 }), fc.nat({ max: 99_999_999 }), fc.nat({ max: 8 }))
  .map(([units, fraction, scale]) =>
    scale === 0 ? `${units}` : `${units}.${`${fraction}`.padStart(8, "0").slice(0, scale)}`,
  );
const odd = fc.oneof(
  fc
    .tuple(fc.nat({ max: 99_999 }), fc.integer({ min: 0, max: 12 }))
    .map(([units, down]) => `${units}E-${down}`),
  usual.map((text) => `00${text}`),
  fc.bigInt({ min: 0n, max: 10n ** 15n }).map(String),
);
const decimal = fc.oneof({ arbitrary: usual, weight: 8 }, { arbitrary: odd, weight: 1 });
const price = fc.oneof(
  { arbitrary: usual, weight: 6 },
  {
    arbitrary: fc.constantFrom("0", "0.00", "999999999", "999999999.00", "999999999.000", "999999998"),
    weight: 2,
  },
);
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat());
const whole = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const eventId = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join("-"));

const orderFrame = (text: fc.Arbitrary<string>, type = fc.nat({ max: 1 })) =>
  fc
    .record({
      data: fc.record(
        {
          id: whole,
          id_str: whole.map(String),
          order_type: type,
          order_subtype: fc.constantFrom(5, 5, 2, 0, 123),
          datetime: whole.map(String),
          microtimestamp: whole.map(String),
          amount: number,
          amount_str: text,
          amount_traded: text,
          amount_at_create: text,
          price: number,
          price_str: price,
          is_liquidation: fc.boolean(),
        },
        { noNullPrototype: true },
      ),
      channel: fc.constantFrom("live_orders_btcusd", "live_orders_btcusd-perp", "live_orders_1incheur"),
      event: fc.constantFrom("order_created", "order_changed", "order_deleted"),
      event_id: eventId,
      pre_event_id: eventId,
      order_source: fc.constantFrom("orderbook", "stop_order"),
    })
    .map(({ channel, data, event, event_id, order_source, pre_event_id }) => ({
      data,
      channel,
      event,
      event_id,
      pre_event_id,
      order_source,
    }));

describe("frames of orders that are read as bytes", () => {
  it("are all that the venue prints as usual, with spaces and without", () => {
    const scales = { priceScale: 8, quantityScale: 8 };
    fc.assert(
      fc.property(orderFrame(usual), fc.boolean(), (record, isSpaced) => {
        // At this scale it needs more digits than a number has.
        const isLong = record.data.price_str.startsWith("99999999");
        expect(isWalked(print(record, isSpaced), scales)).toBe(!isLong);
        expect(isWalked(print(record, isSpaced), { priceScale: 8, quantityScale: 10 })).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("give what JSON gives, with decimals of any kind, or are left to it", () => {
    const scales = fc.record({ priceScale: fc.nat({ max: 10 }), quantityScale: fc.nat({ max: 10 }) });
    const frame = orderFrame(decimal, fc.constantFrom(0, 1, 0, 1, 0, 1, 2));
    let walked = 0;
    fc.assert(
      fc.property(frame, fc.boolean(), scales, (record, isSpaced, at) => {
        if (isWalked(print(record, isSpaced), at)) walked++;
      }),
      { numRuns: 5000 },
    );
    expect(walked).toBeGreaterThan(100);
  });

  it("give what JSON gives when bytes of them are set, cut or put in", () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.oneof(fc.constantFrom(...Buffer.from('"{}[],:.0123456789eE-+ \\')), fc.nat({ max: 255 })),
      kind: fc.constantFrom("set", "cut", "insert", "remove"),
    });
    let walked = 0;
    fc.assert(
      fc.property(
        orderFrame(usual),
        fc.boolean(),
        fc.array(change, { minLength: 1, maxLength: 2 }),
        (record, isSpaced, changes) => {
          let bytes: Uint8Array = print(record, isSpaced);
          for (const { at, byte, kind } of changes) {
            const place = at % (bytes.length + 1);
            const tail = bytes.subarray(kind === "set" || kind === "remove" ? place + 1 : place);
            const middle = kind === "remove" || kind === "cut" ? [] : [byte];
            bytes = Buffer.concat([
              bytes.subarray(0, place),
              Buffer.from(middle),
              kind === "cut" ? Buffer.alloc(0) : tail,
            ]);
          }
          if (isWalked(bytes, { priceScale: 8, quantityScale: 8 })) walked++;
        },
      ),
      { numRuns: 20_000 },
    );
    expect(walked).toBeGreaterThan(100);
  });

  it("are none with other keys, another order of keys, more or fewer of them, or odd values", () => {
    const read = (text: string) => isWalked(Buffer.from(text));
    expect(read(FRAME)).toBe(true);
    expect([walker.order.isChained, walker.streams]).toEqual([
      true,
      ["live_orders_btcusd", "live_orders_btcusd+liquidations"],
    ]);
    for (const [from, to] of [
      ['"order_subtype":5,', ""],
      ['"order_subtype":5,', '"order_subtype":5,"new":1,'],
      ['"order_subtype":5,', '"order_subtype":5,"order_subtype":6,'],
      ['"order_type":0', '"order_type":2'],
      ['"id_str":"2046839978799111"', '"id_str":"0"'],
      ['"id_str":"2046839978799111"', '"id_str":"9007199254740993"'],
      ['"amount_traded":"0"', '"amount_traded":0'],
      ['"amount_traded":"0"', '"amount_traded":"1E-8"'],
      ['"amount_traded":"0"', '"amount_traded":"-1"'],
      ['"is_liquidation":false', '"is_liquidation":0'],
      ['"is_liquidation":false', '"is_liquidation":"false"'],
      ["00065aad-a8b2-3408-0000-000102000020", "00065aad-a8b2-3408-0000-00010200002g"],
      ["00065aad-a8b2-3408-0000-000102000020", "00065AAD-a8b2-3408-0000-000102000020"],
      ["00065aad-a8b2-3408-0000-000102000020", "00065aada-8b2-3408-0000-000102000020"],
      ["00065aad-a8b2-3408-0000-000102000020", "00065aad-a8b2-3408-0000-0001020000200"],
      ['"order_source":"orderbook"', '"order_source":"other"'],
      ['"event":"order_created"', '"event":"order_erected"'],
      [',"order_source":"orderbook"', ""],
      ['"channel":"live_orders_btcusd"', '"channel":"live_\\u006frders_btcusd"'],
      ['"orderbook"}', '"orderbook"} '],
      ["{", " {"],
    ] as const) {
      expect(FRAME).toContain(from);
      expect(read(FRAME.replace(from, to)), to).toBe(false);
    }
  });
});
