import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecoderBench, type SinkCall } from "../../spec-support/decoder-bench.js";

/** Frames of every walked kind as the venue prints them. */
const FRAMES = {
  "spot trade":
    '{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}',
  "spot trade in microseconds":
    '{"stream":"ethusdt@trade","data":{"e":"trade","E":1768627409826127,"s":"ETHUSDT","t":2735683259,"p":"3290.28000000","q":"13.02000000","T":1768627409825091,"m":false,"M":true}}',
  "futures trade":
    '{"stream":"btcusdt@trade","data":{"e":"trade","E":1789893896920,"T":1789893896919,"s":"BTCUSDT","t":8097313955,"p":"80227.00","q":"0.010","X":"MARKET","m":false,"st":1}}',
  "spot aggTrade":
    '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1768627409826,"s":"BTCUSDT","a":3814332932,"p":"95311.64000000","q":"0.00084000","f":5782154285,"l":5782154286,"T":1768627409825,"m":false,"M":true}}',
  "futures aggTrade":
    '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1789469122045,"a":309896910,"s":"BTCUSDT","p":"76968.30","q":"1046.7650","nq":"1046.7650","f":537859420,"l":537859465,"T":1789469121938,"m":false,"st":1}}',
  "spot bookTicker":
    '{"stream":"ethusdt@bookTicker","data":{"u":68791858400,"s":"ETHUSDT","b":"3290.28000000","B":"65.97110000","a":"3290.29000000","A":"3.02760000"}}',
  "futures bookTicker":
    '{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":428997042613,"s":"BTCUSDT","ps":"BTCUSDT","b":"76986.40","B":"0.0228","a":"76986.50","A":"183.3812","T":1789467546365,"E":1789467546366,"st":1}}',
  "older COIN-M bookTicker":
    '{"stream":"btcusdt@bookTicker","data":{"u":462118190224,"e":"bookTicker","s":"BTCUSDT","ps":"BTCUSD","b":"172.74","B":"86","a":"172.81","A":"25","T":1653811915499,"E":1653811915502}}',
  "spot depth":
    '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1622363903670,"s":"BTCUSDT","U":11294093710,"u":11294093726,"b":[["35743.98000000","0.00000000"],["35743.87000000","0.00002000"]],"a":[["35743.88000000","0.24000000"]]}}',
  "futures depth":
    '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1789469121904,"T":1789469121836,"s":"BTCUSDT","ps":"BTCUSDT","U":429012275424,"u":429012275789,"pu":429012275360,"b":[],"a":[["77021.60","650.0043"],["77021.70","0"]],"st":1}}',
  "futures depth20":
    '{"stream":"btcusdt@depth20@100ms","data":{"e":"depthUpdate","E":1651122265861,"T":1651122265854,"s":"BTCUSDT","U":1437010873371,"u":1437010882721,"pu":1437010873329,"b":[["2886.71","0.454"],["2886.70","2.755"]],"a":[["2886.72","77.215"]]}}',
  "spot depth20":
    '{"stream":"ethusdt@depth20","data":{"lastUpdateId":17044571457,"bids":[["1782.00000000","6.48300000"],["1781.95000000","0.03000000"]],"asks":[["1782.01000000","15.46080000"]]}}',
} as const;
const KINDS = Object.keys(FRAMES) as (keyof typeof FRAMES)[];

const PRODUCT = 1;
const bench = () => new DecoderBench(["BTCUSDT", "ETHUSDT", "币安USDT"], PRODUCT);
const walked = bench();
const parsed = bench();

/** Both ways give the same, and at most one call: one record, or one counted rejection. */
function expectSame(frame: Uint8Array | string): readonly SinkCall[] {
  const rejectedCount = walked.counters.rejectedCount;
  const calls = walked.decode(frame, 7);
  expect(calls).toEqual(parsed.decodeGeneral(frame, 7));
  expect(calls.length).toBeLessThanOrEqual(1);
  const rejections = calls.filter((call) => "rejected" in call).length;
  expect(walked.counters.rejectedCount - rejectedCount).toBe(rejections);
  return calls;
}

