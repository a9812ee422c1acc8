import { describe, expect, it } from "vitest";
import { DecoderBench } from "../../spec-support/decoder-bench.js";
import { streamCodec } from "../../spec-support/stream-schema.js";

const codec = streamCodec();
const INT64_MIN = "-9223372036854775808";
const TRADE = { tradeId: "7", price: "6183763", quantity: "2000", buyerIsMaker: "No" };

interface Head {
  readonly price?: number;
  readonly quantity?: number;
  readonly symbol?: string;
}

function trades(
  rows: readonly object[],
  { price = -2, quantity = -5, symbol = "BTCUSDT" }: Head = {},
  header = {},
) {
  const time = "1723161255343137";
  const exponents = { priceExponent: price, quantityExponent: quantity };
  const values = { sendTime: time, tradeTime: time, ...exponents, trades: rows as [], symbol };
  return codec.encode("Trades", values, header);
}

const bench = () => new DecoderBench(["BTCUSDT"]);

describe("StreamFrameDecoder", () => {
  it("gives values at the instrument's scales, or finer ones where they have more digits", () => {
    const one = bench();
    const fine = trades([{ ...TRADE, price: "61837630", quantity: "20000000" }], { price: -3, quantity: -9 });
    expect(one.decodeStream(fine)).toMatchObject([{ trade: { price: [6183763n, 2], quantity: [2000n, 5] } }]);
    const finer = trades([{ ...TRADE, price: "61837631" }], { price: -3 });
    expect(one.decodeStream(finer)).toMatchObject([{ trade: { price: [61837631n, 3] } }]);
  });

  it.each([
    ["bad-number", { ...TRADE, price: "0" }, {}],
    ["bad-number", { ...TRADE, quantity: "-1" }, {}],
    ["bad-number", { ...TRADE, price: INT64_MIN }, {}],
    ["bad-number", { ...TRADE, tradeId: "-1" }, {}],
    ["overflow", { ...TRADE, tradeId: "9007199254740993" }, {}],
    ["overflow", { ...TRADE, tradeId: INT64_MIN }, {}],
    ["overflow", TRADE, { price: 20 }],
    ["overflow", TRADE, { quantity: -128 }],
    ["unexpected", { ...TRADE, buyerIsMaker: { raw: 255 } }, {}],
    ["unexpected", { ...TRADE, buyerIsMaker: { raw: 254 } }, {}],
  ])("refuses a trade as %s and takes the others of its frame: %j %j", (reason, row, head: Head) => {
    const one = bench();
    expect(one.decodeStream(trades([row], head))).toMatchObject([
      { rejected: { reason, symbol: "BTCUSDT" } },
    ]);
    if (Object.keys(head).length > 0) return;
    const calls = one.decodeStream(trades([{ ...TRADE, tradeId: "1" }, row, { ...TRADE, tradeId: "2" }]));
    expect(calls.map((call) => ("trade" in call ? call.trade.tradeId : "rejected"))).toEqual([
      1,
      "rejected",
      2,
    ]);
    expect(one.counters).toMatchObject({ tradeCount: 2, rejectedCount: 2 });
  });

  it("refuses a time below zero, an unknown symbol, another schema, and octets behind the symbol", () => {
    const one = bench();
    const early = trades([TRADE]);
    early.fill(0xff, 8, 16);
    const foreign = trades([TRADE]);
    foreign[4] = 3;
    const long = new Uint8Array([...trades([TRADE]), 0]);
    const reasons = [early, trades([TRADE], { symbol: "ETHUSDT" }), foreign, long].map((frame) => {
      const [call] = one.decodeStream(frame);
      return call && "rejected" in call ? [call.rejected.reason, call.rejected.symbol] : call;
    });
    expect(reasons).toEqual([
      ["bad-number", "BTCUSDT"],
      ["unknown-symbol", "ETHUSDT"],
      ["unexpected", undefined],
      ["unexpected", "BTCUSDT"],
    ]);
  });

  it("takes a later version of the schema, and what follows the symbol there", () => {
    const one = bench();
    const later = new Uint8Array([...trades([TRADE], {}, { version: 9 }), 1, 2, 3]);
    expect(one.decodeStream(later)).toMatchObject([{ trade: { tradeId: 7 } }]);
  });

  it("counts and skips messages of kinds that it does not know", () => {
    const one = bench();
    const other = trades([TRADE]);
    other[2] = 0x14;
    expect(one.decodeStream(other)).toEqual([]);
    expect(one.counters).toMatchObject({ unknownTemplateCount: 1, rejectedCount: 0 });
  });

  it("reads frames wherever they lie in the memory of the socket", () => {
    const one = bench();
    const frames = [trades([TRADE]), trades([{ ...TRADE, tradeId: "8" }])];
    const memory = Buffer.concat([Buffer.from([9]), ...frames]);
    const starts = [1, 1 + frames[0]!.length];
    const ids = frames.map(({ length }, index) => {
      const start = starts[index]!;
      const [call] = one.decodeStream(memory.subarray(start, start + length));
      return call && "trade" in call ? call.trade.tradeId : call;
    });
    expect(ids).toEqual([7, 8]);
  });

  it("marks a side without a price as missing", () => {
    const frame = codec.encode("BestBidAsk", {
      sendTime: "1723161255343137",
      updateId: "5",
      priceExponent: -2,
      quantityExponent: -5,
      bidPrice: "0",
      bidQuantity: "0",
      askPrice: "5",
      askQuantity: "6",
      symbol: "BTCUSDT",
    });
    expect(bench().decodeStream(frame)).toMatchObject([
      { top: { hasBid: false, hasAsk: true, sendMicros: 1723161255343137, updateId: 5 } },
    ]);
  });

  it.each([
    ['{"result":null,"id":3}', { reply: { id: 3, error: undefined } }],
    ['{"stream":"x","data":{"result":null,"id":3}}', { reply: { id: 3, error: undefined } }],
    ['{"error":{"code":2,"msg":"no"},"id":4}', { reply: { id: 4, error: { code: 2, message: "no" } } }],
    ['{"e":"serverShutdown","E":1}', { shutdown: true }],
    ['{"stream":"x","data":{"e":"serverShutdown","E":1}}', { shutdown: true }],
    ['{"e":"trade","s":"BTCUSDT"}', { rejected: { reason: "unexpected" } }],
    ['{"stream":"x","data":[]}', { rejected: { reason: "unexpected" } }],
    ["{", { rejected: { reason: "not-json" } }],
  ])("reads the text frame %s", (text, call) => {
    expect(bench().decodeStream(text)).toMatchObject([call]);
  });

  it("takes a frame for binary whose block length happens to begin as JSON does", () => {
    const block = trades([TRADE]);
    const frame = new Uint8Array([
      0x7b,
      0,
      ...block.slice(2, 26),
      ...new Uint8Array(0x7b - 18),
      ...block.slice(26),
    ]);
    expect(bench().decodeStream(frame)).toMatchObject([{ trade: { tradeId: 7 } }]);
  });
});
