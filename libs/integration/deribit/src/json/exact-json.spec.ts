import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberText, parseExactJson } from "./exact-json.js";

/** The tree with doubles in place of texts. */
function rounded(value: unknown): unknown {
  if (value instanceof NumberText) return Number(value.text);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, rounded(field)]));
}

function outcome(read: (text: string) => unknown, text: string): unknown {
  try {
    return { value: read(text) };
  } catch (error) {
    return (error as Error).name;
  }
}

const both = (text: string) => [
  outcome((each) => rounded(parseExactJson(each)), text),
  outcome(JSON.parse, text),
];

/** Without `__proto__`, which `Object.entries` loses on the way here, and -0, which differs for `toEqual` alone. */
const tree = fc
  .jsonValue({ maxDepth: 4, noUnicodeString: false })
  .filter((value) => !/__proto__|-0[^.\d]|-0$/.test(JSON.stringify(value)));

describe("JSON whose numbers stay texts", () => {
  it("reads what JSON.parse reads, and refuses what it refuses", () => {
    fc.assert(
      fc.property(tree, fc.constantFrom(0, 1, 3), (value, spaces) => {
        const [ours, theirs] = both(JSON.stringify(value, undefined, spaces));
        expect(ours).toEqual(theirs);
      }),
    );
  });

  it("agrees on texts with characters cut out, doubled and exchanged", () => {
    const edit = fc.record({
      at: fc.nat(),
      drop: fc.nat({ max: 3 }),
      put: fc.constantFrom("", "0", "e", "-", ".", ",", '"', "\\", "{", "]", "\n", "\u0001"),
    });
    fc.assert(
      fc.property(tree, fc.array(edit, { minLength: 1, maxLength: 3 }), (value, edits) => {
        let text = JSON.stringify(value);
        for (const { at, drop, put } of edits) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + drop);
        }
        if (/__proto__|-0[^.\d]|-0$/.test(text)) return;
        const [ours, theirs] = both(text);
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps every digit, above 2^53 and in exponent form", () => {
    const text = '{"starbase_match_id":225046781992378368,"price":8.55e4,"rate":-4.467407940520975e-5}';
    expect(parseExactJson(text)).toEqual({
      starbase_match_id: new NumberText("225046781992378368"),
      price: new NumberText("8.55e4"),
      rate: new NumberText("-4.467407940520975e-5"),
    });
  });

  it("sets no prototype, and goes no deeper than 32 levels", () => {
    const record = parseExactJson('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(record.polluted).toBeUndefined();
    expect(parseExactJson(`${"[".repeat(32)}1${"]".repeat(32)}`)).toBeInstanceOf(Array);
    expect(() => parseExactJson(`${"[".repeat(50_000)}`)).toThrow(/deeper than 32/);
  });
});
