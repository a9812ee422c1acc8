import { MantissaCell } from "@ims/common";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { exactDecimal, setSafe } from "./exact-decimals.js";
import { FrameBytes, NOWHERE } from "./frame-bytes.js";
import { Literal } from "./literal.js";
import { skipValue } from "./skip-value.js";

let frame: FrameBytes;

beforeEach(() => {
  frame = new FrameBytes();
});

/** Puts a text where a value of an object would begin, in front of the end of the frame. */
function put(text: string): number {
  frame.take(Buffer.from(`{${text}`));
  return 1;
}

/** What `JSON.parse` takes a text for. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const mantissaOf = () => (BigInt(frame.hi) << 32n) | BigInt(frame.lo >>> 0);

/** Numbers and what is nearly one. */
const numberLike = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1e7, max: 1e7, noNaN: true }).map((value) => value.toFixed(6)),
  fc.double({ min: 1e-12, max: 1e12, noNaN: true }).map((value) => value.toExponential(6)),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  fc
    .array(fc.constantFrom(..."0123456789", ".", "-", "+", "e", "E"), { maxLength: 9 })
    .map((all) => all.join("")),
);

/** The value of a JSON number, exactly: mantissa × 10^-scale. */
function exactly(text: string): { mantissa: bigint; scale: number } {
  const [digits = "", power = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  const mantissa = BigInt(whole.replace("-", "") + fraction) * (text.startsWith("-") ? -1n : 1n);
  return { mantissa, scale: fraction.length - Number(power) };
}

/** Whether two decimals are the same value. */
function isSame(mantissa: bigint, scale: number, text: string): boolean {
  const other = exactly(text);
  const common = Math.max(scale, other.scale);
  return mantissa * 10n ** BigInt(common - scale) === other.mantissa * 10n ** BigInt(common - other.scale);
}

describe("FrameBytes", () => {
  it("reads nothing that an earlier frame left behind the end", () => {
    const cell = new MantissaCell();
    const whole = '{"a":12345,"b":"1.25","c":-1.5e2,"d":[true,null,"text"]}';
    for (let length = 1; length < whole.length; length++) {
      frame.take(Buffer.from(whole));
      frame.take(Buffer.from(whole.slice(0, length)));
      for (let at = 1; at <= length; at++) {
        const places = [
          frame.whole(at),
          frame.wholeText(at),
          frame.number(at),
          frame.numberAt(at, 3),
          frame.skipNumber(at),
          frame.decimal(at, cell),
          frame.decimalAt(at, 3),
          frame.plainText(at),
          frame.text(at, new Literal('":12345,"b"')),
          frame.comma(at),
          skipValue(frame, at),
        ];
        expect(Math.max(...places)).toBeLessThanOrEqual(length);
      }
    }
  });

  it("takes frames up to a mebibyte, whatever came before", () => {
    for (const length of [3, 16_352, 16_353, 16_384, 100_000, 1024 * 1024, 5]) {
      expect(frame.take(Buffer.alloc(length, 0x37))).toBe(true);
      expect(frame.end).toBe(length);
      expect(frame.whole(length - 3)).toBe(length);
      expect(frame.value).toBe(777);
    }
    expect(frame.take(Buffer.alloc(1024 * 1024 + 1, 0x37))).toBe(false);
  });

  it("gives nowhere for nowhere", () => {
    put("1");
    const key = new Literal('"key":');
    expect([
      frame.text(NOWHERE, key),
      frame.key(NOWHERE, key),
      frame.whole(NOWHERE),
      frame.number(NOWHERE),
      frame.numberAt(NOWHERE, 2),
      frame.skipNumber(NOWHERE),
      frame.decimalAt(NOWHERE, 2),
      frame.plainText(NOWHERE),
    ]).toEqual(Array(8).fill(NOWHERE));
  });

  it("finds texts of any length, and keys with the space that some venues print", () => {
    for (let length = 4; length < 20; length++) {
      const text = "abcdefghijklmnopqrst".slice(0, length);
      expect(frame.text(put(text), new Literal(text))).toBe(1 + length);
      expect(frame.text(put(`${text.slice(0, -1)}!`), new Literal(text))).toBe(NOWHERE);
      expect(frame.text(put(`!${text.slice(1)}`), new Literal(text))).toBe(NOWHERE);
    }
    const key = new Literal('"key":');
    expect(frame.firstKey(put('"key": 1'), key)).toBe(8);
    expect(frame.key(put(', "key":1'), key)).toBe(9);
    expect(frame.key(put(';"key":1'), key)).toBe(NOWHERE);
  });
});

describe("numbers of frames", () => {
  it("are what JSON says, exactly, or are passed over, or are none", () => {
    let exactCount = 0;
    fc.assert(
      fc.property(numberLike, (text) => {
        const end = frame.number(put(`${text},`));
        if (end !== 1 + text.length) {
          // What it ended at is no number, or another one that something stands behind.
          expect(isJson(text)).toBe(false);
          return;
        }
        expect(isJson(text)).toBe(true);
        if (frame.scale < 0) return;
        exactCount++;
        expect(Number.isSafeInteger(frame.value) && frame.scale <= 18).toBe(true);
        expect(isSame(BigInt(frame.value), frame.scale, text)).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(exactCount).toBeGreaterThan(1500);
  });

  it.each([
    ["-0", -0, 0],
    ["0.0e-99", 0, -1],
    ["0.0e-9", 0, 0],
    ["8.55e4", 85_500, 0],
    ["2.0e-5", 20, 6],
    ["1e15", 1e15, 0],
    ["1e16", 1e16, -1],
    ["999999999999999", 999_999_999_999_999, 0],
    ["1000000000000000", 1e15, -1],
    ["1e-18", 1, 18],
    ["1e-19", 1, -1],
  ])("%s is %d at the scale %d", (text, value, scale) => {
    expect(frame.number(put(text))).toBe(1 + text.length);
    expect(frame.scale).toBe(scale);
    if (scale >= 0) expect(frame.value).toBe(value);
  });

  it("come to a given scale in two words, with nothing rounded", () => {
    let count = 0;
    fc.assert(
      fc.property(numberLike, fc.nat({ max: 18 }), (text, scale) => {
        const end = frame.numberAt(put(text), scale);
        if (end !== 1 + text.length) return;
        count++;
        expect(isSame(mantissaOf(), scale, text)).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(count).toBeGreaterThan(500);
    const cell = new MantissaCell();
    for (const value of [0, -0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, 1 - 2 ** 53]) {
      setSafe(cell, value, 3);
      expect([cell.toBigInt(), cell.scale, Object.is(cell.hi, -0)]).toEqual([BigInt(value), 3, false]);
    }
  });

  it("are passed over where JSON takes them", () => {
    fc.assert(
      fc.property(numberLike, (text) => {
        expect(frame.skipNumber(put(text)) === 1 + text.length).toBe(isJson(text) && text !== "");
      }),
      { numRuns: 5000 },
    );
  });

  it("in quotes are exact, and none with a sign or an exponent", () => {
    let count = 0;
    const cell = new MantissaCell();
    fc.assert(
      fc.property(numberLike, fc.nat({ max: 18 }), (text, scale) => {
        const end = 3 + text.length;
        if (frame.decimal(put(`"${text}"`), cell) === end) {
          count++;
          const { mantissa, scale: printed } = exactDecimal(text, "text");
          expect(cell.toBigInt()).toBe(mantissa * 10n ** BigInt(cell.scale - printed));
        }
        if (frame.decimalAt(1, scale) === end) expect(isSame(mantissaOf(), scale, text)).toBe(true);
        if (frame.wholeText(1) === end) expect(String(frame.value)).toBe(text);
      }),
      { numRuns: 5000 },
    );
    expect(count).toBeGreaterThan(150);
    for (const text of ["-1", "1e5", "+1", "", ".5", "5.", "1 "])
      expect([frame.decimal(put(`"${text}"`), cell), frame.decimalAt(1, 2)]).toEqual([NOWHERE, NOWHERE]);
  });
});

describe("values that are passed over", () => {
  it("are JSON, and end where it ends", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 5, noUnicodeString: true }),
        fc.nat(),
        fc.string({ maxLength: 1 }),
        (text, at, put_) => {
          const printed = JSON.stringify(JSON.parse(text));
          const isPlain = /^[ -~]*$/.test(printed) && !printed.includes("\\");
          expect(skipValue(frame, put(printed))).toBe(isPlain ? 1 + printed.length : NOWHERE);
          const place = at % printed.length;
          const changed = printed.slice(0, place) + put_ + printed.slice(place + 1);
          if (skipValue(frame, put(changed)) === 1 + Buffer.byteLength(changed))
            expect(isJson(changed)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("are left to the JSON reader where they are nested deeply", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(skipValue(frame, put(nested(8)))).toBe(17);
    expect(skipValue(frame, put(nested(9)))).toBe(NOWHERE);
    expect(skipValue(frame, put("[".repeat(500_000)))).toBe(NOWHERE);
  });
});
