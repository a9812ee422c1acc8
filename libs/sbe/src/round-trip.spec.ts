import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { v1, v2 } from "./index.js";
import {
  call,
  fieldsWith,
  flyweightClass,
  messagesBeyond,
  smallFields,
  textFields,
} from "./spec-support/flyweights.js";

const word = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const octets = fc.uint8Array({ min: 1, max: 0x7f, maxLength: 16 });

describe.each(messagesBeyond(v2, v1))("%s", (name) => {
  const Encoder = flyweightClass(v2, `${name}Encoder`);
  const Decoder = flyweightClass(v2, `${name}Decoder`);
  const wide = fieldsWith(Encoder, "Words");
  const texts = textFields(Encoder, Decoder);
  const small = smallFields(Encoder, Decoder);
  const encoder = new Encoder();
  const decoder = new Decoder();

  it("reads what it wrote, in any field, at any offset", () => {
    const values = fc.record({
      lead: fc.nat({ max: 31 }),
      words: fc.array(fc.tuple(word, word), { minLength: wide.length, maxLength: wide.length }),
      texts: fc.array(octets, { minLength: texts.length, maxLength: texts.length }),
      small: fc.array(fc.nat({ max: 255 }), { minLength: small.length, maxLength: small.length }),
    });
    fc.assert(
      fc.property(values, (value) => {
        const bytes = new Uint8Array(value.lead + 320).fill(0xff);
        const view = new DataView(bytes.buffer);
        encoder.wrapAndApplyHeader(view, value.lead);
        for (const [index, field] of wide.entries()) call(encoder, `${field}Words`, ...value.words[index]!);
        texts.forEach((field, index) => {
          const text = value.texts[index]!;
          call(encoder, `${field}Bytes`, text, 0, text.length);
        });
        for (const [index, field] of small.entries()) call(encoder, field, value.small[index]);
        const length = 8 + encoder.encodedLength();
        expect(bytes.subarray(value.lead + length).every((octet) => octet === 0xff)).toBe(true);

        decoder.wrapAndApplyHeader(view, value.lead, length);
        expect(8 + decoder.encodedLength()).toBe(length);
        wide.forEach((field, index) => {
          const [lo, hi] = value.words[index]!;
          expect([call(decoder, `${field}Lo`), (call(decoder, `${field}Hi`) as number) | 0]).toEqual([
            lo,
            hi,
          ]);
        });
        texts.forEach((field, index) => {
          const text = value.texts[index]!;
          expect(call(decoder, field)).toBe(new TextDecoder().decode(text));
        });
        small.forEach((field, index) => {
          expect([field, call(decoder, field)]).toEqual([field, value.small[index]]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("gives the same octets for a bigint, a number and two words", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.boolean(), (magnitude, negative) => {
        for (const field of wide) {
          const bytes = new Uint8Array(320);
          const view = new DataView(bytes.buffer);
          encoder.wrapAndApplyHeader(view, 0);
          const value = negative && isSigned(field) ? -magnitude : magnitude;
          call(encoder, field, BigInt(value));
          const fromBigint = bytes.slice();
          call(encoder, `${field}Words`, 1, 2);
          call(encoder, `${field}Number`, value);
          expect(bytes).toEqual(fromBigint);
          decoder.wrapAndApplyHeader(view, 0, 320);
          expect(call(decoder, field)).toBe(BigInt(value));
          expect(call(decoder, `${field}Number`)).toBe(value === 0 ? 0 : value);
        }
      }),
      { numRuns: 40 },
    );
  });

  /** Signed 64-bit fields take −1, unsigned ones refuse it. */
  function isSigned(field: string): boolean {
    try {
      call(encoder, field, -1n);
      return true;
    } catch {
      return false;
    }
  }
});

describe("limits of setters and getters", () => {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  const encoder = new v2.TradeEncoder().wrapAndApplyHeader(view, 0);
  const decoder = new v2.TradeDecoder();
  const outOfRange = expect.objectContaining({ code: "sbe.out-of-range" });

  it.each([
    ["price", 1n << 63n],
    ["tradeId", -1n],
    ["tradeId", 1n << 64n],
    ["priceNumber", 2 ** 53],
    ["priceNumber", -(2 ** 53)],
    ["priceNumber", Number.NaN],
    ["eventTimeNumber", Number.POSITIVE_INFINITY],
    ["tradeIdNumber", Number.NaN],
    ["tradeIdNumber", -1],
  ])("%s refuses %s", (setter, value) => {
    expect(() => call(encoder, setter, value)).toThrow(outOfRange);
  });

  it("takes and gives the extremes of 64 bits", () => {
    encoder
      .price(-(1n << 63n))
      .tradeId((1n << 64n) - 1n)
      .quantityNumber(Number.MIN_SAFE_INTEGER);
    decoder.wrapAndApplyHeader(view, 0, 128);
    expect([decoder.price(), decoder.tradeId(), decoder.quantityNumber()]).toEqual([
      -(1n << 63n),
      (1n << 64n) - 1n,
      Number.MIN_SAFE_INTEGER,
    ]);
    expect(() => decoder.priceNumber()).toThrow(expect.objectContaining({ code: "sbe.unsafe-integer" }));
    expect(() => decoder.tradeIdNumber()).toThrow(expect.objectContaining({ code: "sbe.unsafe-integer" }));
  });

  it("keeps null apart from zero", () => {
    encoder.wrapAndApplyHeader(view, 0).eventTimeNull();
    decoder.wrapAndApplyHeader(view, 0, 128);
    expect([decoder.eventTime(), decoder.eventTimeNumber(), decoder.eventTimeIsNull()]).toEqual([
      null,
      null,
      true,
    ]);
    expect([decoder.sendTime(), decoder.sendTimeNumber(), decoder.sendTimeIsNull()]).toEqual([0n, 0, false]);
  });

  it("refuses a buffer without room", () => {
    const noRoom = expect.objectContaining({ code: "sbe.no-room" });
    for (const offset of [-1, 129, 256, Number.NaN]) {
      expect(() => new v2.TradeEncoder().wrapAndApplyHeader(view, offset)).toThrow(noRoom);
    }
    expect(() => new v2.TradeEncoder().wrapAndApplyHeader(view, 128)).not.toThrow();
    const refused = new v2.RequestRefusedEncoder().wrapAndApplyHeader(new DataView(new ArrayBuffer(60)), 0);
    expect(() => refused.text("eleven octets")).toThrow(noRoom);
    expect(() => refused.text("x".repeat(1025))).toThrow(
      expect.objectContaining({ code: "sbe.text-too-long" }),
    );
  });

  it("changes a field of a frame that exists without touching the rest", () => {
    encoder.wrapAndApplyHeader(view, 0).priceNumber(5).symbol("BTCUSDT");
    const before = bytes.slice();
    new v2.TradeEncoder().wrap(view, 8).publishTimeNumber(77);
    decoder.wrapAndApplyHeader(view, 0, 128);
    expect(decoder.publishTimeNumber()).toBe(77);
    encoder.publishTimeNumber(0);
    expect(bytes).toEqual(before);
  });
});

describe("texts", () => {
  const view = new DataView(new ArrayBuffer(256));
  const encoder = new v2.TradeEncoder().wrapAndApplyHeader(view, 0);
  const decoder = new v2.TradeDecoder();

  it.each(["", "BTCUSDT", "币安人生USDT", "x".repeat(32), "é".repeat(16), "a b "])(
    "%s comes back",
    (text) => {
      encoder.symbol("y".repeat(32)).symbol(text);
      decoder.wrapAndApplyHeader(view, 0, 128);
      const octets = new TextEncoder().encode(text);
      expect(decoder.symbol()).toBe(text);
      expect(decoder.symbolLength()).toBe(octets.length);
      expect(decoder.symbolBytesEqual(octets, 0, octets.length)).toBe(true);
      expect(decoder.symbolBytesEqual(new TextEncoder().encode(`${text}z`), 0, octets.length + 1)).toBe(
        false,
      );
    },
  );

  it("refuses what does not fit in octets", () => {
    const tooLong = expect.objectContaining({ code: "sbe.text-too-long" });
    expect(() => encoder.symbol("é".repeat(17))).toThrow(tooLong);
    expect(() => encoder.symbolBytes(new Uint8Array(33), 0, 33)).toThrow(tooLong);
    expect(() => encoder.symbolBytes(new Uint8Array(3), 1, 3)).toThrow(
      expect.objectContaining({ code: "sbe.out-of-range" }),
    );
  });
});