const decimalText = fc.oneof(
  fc.constantFrom("0", "0.0", "00.10", "1.", ".5", "1e3", "-1", "-0.1", "", " 1", "1 ", "0x1", "NaN"),
  fc.constantFrom("9223372036854775807", "9223372036854775808", "92233720368547758.08", "9007199254740993"),
  fc.constantFrom("999999999.123456789", "9999999999.1", "0.000000001", "1.0000000000000000000"),
  fc
    .tuple(fc.nat(), fc.nat({ max: 99_999_999 }), fc.nat({ max: 8 }))
    .map(([whole, fraction, zeros]) => `${whole}.${fraction}${"0".repeat(zeros)}`),
);
const otherValue = fc.oneof(
  fc.string({ maxLength: 6 }),
  decimalText,
  fc.integer(),
  fc.constantFrom(9007199254740991, 9007199254740992, 1e21, 1723161255342123, 99999999999999, 1e14, 0, 1, 2),
  fc.boolean(),
  fc.constant(null),
  fc.double(),
  fc.array(fc.array(decimalText, { maxLength: 3 }), { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 2 }), fc.nat(), { maxKeys: 2 }),
);
const KNOWN_KEYS = [..."eEsStTpPqmMXaAbBuUflLov", "st", "ps", "pu", "nq", "bids", "asks", "lastUpdateId"];

/** One way in which a frame may differ from what the venue prints now. */
const change = fc.oneof(
  fc.record({ act: fc.constant("order" as const), from: fc.nat({ max: 12 }), to: fc.nat({ max: 12 }) }),
  fc.record({ act: fc.constant("drop" as const), at: fc.nat({ max: 12 }) }),
  fc.record({ act: fc.constant("set" as const), at: fc.nat({ max: 12 }), value: otherValue }),
  fc.record({
    act: fc.constant("add" as const),
    at: fc.nat({ max: 12 }),
    key: fc.oneof(
      fc.constantFrom(...KNOWN_KEYS),
      fc.stringMatching(/^[a-zA-Z]{1,3}$/),
      fc.string({ maxLength: 4 }),
    ),
    value: otherValue,
  }),
  fc.record({ act: fc.constant("text" as const), key: fc.constantFrom(..."pqbBaA"), value: decimalText }),
  fc.record({
    act: fc.constant("symbol" as const),
    symbol: fc.constantFrom("ETHUSDT", "DOGEUSDT", "币安USDT", ""),
  }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(entries: [string, unknown][], one: Change): [string, unknown][] {
  const result = [...entries];
  if (one.act === "order")
    result.splice(one.to % result.length, 0, ...result.splice(one.from % result.length, 1));
  else if (one.act === "drop") result.splice(one.at % result.length, 1);
  else if (one.act === "set")
    result[one.at % result.length] = [result[one.at % result.length]![0], one.value];
  else if (one.act === "add") result.splice(one.at % (result.length + 1), 0, [one.key, one.value]);
  else {
    const key = one.act === "symbol" ? "s" : one.key;
    const value = one.act === "symbol" ? one.symbol : one.value;
    const at = result.findIndex(([name]) => name === key);
    if (at >= 0) result[at] = [key, withText(result[at]![1], value)];
  }
  return result.length === 0 ? entries : result;
}

/** In lists of levels the text becomes the first price. */
function withText(old: unknown, value: string): unknown {
  return Array.isArray(old) && Array.isArray(old[0])
    ? [[value, (old[0] as unknown[])[1]], ...old.slice(1)]
    : value;
}

const arrangedFrame = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    changes: fc.array(change, { maxLength: 3 }),
    style: fc.constantFrom("compact", "compact", "compact", "blanks", "escapes"),
    wrapped: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ kind, changes, style, wrapped }) => {
    const outer = JSON.parse(FRAMES[kind]) as { stream: string; data: Record<string, unknown> };
    let entries: [string, unknown][] = Object.entries(outer.data);
    for (const one of changes) entries = changed(entries, one);
    // By hand, so that equal keys may stand twice.
    const payload = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
    const text = wrapped === 0 ? payload : `{"stream":${JSON.stringify(outer.stream)},"data":${payload}}`;
    if (style === "blanks") return text.replaceAll(',"', ', "');
    return style === "escapes" ? text.replace("USDT", "\\u0055SDT") : text;
  });

