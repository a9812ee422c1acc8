import { formatMantissa, type MantissaCell } from "@ims/common";
import { asObject, createBookFields, createTradeFields } from "@ims/integration-kit";
import type { BookFields, TradeFields } from "@ims/traits";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStreamTrade } from "../trades/trade-fields.js";
import { FrameWalker, WalkedEvent } from "./frame-walker.js";
import { readBook } from "./level-reader.js";

interface Scales {
  readonly priceScale: number;
  readonly quantityScale: number;
}
const SCALES: Scales = { priceScale: 2, quantityScale: 8 };

const cellOf = (cell: MantissaCell) => [cell.toBigInt(), cell.scale];

const tradeOf = ({ aggressor, eventMicros, price, quantity, tradeId, ...rest }: TradeFields) => [
  [tradeId, rest.firstTradeId, rest.lastTradeId, eventMicros, rest.sendMicros, rest.flags, aggressor],
  cellOf(price),
  cellOf(quantity),
];

const bookOf = ({ asks, bids, ...rest }: BookFields) => [
  rest,
  ...[bids, asks].map((side) =>
    Array.from({ length: side.count }, (_, at) => [side.price(at), side.quantity(at)]),
  ),
];

const walker = new FrameWalker();

/** Whether the frame is read as bytes; if so, whatever is read is what JSON and its readers say. */
function isWalked(frame: Uint8Array, scales = SCALES): boolean {
  const event = walker.begin(frame);
  if (event === WalkedEvent.None) return false;
  const isTrade = event === WalkedEvent.Trade;
  if (!(isTrade ? walker.readTrade() : walker.readBook(scales))) return false;
  const record = asObject(JSON.parse(Buffer.from(frame).toString("utf8")))!;
  expect([record.event, record.channel]).toEqual([isTrade ? "trade" : "data", walker.streams[0]]);
  const data = asObject(record.data)!;
  if (isTrade) {
    const trade = createTradeFields();
    readStreamTrade(data, trade);
    expect(tradeOf(walker.trade)).toEqual(tradeOf(trade));
  } else {
    const book = createBookFields();
    readBook(data, scales, book);
    expect(bookOf(walker.book)).toEqual(bookOf(book));
  }
  return true;
}

