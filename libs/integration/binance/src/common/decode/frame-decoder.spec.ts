import { Aggressor, BarState, TradeKind } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecoderBench } from "../../spec-support/decoder-bench.js";

const SPOT_TRADE =
  '{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}';
const FUTURES_TRADE =
  '{"e":"trade","E":1789893896920,"T":1789893896919,"s":"BTCUSDT","t":8097313955,"p":"80227.00","q":"0.010","X":"MARKET","m":false,"st":1}';
const FUTURES_AGGREGATE =
  '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1789469122045,"a":309896910,"s":"BTCUSDT","p":"76968.30","q":"1046.7650","nq":"1046.7650","f":537859420,"l":537859465,"T":1789469121938,"m":false,"st":1}}';
const KLINE =
  '{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1786173360960,"s":"BTCUSDT","k":{"t":1786173300000, "T":1786173359999, "s":"BTCUSDT", "i":"1m", "f":7960920076, "L":7960920277, "o":"64970.80", "c":"64969.4", "h":"64970.925", "l":"64969.40000000", "v":"9.090", "n":194, "x":true, "q":"590577.96880", "V":"3.460", "Q":"224795.09440", "B":"0"}}}';

const bench = () => new DecoderBench(["BTCUSDT", "ETHUSDT"]);

describe("FrameDecoder", () => {
  it("reads a spot trade, the seller taking when the buyer is the maker", () => {
    const one = bench();
    expect(one.decode(SPOT_TRADE, 99)).toEqual([
      {
        trade: {
          instrumentId: 1,
          tradeId: 3735683259,
          firstTradeId: 3735683259,
          lastTradeId: 3735683259,
          eventMicros: 1723161255342000,
          sendMicros: 1723161255343000,
          receiveMicros: 99,
          flags: 0,
          price: [6183763000000n, 8],
          quantity: [2000000n, 8],
          aggressor: Aggressor.Seller,
          kind: TradeKind.Regular,
        },
      },
    ]);
    expect(one.counters).toMatchObject({ tradeCount: 1, fallbackCount: 0 });
  });

  it("reads a raw futures trade and an aggregate with the ids it covers", () => {
    const one = bench();
    expect(one.decode(FUTURES_TRADE)).toMatchObject([
      { trade: { tradeId: 8097313955, price: [8022700n, 2], aggressor: Aggressor.Buyer } },
    ]);
    expect(one.decode(FUTURES_AGGREGATE)).toMatchObject([
      {
        trade: {
          tradeId: 309896910,
          firstTradeId: 537859420,
          lastTradeId: 537859465,
          quantity: [10467650n, 4],
        },
      },
    ]);
    expect(one.counters.fallbackCount).toBe(0);
  });

  it.each([
    ["INSURANCE_FUND", TradeKind.InsuranceFund],
    ["ADL", TradeKind.AutoDeleveraging],
  ])("marks prints of kind %s", (word, kind) => {
    const frame = FUTURES_TRADE.replace("MARKET", word);
    expect(bench().decode(frame)).toMatchObject([{ trade: { kind } }]);
    expect(bench().decodeGeneral(frame)).toMatchObject([{ trade: { kind } }]);
  });

  it("drops NA prints at price 0, counts them, and takes their id for seen", () => {
    const one = bench();
    one.decode(FUTURES_TRADE);
    const print = FUTURES_TRADE.replace('"MARKET"', '"NA"').replace("80227.00", "0").replace("0.010", "0");
    expect(one.decode(print.replace("8097313955", "8097313956"))).toEqual([]);
    one.decode(FUTURES_TRADE.replace("8097313955", "8097313957"));
    expect(one.counters).toMatchObject({ zeroPriceCount: 1, tradeCount: 2, rejectedCount: 0 });
    expect(one.idJumps).toEqual([]);
  });

  it("tells of trade ids that do not follow, and of none on a new connection", () => {
    const one = bench();
    one.decode(FUTURES_TRADE);
    one.decode(FUTURES_TRADE.replace("8097313955", "8097313958"));
    expect(one.idJumps).toEqual(["BTCUSDT 8097313956 8097313958"]);
    expect(one.table.find("BTCUSDT")!.trades.idJumpCount).toBe(1);
    one.table.find("BTCUSDT")!.trades.lastTradeId = 0;
    one.decode(FUTURES_TRADE);
    expect(one.idJumps).toHaveLength(1);
  });

  it("keeps microseconds as they are", () => {
    const frame = SPOT_TRADE.replace("1723161255342", "1723161255342123");
    for (const way of ["decode", "decodeGeneral"] as const) {
      expect(bench()[way](frame)).toMatchObject([
        { trade: { eventMicros: 1723161255342123, sendMicros: 1723161255343000 } },
      ]);
    }
  });

  it("reads quantities that fit only without their printed zeros", () => {
    const frame = SPOT_TRADE.replace("0.02000000", "987654321987.00000000");
    expect(bench().decode(frame)).toMatchObject([
      { trade: { quantity: [expect.any(BigInt), expect.any(Number)] } },
    ]);
    const [call] = bench().decode(frame);
    if (!call || !("trade" in call)) expect.fail("the frame was refused");
    const [mantissa, scale] = call.trade.quantity;
    expect(mantissa).toBe(987654321987n * 10n ** BigInt(scale));
  });

  it("lets only what is subscribed through", () => {
    const one = bench();
    const feed = one.table.find("BTCUSDT")!;
    feed.trades.active = false;
    feed.bars.clear();
    expect([...one.decode(SPOT_TRADE), ...one.decodeGeneral(SPOT_TRADE), ...one.decode(KLINE)]).toEqual([]);
    expect(one.counters).toMatchObject({ unsubscribedCount: 3, tradeCount: 0, barCount: 0 });
  });

  it("reads bars at one scale per kind of number, exactly", () => {
    expect(bench().decode(KLINE, 5)).toEqual([
      {
        bar: {
          instrumentId: 1,
          resolution: 1,
          state: BarState.Closed,
          openMicros: 1786173300000000,
          closeMicros: 1786173359999000,
          eventMicros: 1786173360960000,
          sendMicros: 1786173360960000,
          receiveMicros: 5,
          flags: 0,
          open: 64970800n,
          high: 64970925n,
          low: 64969400n,
          close: 64969400n,
          priceScale: 3,
          volume: 909000n,
          takerVolume: 346000n,
          quantityScale: 5,
          quoteVolume: 5905779688n,
          quoteScale: 4,
          tradeCount: 194,
        },
      },
    ]);
  });

  it("takes a bar's smaller scale where the instrument's does not fit, and refuses what fits at none", () => {
    const volume = (text: string) => bench().decode(KLINE.replace('"v":"9.090"', `"v":"${text}"`));
    expect(volume("900000000000000.000")).toMatchObject([
      { bar: { volume: 90000000000000000n, quantityScale: 2 } },
    ]);
    expect(volume("9000000000000000000.01")).toMatchObject([{ rejected: { reason: "overflow" } }]);
  });

  it.each([
    ["a", '{"result":null,"id":7}', { id: 7, error: undefined }],
    ["b", '{"id":"7","result":[]}', { id: "7", error: undefined }],
    ["c", '{"code":2,"msg":"bad","id":7}', { id: 7, error: { code: 2, message: "bad" } }],
    ["d", '{"error":{"code":3,"msg":"worse"}}', { id: null, error: { code: 3, message: "worse" } }],
  ])("passes control replies on (%s)", (_, frame, reply) => {
    expect(bench().decode(frame)).toEqual([{ reply }]);
  });

  it.each([
    '{"e":"serverShutdown","E":1770123456789}',
    '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}',
  ])("tells of the announced shutdown: %s", (frame) => {
    expect(bench().decode(frame)).toEqual([{ shutdown: true }]);
  });
});