describe("walkers and the general parser", () => {
  it.each(KINDS)("take the venue's %s frame without a fallback, and agree", (kind) => {
    const fallbackCount = walked.counters.fallbackCount;
    expect(expectSame(FRAMES[kind])).toHaveLength(1);
    expect(walked.counters.fallbackCount).toBe(fallbackCount);
  });

  it("agree on every arrangement of keys, values, blanks and escapes", () => {
    fc.assert(
      fc.property(arrangedFrame, (frame) => {
        expectSame(frame);
      }),
      { numRuns: Number(process.env.IMS_SEEDS ?? 8000) },
    );
    const { depthCount, partialDepthCount, rejectedCount, topOfBookCount, tradeCount } = walked.counters;
    for (const count of [depthCount, partialDepthCount, rejectedCount, topOfBookCount, tradeCount])
      expect(count).toBeGreaterThan(100);
    // The walk took part of them, or it was not tested.
    expect(walked.counters.fallbackCount).toBeLessThan(parsed.counters.fallbackCount * 0.8);
  });

  it.each(KINDS)("agree on every truncation of the %s frame", (kind) => {
    const frame = FRAMES[kind];
    for (let length = 0; length <= frame.length; length++) {
      expectSame(frame.slice(0, length));
      expectSame(`${frame.slice(0, length)}}}`);
      expectSame(`${frame.slice(0, length)}]]}}`);
    }
  });

  it.each(KINDS)("agree on every bit flip of the %s frame", (kind) => {
    const bytes = Buffer.from(FRAMES[kind]);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expectSame(bytes);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  it("agree on frames with bytes put in, taken out and swapped", () => {
    const edit = fc.record({
      at: fc.nat({ max: 300 }),
      count: fc.nat({ max: 4 }),
      put: fc.stringMatching(/^[0-9a-zA-Z{}[\]":,.\\ -]{0,6}$/),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (kind, edits) => {
          let frame: string = FRAMES[kind];
          for (const { at, count, put } of edits) frame = frame.slice(0, at) + put + frame.slice(at + count);
          expectSame(frame);
        },
      ),
      { numRuns: 4000 },
    );
  });

  it("agree on numbers of every length", () => {
    const digits = (max: number) =>
      fc.oneof(
        fc.stringMatching(new RegExp(`^[0-9]{0,${max}}$`)),
        fc.stringMatching(new RegExp(`^[0-9]{0,${max - 8}}0{0,8}$`)),
      );
    const decimal = fc
      .tuple(digits(12), fc.constantFrom(".", ".", ".", ""), digits(20))
      .map(([units, point, fraction]) => `"${units}${point}${fraction}"`);
    const key = fc.constantFrom(..."EtTaufl", "pu");
    const priceKey = fc.constantFrom(..."pqbBaA");
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.tuple(key, digits(20)),
        fc.tuple(priceKey, decimal),
        decimal,
        (kind, [wholeKey, whole], [decimalKey, text], level) => {
          const frame = FRAMES[kind]
            .replace(new RegExp(`("${wholeKey}":)[0-9]+`), `$1${whole}`)
            .replace(new RegExp(`("${decimalKey}":)"[0-9.]+"`), `$1${text}`)
            .replace(/(\[\[)"[0-9.]+"/, `$1${level}`);
          expectSame(frame);
        },
      ),
      { numRuns: 6000 },
    );
  });

  it("agree on frames of any length, up to that which is walked and beyond", () => {
    const levels = (count: number) =>
      Array.from({ length: count }, (_, index) => `["${30_000 + index}.11000000","1.00000000"]`).join(",");
    const frameOf = (count: number) => FRAMES["spot depth"].replace(/"a":\[.*\]\]/, `"a":[${levels(count)}]`);
    const one = bench();
    for (const count of [1, 100, 470, 480, 5000, 1]) {
      expect(one.decode(frameOf(count))).toEqual(parsed.decodeGeneral(frameOf(count)));
    }
    expect(one.counters.fallbackCount).toBe(0);
    expect(one.decode(frameOf(40_000))).toEqual(parsed.decodeGeneral(frameOf(40_000)));
    expect(one.counters.fallbackCount).toBe(1);
  });

  it("agree that the last of equal keys wins, wherever the first stands", () => {
    for (const kind of KINDS) {
      const frame = FRAMES[kind];
      for (const key of KNOWN_KEYS) {
        for (const value of ['"1.5"', "5", "1", "2", "true", '"ETHUSDT"', '[["1","1"]]', '"bookTicker"']) {
          expectSame(frame.replace('"data":{', `"data":{"${key}":${value},`));
          expectSame(frame.replace(/\}+$/, (end) => `,"${key}":${value}${end}`));
        }
      }
    }
  });

  it("read levels at the instrument's scale exactly, and at a larger one where a digit needs it", () => {
    const level = (price: string, quantity: string) =>
      expectSame(
        FRAMES["spot depth"].replace(/\["35743.88000000","0.24000000"\]/, `["${price}","${quantity}"]`),
      );
    expect(level("35743.88000000", "0.24000000")).toMatchObject([
      { depth: { priceScale: 2, quantityScale: 5, asks: [[3574388n, 24000n]] } },
    ]);
    expect(level("35743.88100000", "0.24")).toMatchObject([
      {
        depth: {
          priceScale: 3,
          asks: [[35743881n, 24000n]],
          bids: [
            [35743980n, 0n],
            [35743870n, 2n],
          ],
        },
      },
    ]);
    expect(level("0.000000000000000001", "1")).toMatchObject([{ rejected: { reason: "overflow" } }]);
    expect(level("92233720368547758.07", "1")).toMatchObject([
      { depth: { asks: [[9223372036854775807n, 100000n]] } },
    ]);
    expect(level("92233720368547758.08", "1")).toMatchObject([{ rejected: { reason: "overflow" } }]);
    expect(level("0.00000000", "1")).toMatchObject([{ rejected: { reason: "bad-number" } }]);
    expect(level("1.0", "-1")).toMatchObject([{ rejected: { reason: "bad-number" } }]);
  });

  it("leave records of the other product out, and count them", () => {
    const { otherProductCount } = walked.counters;
    expect(expectSame(FRAMES["futures depth"].replace('"st":1', '"st":2'))).toEqual([]);
    expect(expectSame(FRAMES["futures trade"].replace('"st":1', '"st":2'))).toEqual([]);
    expect(expectSame(FRAMES["futures bookTicker"].replace('"st":1', '"st":12'))).toEqual([]);
    expect(walked.counters.otherProductCount).toBe(otherProductCount + 3);
  });

  it("find a symbol in letters beyond ASCII without a fallback", () => {
    const one = bench();
    const frame = FRAMES["spot depth20"].replace("ethusdt", "币安usdt");
    expect(one.decode(frame)).toMatchObject([{ partialDepth: { instrumentId: 3, horizon: 20 } }]);
    expect(
      one.decode(FRAMES["spot trade"].replace("btcusdt", "币安usdt").replace("BTCUSDT", "币安USDT")),
    ).toMatchObject([{ trade: { instrumentId: 3 } }]);
    expect(one.counters.fallbackCount).toBe(0);
  });
});
