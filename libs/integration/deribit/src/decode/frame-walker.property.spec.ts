import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactObject, NumberText, parseExactJson } from "../json/exact-json.js";
import { frameOf, USUAL } from "../spec-support/usual-frames.js";
import { asJson, isWalked, outcomeOf } from "../spec-support/walk-outcome.js";

const RUNS = 600;

function print(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(print).join(",")}]`;
  const object = exactObject(value);
  if (!object) return JSON.stringify(value);
  return `{${Object.entries(object)
    .map(([key, each]) => `${JSON.stringify(key)}:${print(each)}`)
    .join(",")}}`;
}

type Change = (text: string) => string;

/** Another spelling of the same number: a zero behind it, an exponent, no point. */
function spelling(text: string, way: number): string {
  const found = /^(-?)([0-9]{1,12})(?:\.([0-9]{1,9}))?$/.exec(text);
  const [, sign = "", whole = "", fraction = ""] = found ?? [];
  if (!found || whole.length + fraction.length > 12) return text;
  const forms = [
    text,
    fraction === "" ? `${text}.0` : `${text}0`,
    `${text}E+0`,
    `${sign}${BigInt(whole + fraction)}e-${fraction.length}`,
  ];
  return forms[way % forms.length]!;
}

/** The same data with keys in another order, numbers in other spellings, and keys of later years. */
function usualVariant(value: unknown, next: () => number): unknown {
  if (value instanceof NumberText) return new NumberText(spelling(value.text, next()));
  if (Array.isArray(value)) return value.map((each) => usualVariant(each, next));
  const object = exactObject(value);
  if (!object) return value;
  const entries = Object.entries(object).map(([key, each]) => [key, usualVariant(each, next)] as const);
  if (next() % 2 === 0)
    entries.push([`new_${next() % 5}`, parseExactJson('[{"a":[true,false,null,-1.5e-300]},"x",{}]')]);
  const rank = entries.map(() => next());
  const order = rank.map((_, at) => at).sort((one, other) => rank[one]! - rank[other]!);
  return Object.fromEntries(order.map((at) => entries[at]!));
}

const NUMBERS = [
  "0",
  "-0",
  "0.0",
  "-0.0e3",
  "0e99",
  "1e2",
  "2.0e-5",
  "8.55E+4",
  "01",
  "-01",
  "1.",
  ".5",
  "-",
  "1e",
  "1e+",
  "+1",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "123456789012345",
  "1234567890123456",
  "99999999999999.9",
  "9223372036854775807",
  "9223372036854775808",
  "0.1234567890123456789",
  "0.0000000000000001",
  "100000000000000000000",
  "1e-18",
  "1e-19",
  "1e15",
  "1e16",
  "1e20",
  "1e21",
  "1e25",
  "1e99999999999",
];
const OTHERS = [
  "null",
  "true",
  "false",
  "nul",
  '"text"',
  '"buy"',
  '"snapshot"',
  '"a\\"b"',
  '"ü"',
  '"\t"',
  '"',
];
const NESTED = [
  "{}",
  "[]",
  "[[]]",
  '[["new",1,1]]',
  '[["new",1,1,1]]',
  '[["delete",1,-1]]',
  '{"volume":7.5}',
];
const SPOILED = ["[1,]", "{,}", " 1", "1 ", '{"a" :1}', '[["new",1,1],]', '{"delta":0.5,"delta":1e-1}', ""];

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value.toFixed(4)),
  fc.double({ min: 1e-9, max: 1e9, noNaN: true }).map((value) => value.toExponential(5)),
  fc.constantFrom(...NUMBERS),
);
const value = fc.oneof(
  { weight: 6, arbitrary: number },
  { weight: 3, arbitrary: fc.constantFrom(...OTHERS, ...NESTED, ...SPOILED) },
);

/** Values of printed JSON, each with its key if it has one, and what stands in front of a value. */
const MEMBER =
  /(?<key>"[^"]*":)?(?<value>-?[0-9.]+(?:[eE][+-]?[0-9]+)?|"[^"]*"|null|\[[^[\]{}]*\]|\{[^{}[\]]*\})(?=[,\]}])/g;

/** One value of the data exchanged, one key with its value left out, put twice, or named otherwise. */
const change: fc.Arbitrary<Change> = fc
  .record({ at: fc.nat(), kind: fc.nat({ max: 5 }), put: value, key: fc.constantFrom("type", "stats", "x") })
  .map(({ at, key, kind, put }) => (text) => {
    const members = [...text.matchAll(MEMBER)];
    const chosen = members[at % Math.max(1, members.length)];
    if (!chosen) return text;
    const ownKey = chosen.groups?.key ?? "";
    const around = [text.slice(0, chosen.index), text.slice(chosen.index + chosen[0].length)] as const;
    if (kind === 0) return around.join("").replace(/,(?=[,\]}])|(?<=[[{]),/, "");
    if (kind === 1) return around.join(`${chosen[0]},${ownKey}${put}`);
    if (kind === 2 && ownKey !== "") return around.join(`"${key}":${chosen.groups?.value}`);
    return around.join(`${ownKey}${put}`);
  });

/** Bytes set, cut, put in or left out. */
const spoil = fc
  .record({
    at: fc.nat(),
    cut: fc.nat(3),
    put: fc.oneof(fc.constantFrom(...'"{}[],:.0123456789eE-+ \\'), fc.string({ maxLength: 2 })),
    isEnd: fc.nat(9),
  })
  .map(({ at, cut, isEnd, put }) => (text: string) => {
    const place = at % text.length;
    return text.slice(0, place) + put + (isEnd === 0 ? "" : text.slice(place + cut));
  });

describe.each(Object.entries(USUAL))("the walk over %s", (_, usual) => {
  const { channel, data } = usual;
  const frames = data.map((each) => frameOf(channel, each));
  const spaced = frames.map(asJson);

  it("takes what is usual, and all of it is read as JSON says", () => {
    expect(frames.map((frame) => isWalked(usual, frame))).toEqual(frames.map(() => true));
    const left = [...spaced, ...["}", " ", "x", "\n"].flatMap((end) => frames.map((frame) => frame + end))];
    expect(left.filter((frame) => isWalked(usual, frame))).toEqual([]);
    const { records, refusals, rejections } = outcomeOf(usual, frames);
    expect([refusals.join(""), rejections]).toEqual(["", []]);
    expect(records.length).toBeGreaterThanOrEqual(data.filter((each) => each !== "[]").length);
    expect(outcomeOf(usual, spaced).records).toEqual(records);
  });

  it("takes keys in any order, new ones, and numbers however they are spelled", () => {
    const numbers = fc.infiniteStream(fc.nat({ max: 0xffff }));
    fc.assert(
      fc.property(fc.nat(), numbers, (at, stream) => {
        const next = () => stream.next().value as number;
        const variants = data.map((each) => print(usualVariant(parseExactJson(each), next)));
        const variant = frameOf(channel, variants[at % variants.length]!);
        expect(isWalked(usual, variant)).toBe(true);
        const { records } = outcomeOf(usual, frames);
        expect(
          outcomeOf(
            usual,
            variants.map((each) => frameOf(channel, each)),
          ).records,
        ).toEqual(records);
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it("reads the same as JSON of data that are changed, or leaves them to it", () => {
    let walkedCount = 0;
    fc.assert(
      fc.property(fc.nat(), fc.array(change, { minLength: 1, maxLength: 3 }), (at, changes) => {
        const place = at % frames.length;
        const changed = frameOf(
          channel,
          changes.reduce((text, each) => each(text), data[place]!),
        );
        if (isWalked(usual, changed)) walkedCount++;
        const before = frames.slice(0, place);
        const behind = frames.slice(place + 1);
        expect(outcomeOf(usual, [...before, changed, ...behind])).toEqual(
          outcomeOf(usual, [...before, asJson(changed), ...behind]),
        );
      }),
      { numRuns: RUNS },
    );
    expect(walkedCount).toBeGreaterThan(RUNS / 15);
  });

  it("reads the same of frames with bytes cut out, put in or exchanged", () => {
    let walkedCount = 0;
    fc.assert(
      fc.property(fc.nat(), fc.array(spoil, { minLength: 1, maxLength: 2 }), (at, changes) => {
        const place = at % frames.length;
        const changed = changes.reduce((text, each) => each(text), frames[place]!);
        if (isWalked(usual, changed)) walkedCount++;
        const before = frames.slice(0, place);
        expect(outcomeOf(usual, [...before, changed])).toEqual(
          outcomeOf(usual, [...before, asJson(changed)]),
        );
      }),
      { numRuns: RUNS },
    );
    expect(walkedCount).toBeGreaterThan(RUNS / 20);
  });

  it("ends at nesting without an end, and at keys without an end", () => {
    const [first = ""] = data;
    const put = (text: string) => frameOf(channel, first.replace("{", `{${text},`));
    expect(isWalked(usual, put(`"deep":${"[".repeat(5000)}${"]".repeat(5000)}`))).toBe(false);
    const many = Array.from({ length: 1000 }, (_each, at) => `"key${at}":1`).join(",");
    expect(isWalked(usual, put(many))).toBe(false);
    expect(outcomeOf(usual, [put(many)])).toEqual(outcomeOf(usual, frames.slice(0, 1)));
  });
});