/** As Python prints JSON: a space behind each comma and colon. */
function print(record: object, isSpaced: boolean): Buffer {
  const text = JSON.stringify(record);
  return Buffer.from(isSpaced ? text.replace(/([:,])(?=["[{0-9])/g, "$1 ") : text);
}

/** Decimals as the venue prints them: at a scale of 8 below 2^53. */
const usual = fc
  .tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.nat({ max: 99_999_999 }), fc.nat({ max: 8 }))
  .map(([units, fraction, scale]) =>
    scale === 0 ? `${units}` : `${units}.${`${fraction}`.padStart(8, "0").slice(0, scale)}`,
  );
/** And as it might: exponents, zeros in front and behind, too many digits, no decimals at all. */
const odd = fc.oneof(
  fc
    .tuple(fc.nat({ max: 99_999 }), fc.integer({ min: -3, max: 12 }))
    .map(([units, down]) => `${units}E-${down}`),
  fc.tuple(fc.nat({ max: 999 }), usual).map(([zeros, text]) => `${"0".repeat(zeros % 5)}${text}000`),
  fc.constantFrom("-1.5", "", ".5", "5.", "1e5", "+1", "1.2.3", "1,5", " 1"),
  fc.bigInt({ min: 1n, max: 10n ** 22n }).map(String),
  fc.bigInt({ min: 1n, max: 10n ** 19n }).map((mantissa) => formatMantissa(mantissa, 17)),
);
const zero = fc.constantFrom("0", "0.00", "0.00000", "0.00000000");
const decimal = fc.oneof(
  { arbitrary: usual, weight: 10 },
  { arbitrary: zero, weight: 2 },
  { arbitrary: odd, weight: 1 },
);
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat());
const micros = fc.integer({ min: 1, max: 2_000_000_000_000_000 }).map(String);
const symbol = fc.constantFrom("btcusd", "btcusd-perp", "linketh", "1incheur");

const tradeFrame = (text: fc.Arbitrary<string>, type = fc.nat({ max: 1 })) =>
  fc
    .record({
      data: fc.record(
        {
          id: fc.maxSafeNat(),
          timestamp: micros,
          amount: number,
          amount_str: text,
          price: number,
          price_str: text,
          type,
          microtimestamp: micros,
          buy_order_id: fc.maxSafeNat(),
          sell_order_id: fc.maxSafeNat(),
        },
        { noNullPrototype: true },
      ),
      channel: symbol.map((name) => `live_trades_${name}`),
    })
    .map(({ channel, data }) => ({ data, channel, event: "trade" }));

const bookFrame = (text: fc.Arbitrary<string>) => {
  const levels = fc.array(fc.tuple(text, text), { maxLength: 12 });
  return fc
    .record({
      data: fc.record(
        { timestamp: micros, microtimestamp: micros, bids: levels, asks: levels },
        { noNullPrototype: true },
      ),
      channel: symbol.map((name) => `diff_order_book_${name}`),
    })
    .map(({ channel, data }) => ({ data, channel, event: "data" }));
};

describe("frames that are read as bytes", () => {
  it("are all trades and books that the venue prints as usual, with spaces and without", () => {
    fc.assert(
      fc.property(fc.oneof(tradeFrame(usual), bookFrame(usual)), fc.boolean(), (record, isSpaced) => {
        expect(isWalked(print(record, isSpaced), { priceScale: 8, quantityScale: 8 })).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("give what JSON gives, with decimals of any kind, or are left to it", () => {
    const scales = fc.record({ priceScale: fc.nat({ max: 12 }), quantityScale: fc.nat({ max: 12 }) });
    const frame = fc.oneof(tradeFrame(decimal, fc.nat({ max: 3 })), bookFrame(decimal));
    let walked = 0;
    fc.assert(
      fc.property(frame, fc.boolean(), scales, (record, isSpaced, at) => {
        if (isWalked(print(record, isSpaced), at)) walked++;
      }),
      { numRuns: 5000 },
    );
    expect(walked).toBeGreaterThan(500);
  });

  it("give what JSON gives when bytes of them are set, cut or put in", () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.oneof(fc.constantFrom(...Buffer.from('"{}[],:.0123456789eE-+ \\')), fc.nat({ max: 255 })),
      kind: fc.constantFrom("set", "cut", "insert", "remove"),
    });
    const frame = fc.oneof(tradeFrame(usual), bookFrame(usual));
    let walked = 0;
    fc.assert(
      fc.property(
        frame,
        fc.boolean(),
        fc.array(change, { minLength: 1, maxLength: 3 }),
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
          if (isWalked(bytes)) walked++;
        },
      ),
      { numRuns: 20_000 },
    );
    // Most changes within digits leave a frame that can be read.
    expect(walked).toBeGreaterThan(100);
  });

  it("are none with other keys, another order of keys, or more of them", () => {
    const read = (text: string) => isWalked(Buffer.from(text));
    const trade =
      '{"data":{"id":643660479,"timestamp":"1790401277","amount":0.125,"amount_str":"0.12500000","price":83946.07,"price_str":"83946.07","type":1,"microtimestamp":"1790401277185000","buy_order_id":2054415511941130,"sell_order_id":2054415575154691},"channel":"live_trades_btcusd","event":"trade"}';
    const book =
      '{"data":{"timestamp":"1622520011","microtimestamp":"1622520011989838","bids":[["36653.62","0.75000000"]],"asks":[]},"channel":"diff_order_book_btcusd","event":"data"}';
    expect([read(trade), read(book)]).toEqual([true, true]);
    for (const [from, to] of [
      ['"id":643660479,', '"id":643660479,"new":1,'],
      ['"id":643660479,', '"id":643660479,"id":1,'],
      ["643660479", "0643660479"],
      ["643660479", "9007199254740993"],
      ["0.125,", "00.125,"],
      ["0.125,", ".125,"],
      ["0.12500000", "1E-8"],
      ["0.12500000", "0.00000000"],
      ['"event":"trade"', '"event":"trade","event":"trade"'],
      ['"channel":"live_trades_btcusd"', '"channel":"live_\\u0074rades_btcusd"'],
      ["2054415575154691}", "2054415575154691,}"],
      ['"trade"}', '"trade"}}'],
      ['"trade"}', '"trade"} '],
      ["{", " {"],
    ] as const) {
      expect(read(trade.replace(from, to)), to).toBe(false);
    }
    for (const [from, to] of [
      ["0.75000000", "0.750000001"],
      ["36653.62", "36653.621"],
      ["36653.62", "-36653.62"],
      ['"0.75000000"', '"0.75000000","1"'],
      ['"0.75000000"', "0.75"],
      ['["36653.62","0.75000000"]', '["36653.62","0.75000000"],'],
      ['"asks":[]', '"asks":{}'],
      ['"event":"data"', '"event":"trade"'],
    ] as const) {
      expect(read(book.replace(from, to)), to).toBe(false);
    }
  });
});