describe("FrameDecoder on bad frames", () => {
  it.each([
    ["not-json", "hello"],
    ["not-json", ""],
    ["not-json", SPOT_TRADE.slice(0, -1)],
    ["not-json", SPOT_TRADE.replace("3735683259", "03735683259")],
    ["unexpected", "[1]"],
    ["unexpected", "null"],
    ["missing-field", '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT"}}'],
    ["unexpected", '{"stream":"btcusdt@trade","data":null}'],
    ["missing-field", '{"e":"depthUpdate","E":1,"s":"BTCUSDT"}'],
    ["unexpected", '{"e":"avgPrice","E":1,"s":"BTCUSDT"}'],
    ["unknown-symbol", SPOT_TRADE.replace('"BTCUSDT"', '"DOGEUSDT"')],
    ["missing-field", SPOT_TRADE.replace('"T":1723161255342,', "")],
    ["missing-field", SPOT_TRADE.replace('"m":true,', "")],
    ["bad-number", SPOT_TRADE.replace('"61837.63000000"', "61837.63")],
    ["bad-number", SPOT_TRADE.replace("61837.63000000", "61,837")],
    ["bad-number", SPOT_TRADE.replace("61837.63000000", "-61837.63")],
    ["bad-number", SPOT_TRADE.replace("61837.63000000", "0.00000000")],
    ["bad-number", SPOT_TRADE.replace('"0.02000000"', '""')],
    ["bad-number", SPOT_TRADE.replace("3735683259", '"3735683259"')],
    ["bad-number", SPOT_TRADE.replace("3735683259", "-1")],
    ["overflow", SPOT_TRADE.replace("3735683259", "9007199254740993")],
    ["overflow", SPOT_TRADE.replace("61837.63000000", "92233720368547758.08")],
    ["unexpected", FUTURES_TRADE.replace("MARKET", "NOVEL")],
    ["unexpected", FUTURES_TRADE.replace('"MARKET"', "1")],
    ["unexpected", SPOT_TRADE.replace('"m":true', '"m":1')],
    ["missing-field", KLINE.replace('"k":', '"kk":')],
    ["missing-field", KLINE.replace('"x":true, ', "")],
    ["unexpected", KLINE.replace('"1m"', '"7m"')],
  ])("refuses with %s: %s", (reason, frame) => {
    const one = bench();
    const calls = one.decode(frame);
    expect(calls).toMatchObject([{ rejected: { reason } }]);
    expect(calls).toEqual(bench().decodeGeneral(frame));
    expect(one.counters).toMatchObject({ rejectedCount: 1, tradeCount: 0, barCount: 0 });
  });

  it("names the symbol and the field", () => {
    const [call] = bench().decode(SPOT_TRADE.replace('"T":1723161255342,', ""));
    expect(call).toEqual({
      rejected: { reason: "missing-field", detail: "trade: T is missing", symbol: "BTCUSDT" },
    });
  });
});

