import { DataType } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OptionTickerFeed } from "../feeds/option-ticker-feed.js";
import { FeedStage } from "../spec-support/feed-stage.js";

const CALL = "ETH-9APR21-1950-C";
const CHANNEL = `ticker.${CALL}.100ms`;

/** Frames in the usual order of keys, and the same data behind a space, which is read as JSON. */
const usual = (data: string) =>
  `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"${CHANNEL}","data":${data}}}`;
const asJson = (data: string) => usual(data).replace('"params":', '"params": ');

function read(frame: string) {
  const stage = new FeedStage();
  stage.open(CHANNEL, CALL, { dataType: DataType.OptionTicker });
  let refusal = "";
  try {
    stage.receive(frame);
  } catch (error) {
    // The sink's own check of what it gets, such as a time of long ago.
    refusal = String(error);
  }
  const rejections = stage.sink.rejections.map(({ detail, reason }) => ({
    reason,
    detail: detail.replace(/\d+ octets/, "some octets"),
  }));
  return { tickers: stage.sink.optionTickers, rejections, refusal };
}

/** Where the walk of data ends; -1 where it does not take them. */
function walkOf(data: string): number {
  const stage = new FeedStage();
  const feed = stage.open(CHANNEL, CALL, { dataType: DataType.OptionTicker }) as OptionTickerFeed;
  return feed.walk(Buffer.from(data), 0, 1);
}

const RECORDED: Readonly<Record<string, string>> = {
  underlying_price: "2115.89",
  underlying_index: '"ETH-9APR21"',
  timestamp: "1617644856302",
  stats: '{"volume":null,"price_change":null,"low":null,"high":null}',
  state: '"open"',
  open_interest: "3963.0",
  mark_price: "0.084155",
  mark_iv: "78.74",
  last_price: "0.06",
  greeks: '{"vega":0.46511,"theta":-5.09811,"rho":0.16173,"gamma":0.00134,"delta":0.8609}',
  bid_iv: "51.06",
  best_bid_price: "0.0795",
  best_bid_amount: "4.0",
  best_ask_price: "0.0945",
  best_ask_amount: "5.0",
  ask_iv: "117.97",
};

const print = (fields: Readonly<Record<string, string>>) =>
  `{${Object.entries(fields)
    .map(([key, value]) => `"${key}":${value}`)
    .join(",")}}`;

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value.toFixed(4)),
  fc.double({ min: 1e-9, max: 1e9, noNaN: true }).map((value) => value.toExponential(5)),
  fc.constantFrom(
    "0",
    "-0",
    "0.0",
    "-0.0e3",
    "1e2",
    "2.0e-5",
    "8.55E+4",
    "01",
    "1.",
    ".5",
    "-",
    "1e",
    "+1",
    "9007199254740993",
    "123456789012345",
    "0.1234567890123456789",
    "1e-19",
    "1e25",
  ),
);
const value = fc.oneof(
  { weight: 6, arbitrary: number },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "null",
      "true",
      "nul",
      '"text"',
      '"a\\"b"',
      '"ü"',
      "{}",
      "[]",
      '[1,{"a":[]}]',
      "[1,]",
      "{,}",
      " 1",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{"volume":7.5}',
      '{"delta":0.5,"delta":1e-1}',
      '{"volume":1,"x":{"volume":2}}',
    ),
  },
);
const change = fc.oneof(
  fc.record({ kind: fc.constant("set"), key: fc.constantFrom(...Object.keys(RECORDED), "new_field"), value }),
  fc.record({
    kind: fc.constant("drop"),
    key: fc.constantFrom(...Object.keys(RECORDED)),
    value: fc.constant(""),
  }),
);

describe("the walk over tickers of options", () => {
  it("takes what is usual: recorded data in any order of keys, with fields of later years", () => {
    expect(walkOf(print(RECORDED))).toBe(print(RECORDED).length);
    const later = print({
      new_field: '[{"a":[true,false,null,-1.5e-3]}]',
      ...Object.fromEntries(Object.entries(RECORDED).reverse()),
    });
    expect(walkOf(later)).toBe(later.length);
    const { rejections, tickers } = read(usual(later));
    expect([rejections, tickers]).toEqual([[], read(asJson(print(RECORDED))).tickers]);
  });

  it("reads the same as the general reader, or leaves it to that one", () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), (changes, isTwice) => {
        const fields = { ...RECORDED };
        let behind = "";
        for (const { key, kind, value: text } of changes) {
          if (kind === "drop") delete fields[key];
          else if (isTwice) behind += `,"${key}":${text}`;
          else fields[key] = text;
        }
        const data = `${print(fields).slice(0, -1)}${behind}}`;
        expect(read(usual(data))).toEqual(read(asJson(data)));
      }),
      { numRuns: 2000 },
    );
  });

  it("reads the same of frames with bytes cut out, doubled or exchanged", () => {
    const frame = usual(print(RECORDED));
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.nat(3), fc.string({ maxLength: 2 }), (at, cut, put) => {
        const changed = frame.slice(0, at) + put + frame.slice(at + cut);
        expect(read(changed)).toEqual(read(` ${changed}`));
      }),
      { numRuns: 2000 },
    );
  });

  it("ends at nesting without an end", () => {
    const deep = print({ ...RECORDED, deep: `${"[".repeat(5000)}${"]".repeat(5000)}` });
    expect(walkOf(deep)).toBe(-1);
  });
});
