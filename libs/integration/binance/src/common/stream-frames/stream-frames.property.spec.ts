import { formatMantissa } from "@ims/common";
import fc from "fast-check";
import type { JsonObject, JsonValue } from "sbe-schema-ts";
import { describe, expect, it } from "vitest";
import { DecoderBench, type SinkCall } from "../../spec-support/decoder-bench.js";
import type { SeenDecimal } from "../../spec-support/recording-sink.js";
import { laterStreamCodec, streamCodec } from "../../spec-support/stream-schema.js";

const codec = streamCodec();
const later = laterStreamCodec();
const SYMBOLS = ["BTCUSDT", "1000SATSUSDC", "币安USDT"] as const;
const binary = new DecoderBench(SYMBOLS);
const json = new DecoderBench(SYMBOLS);
const INT64_MAX = (1n << 63n) - 1n;

interface Decimals {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** As the JSON streams print it, with every digit that the exponent gives. */
function printed({ exponent, mantissa }: Decimals): string {
  const sign = mantissa < 0n ? "-" : "";
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString();
  if (exponent >= 0) return `${sign}${digits}${digits === "0" ? "" : "0".repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

const symbol = fc.constantFrom(...SYMBOLS);
const micros = fc.integer({ min: 1_600_000_000_000_000, max: 2_000_000_000_000_000 });
const id = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
/** Mostly those that the venue uses; none beyond what 18 digits after the point can say. */
const exponent = fc.oneof(fc.constantFrom(-8, -8, -8, -2, -5, 0, 3), fc.integer({ min: -18, max: 20 }));
const mantissa = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 1n << 40n }).map((value) => value * 1_000_000n) },
  { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: INT64_MAX }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, -1n, 1n << 53n, INT64_MAX) },
);
const level = fc.tuple(mantissa, mantissa);
const sides = fc.record({
  bids: fc.array(level, { maxLength: 4 }),
  asks: fc.array(level, { maxLength: 4 }),
});

type Level = readonly [price: bigint, quantity: bigint];

function levelValues(rows: readonly Level[]) {
  return rows.map(([price, quantity]) => ({ price: `${price}`, quantity: `${quantity}` }));
}

function levelTexts(rows: readonly Level[], price: number, quantity: number) {
  return rows.map(([p, q]) => [
    printed({ mantissa: p, exponent: price }),
    printed({ mantissa: q, exponent: quantity }),
  ]);
}

/**
 * Trades keep the scale that JSON prints; the value is what counts. Of a record with several faults it does not matter
 * which one is named.
 */
function comparable(call: SinkCall): unknown {
  if ("rejected" in call) return "rejected";
  if (!("trade" in call)) return call;
  return { trade: { ...call.trade, price: value(call.trade.price), quantity: value(call.trade.quantity) } };
}

function value([mantissa, scale]: SeenDecimal): string {
  const text = formatMantissa(mantissa, scale);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** What both versions of a message lead to, which is the same. */
function seenOf(message: string, values: JsonObject): unknown[] {
  const seen = binary.decodeStream(codec.encode(message, values), 7).map(comparable);
  const added = (row: JsonValue) => ({ ...(row as JsonObject), added: 5 });
  const longer = Object.entries(values).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(added) : value,
  ]);
  const frame = later.encode(message, { ...Object.fromEntries(longer), added: 6 });
  expect(binary.decodeStream(frame, 7).map(comparable)).toEqual(seen);
  return seen;
}

function expectSame(message: string, values: JsonObject, texts: readonly string[]): void {
  const wanted = texts.flatMap((text) => json.decode(text, 7).map(comparable));
  expect(seenOf(message, values)).toEqual(wanted);
}

describe("binary frames and JSON of the same content", () => {
  it("give the same trades, several in a frame", () => {
    const trade = fc.record({ id, price: mantissa, quantity: mantissa, maker: fc.boolean() });
    fc.assert(
      fc.property(
        fc.record({
          symbol,
          send: micros,
          time: micros,
          price: exponent,
          quantity: exponent,
          trades: fc.array(trade, { maxLength: 5 }),
        }),
        ({ price, quantity, send, symbol, time, trades }) => {
          const values = {
            sendTime: `${send}`,
            tradeTime: `${time}`,
            priceExponent: price,
            quantityExponent: quantity,
            trades: trades.map((one) => ({
              tradeId: `${one.id}`,
              price: `${one.price}`,
              quantity: `${one.quantity}`,
              buyerIsMaker: one.maker ? "Yes" : "No",
            })),
            symbol,
          };
          const texts = trades.map((one) =>
            JSON.stringify({
              e: "trade",
              E: send,
              s: symbol,
              t: one.id,
              p: printed({ mantissa: one.price, exponent: price }),
              q: printed({ mantissa: one.quantity, exponent: quantity }),
              T: time,
              m: one.maker,
            }),
          );
          expectSame("Trades", values, texts);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("give the same best bid and ask, but for the time that only the binary frame has", () => {
    fc.assert(
      fc.property(
        fc.record({ symbol, send: micros, id, price: exponent, quantity: exponent, bid: level, ask: level }),
        ({ ask, bid, id, price, quantity, send, symbol }) => {
          const values = {
            sendTime: `${send}`,
            updateId: `${id}`,
            priceExponent: price,
            quantityExponent: quantity,
            bidPrice: `${bid[0]}`,
            bidQuantity: `${bid[1]}`,
            askPrice: `${ask[0]}`,
            askQuantity: `${ask[1]}`,
            symbol,
          };
          const [[b, B], [a, A]] = levelTexts([bid, ask], price, quantity) as [string[], string[]];
          expectSame("BestBidAsk", values, [
            JSON.stringify({ u: id, s: symbol, b, B, a, A, E: send, T: send }),
          ]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("give the same changes of the book", () => {
    fc.assert(
      fc.property(
        fc.record({ symbol, send: micros, first: id, last: id, price: exponent, quantity: exponent, sides }),
        ({ first, last, price, quantity, send, sides: { asks, bids }, symbol }) => {
          const values = {
            sendTime: `${send}`,
            firstUpdateId: `${first}`,
            lastUpdateId: `${last}`,
            priceExponent: price,
            quantityExponent: quantity,
            bids: levelValues(bids),
            asks: levelValues(asks),
            symbol,
          };
          const data = {
            e: "depthUpdate",
            E: send,
            s: symbol,
            U: first,
            u: last,
            b: levelTexts(bids, price, quantity),
            a: levelTexts(asks, price, quantity),
          };
          expectSame("BookChange", values, [JSON.stringify(data)]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("give the same best levels, but for the time that only the binary frame has", () => {
    fc.assert(
      fc.property(
        fc.record({ symbol, send: micros, id, price: exponent, quantity: exponent, sides }),
        ({ id, price, quantity, send, sides: { asks, bids }, symbol }) => {
          const values = {
            sendTime: `${send}`,
            updateId: `${id}`,
            priceExponent: price,
            quantityExponent: quantity,
            bids: levelValues(bids),
            asks: levelValues(asks),
            symbol,
          };
          const data = {
            lastUpdateId: id,
            bids: levelTexts(bids, price, quantity),
            asks: levelTexts(asks, price, quantity),
          };
          const text = JSON.stringify({ stream: `${symbol.toLowerCase()}@depth20`, data });
          const seen = seenOf("BestLevels", values);
          const wanted = json.decode(text, 7).map((call) => {
            if (!("partialDepth" in call)) return comparable(call);
            return { partialDepth: { ...call.partialDepth, sendMicros: send, eventMicros: send } };
          });
          expect(seen).toEqual(wanted);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("damaged frames", () => {
  const exponents = { priceExponent: -8, quantityExponent: -8 };
  const sendTime = "1723161255343137";
  const [bid, ask] = ["6183763000000", "6183764000000"];
  const quantity = "2000000";
  const book = { ...exponents, bids: [{ price: bid, quantity }], asks: [{ price: ask, quantity }] };
  const trades = ["1", "2", "3"].map((tradeId) => ({ tradeId, price: bid, quantity, buyerIsMaker: "No" }));
  const best = { bidPrice: bid, bidQuantity: quantity, askPrice: ask, askQuantity: quantity };
  const symbol = "BTCUSDT";
  const frames = [
    codec.encode("Trades", { sendTime, tradeTime: sendTime, ...exponents, trades, symbol }),
    codec.encode("BestBidAsk", { sendTime, updateId: "7", ...exponents, ...best, symbol }),
    codec.encode("BestLevels", { sendTime, updateId: "7", ...book, symbol }),
    codec.encode("BookChange", { sendTime, firstUpdateId: "7", lastUpdateId: "9", ...book, symbol }),
  ];

  it("lead to records or counted rejections, never to an error", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.constantFrom(...frames), damage, fc.nat(), (whole, changes, cut) => {
        const frame = whole.slice(0, cut % 3 === 0 ? cut % (whole.length + 1) : whole.length);
        for (const [at, octet] of changes) if (frame.length > 0) frame[at % frame.length] = octet;
        expectCounted(frame);
      }),
      { numRuns: 5000 },
    );
  });

  it("may be any octets at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (octets) => expectCounted(octets)),
      { numRuns: 5000 },
    );
    const header = fc.constantFrom(...frames).map((frame) => frame.slice(0, 8));
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 120 }), (head, octets) =>
        expectCounted(new Uint8Array([...head, ...octets])),
      ),
      { numRuns: 5000 },
    );
  });

  /** Each rejection is told once and counted once, and a frame without any record is one of a few known cases. */
  function expectCounted(frame: Uint8Array): void {
    const { rejectedCount, unknownTemplateCount } = binary.counters;
    const calls = binary.decodeStream(frame, 7);
    const rejected = calls.filter((call) => "rejected" in call).length;
    expect(binary.counters.rejectedCount - rejectedCount).toBe(rejected);
    if (calls.length > 0 || binary.counters.unknownTemplateCount > unknownTemplateCount) return;
    // Nothing told: a group of no trades.
    expect([frame[2], frame[3]]).toEqual([0x10, 0x27]);
    expect(codec.decode(frame).values).toMatchObject({ trades: [] });
  }
});
