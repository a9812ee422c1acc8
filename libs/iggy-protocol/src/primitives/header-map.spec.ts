import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeaderMap } from "./header-map.js";
import { FieldKind, fieldValue, type TypedField } from "./typed-field.js";
import { decodeUserHeaders, encodeUserHeaders, headerField, userHeader } from "./user-headers.js";

const integer = (bits: bigint, signed: boolean) =>
  signed ? fc.bigInt(-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n) : fc.bigInt(0n, (1n << bits) - 1n);
const small = (bits: bigint, signed: boolean) => integer(bits, signed).map(Number);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const raw = fc.uint8Array({ minLength: 1, maxLength: 255 });

/** A value of every kind with the field that a constructor makes of it. */
const FIELDS = {
  raw: raw.map((value) => [headerField.raw(value), value] as const),
  text: text.map((value) => [headerField.text(value), value] as const),
  bool: fc.boolean().map((value) => [headerField.bool(value), value] as const),
  i8: small(8n, true).map((value) => [headerField.i8(value), value] as const),
  i16: small(16n, true).map((value) => [headerField.i16(value), value] as const),
  i32: small(32n, true).map((value) => [headerField.i32(value), value] as const),
  i64: integer(64n, true).map((value) => [headerField.i64(value), value] as const),
  i128: integer(128n, true).map((value) => [headerField.i128(value), value] as const),
  u8: small(8n, false).map((value) => [headerField.u8(value), value] as const),
  u16: small(16n, false).map((value) => [headerField.u16(value), value] as const),
  u32: small(32n, false).map((value) => [headerField.u32(value), value] as const),
  u64: integer(64n, false).map((value) => [headerField.u64(value), value] as const),
  u128: integer(128n, false).map((value) => [headerField.u128(value), value] as const),
  f32: fc.float({ noNaN: true }).map((value) => [headerField.f32(value), value] as const),
  f64: fc.double({ noNaN: true }).map((value) => [headerField.f64(value), value] as const),
};
const anyField = fc.oneof(...Object.values(FIELDS)) as fc.Arbitrary<readonly [TypedField, unknown]>;

describe("user headers", () => {
  it("have a constructor for each of the 15 kinds", () => {
    expect(Object.keys(FIELDS)).toEqual(Object.keys(headerField));
    expect(Object.keys(FIELDS).length).toBe(Object.keys(FieldKind).length);
    const kinds = Object.values(FIELDS).map(
      (arbitrary) => fc.sample(arbitrary as typeof anyField, 1)[0]![0].kind,
    );
    expect(kinds).toEqual(Object.values(FieldKind));
  });

  it("hold keys and values of every kind, in both directions", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyField, anyField), { maxLength: 20 }), (entries) => {
        const headers = entries.map(([[key], [value]]) => ({ key, value }));
        const bytes = encodeUserHeaders(headers);
        const again = decodeUserHeaders(bytes);
        expect(again).toEqual(headers);
        expect(Buffer.from(encodeUserHeaders(again)).equals(bytes)).toBe(true);
        again.forEach(({ key, value }, index) => {
          expect(fieldValue(key)).toEqual(entries[index]![0][1]);
          expect(fieldValue(value)).toEqual(entries[index]![1][1]);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("refuse what is too long, and numbers outside their kind", () => {
    const refused = expect.objectContaining({ code: "iggy-protocol.argument-out-of-range" });
    expect(() => headerField.text("")).toThrow(refused);
    expect(() => headerField.raw(new Uint8Array(256))).toThrow(refused);
    expect(() => headerField.i8(128)).toThrow(refused);
    expect(() => headerField.u128(1n << 128n)).toThrow(refused);
    const header = userHeader("key", new Uint8Array(255));
    expect(encodeUserHeaders(Array(370).fill(header)).length).toBe(370 * 268);
    expect(() => encodeUserHeaders(Array(374).fill(header))).toThrow(refused);
  });

  it("that are random bytes are read, or refused with a typed error", () => {
    const typed = expect.objectContaining({
      code: expect.stringMatching(/^iggy-protocol\.(truncated|invalid-value)$/),
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(Buffer.from(encodeUserHeaders(decodeUserHeaders(bytes))).equals(bytes)).toBe(true);
        } catch (error) {
          expect(error).toEqual(typed);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("HeaderMap", () => {
  const map = new HeaderMap(
    encodeUserHeaders([
      userHeader("symbol", "BTCUSDT"),
      userHeader("symbol", "ETHUSDT"),
      userHeader(headerField.i32(7), "seven"),
      userHeader(headerField.u32(7), headerField.u128(1n << 100n)),
      userHeader("flag", true),
      userHeader("raw", Uint8Array.of(1, 2)),
      userHeader("price", headerField.f64(0.5)),
      userHeader("count", headerField.u8(3)),
    ]),
  );

  it("finds values by key and kind of key, the last of equal keys", () => {
    expect(map.size).toBe(8);
    expect(map.text("symbol")).toBe("ETHUSDT");
    expect(map.text(headerField.i32(7))).toBe("seven");
    expect(map.integer(headerField.u32(7))).toBe(1n << 100n);
    expect(map.bool("flag")).toBe(true);
    expect(map.raw("raw")).toEqual(Uint8Array.of(1, 2));
    expect(map.number("price")).toBe(0.5);
    expect([map.number("count"), map.integer("count"), map.value("count")]).toEqual([3, 3n, 3]);
    expect([map.has("flag"), map.has("none"), map.text("none"), map.integer("none")]).toEqual([
      true,
      false,
      undefined,
      undefined,
    ]);
    expect([...map].map(({ value }) => value.kind)).toEqual([2, 2, 2, 13, 3, 1, 15, 9]);
  });

  it("refuses a value of another kind than was asked for", () => {
    const refused = expect.objectContaining({ code: "iggy-protocol.invalid-value" });
    expect(() => map.text("flag")).toThrow(refused);
    expect(() => map.number(headerField.u32(7))).toThrow(refused);
    expect(() => map.integer("price")).toThrow(refused);
  });

  it("decodes no earlier than it is asked", () => {
    const broken = new HeaderMap(Uint8Array.of(99));
    expect(() => broken.size).toThrow(expect.objectContaining({ code: "iggy-protocol.truncated" }));
    expect(new HeaderMap(new Uint8Array(0)).size).toBe(0);
  });
});