/** Frames that are valid JSON of a trade, in every arrangement the venue might print. */
const arrangedFrame = fc
  .record({
    base: fc.constantFrom(SPOT_TRADE, FUTURES_TRADE, FUTURES_AGGREGATE),
    symbol: fc.constantFrom("BTCUSDT", "ETHUSDT", "DOGEUSDT"),
    extra: fc.dictionary(
      fc.oneof(fc.constantFrom("nq", "st", "ps", "b", "a", "z", "zz"), fc.string({ maxLength: 6 })),
      fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.double(),
        fc.object(),
      ),
      { maxKeys: 3 },
    ),
    price: fc.oneof(
      fc.constantFrom("0", "00.10", "1.", ".5", "1e3", "-1", "9223372036854775807", "9223372036854775808"),
      fc.tuple(fc.nat(), fc.nat()).map(([whole, fraction]) => `${whole}.${fraction}`),
    ),
    order: fc.array(fc.nat(), { maxLength: 12 }),
    drop: fc.option(fc.nat({ max: 12 }), { freq: 4 }),
    blanks: fc.boolean(),
  })
  .map(({ base, blanks, drop, extra, order, price, symbol }) => {
    const outer = JSON.parse(base) as { data?: Record<string, unknown> };
    const { e, ...rest } = { ...(outer.data ?? (outer as Record<string, unknown>)) };
    let entries = Object.entries({ ...rest, ...extra, s: symbol, p: price });
    if (drop !== null) entries.splice(drop, 1);
    for (const place of order) entries = [...entries.splice(place % entries.length, 1), ...entries];
    const payload = Object.fromEntries([["e", e], ...entries]);
    const text = JSON.stringify(outer.data ? { ...outer, data: payload } : payload);
    return blanks ? text.replaceAll(',"', ', "') : text;
  });

describe("both ways of decoding", () => {
  const walked = bench();
  const parsed = bench();

  function expectSame(frame: Uint8Array | string): void {
    const calls = walked.decode(frame, 7);
    expect(calls).toEqual(parsed.decodeGeneral(frame, 7));
    expect(calls.length).toBeLessThanOrEqual(1);
  }

  it("agree on every arrangement of keys, extra keys, blanks and values", () => {
    fc.assert(
      fc.property(arrangedFrame, (frame) => expectSame(frame)),
      { numRuns: 3000 },
    );
    expect(walked.counters.tradeCount).toBeGreaterThan(300);
    expect(walked.counters.rejectedCount).toBeGreaterThan(300);
    // The walk took part of them, or it was not tested.
    expect(walked.counters.fallbackCount).toBeLessThan(parsed.counters.fallbackCount);
  });

  it.each([
    ['"p":"1.5",'],
    ['"t":5,"T":6,'],
    ['"s":"ETHUSDT",'],
    ['"m":false,'],
    ['"e":"aggTrade","a":1,"f":1,"l":1,'],
    ['"X":"ADL","X":"MARKET",'],
  ])("agree that the last of equal keys wins: %s", (keys) => {
    for (const frame of [SPOT_TRADE, FUTURES_TRADE]) {
      expectSame(frame.replace('"e":"trade",', `"e":"trade",${keys}`));
      expectSame(frame.replace(/\}+$/, (end) => `,${keys.slice(0, -1)}${end}`));
    }
  });

  it.each([SPOT_TRADE, FUTURES_TRADE, FUTURES_AGGREGATE, KLINE])(
    "agree on every truncation of %s",
    (frame) => {
      for (let length = 0; length <= frame.length; length++) expectSame(frame.slice(0, length));
      for (let length = 0; length < frame.length; length++) expectSame(`${frame.slice(0, length)}}}`);
    },
  );

  it.each([SPOT_TRADE, FUTURES_TRADE, FUTURES_AGGREGATE, KLINE])("agree on every bit flip of %s", (frame) => {
    const bytes = Buffer.from(frame);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expectSame(bytes);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  it("agree on frames with bytes put in, taken out and swapped", () => {
    const edit = fc.record({
      at: fc.nat({ max: 250 }),
      count: fc.nat({ max: 4 }),
      put: fc.stringMatching(/^[0-9a-zA-Z{}":,.\\ -]{0,6}$/),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(SPOT_TRADE, FUTURES_TRADE, FUTURES_AGGREGATE, KLINE),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (base, edits) => {
          let frame = base;
          for (const { at, count, put } of edits) frame = frame.slice(0, at) + put + frame.slice(at + count);
          expectSame(frame);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("agree on random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectSame(bytes)),
      { numRuns: 1000 },
    );
  });
});
