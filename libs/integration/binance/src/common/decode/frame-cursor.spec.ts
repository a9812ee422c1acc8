import { MantissaCell } from "@ims/common";
import { beforeEach, describe, expect, it } from "vitest";
import { FrameCursor, NOWHERE } from "./frame-cursor.js";
import { Literal } from "./literal.js";

let cursor: FrameCursor;

beforeEach(() => {
  cursor = new FrameCursor();
});

describe("FrameCursor", () => {
  it("reads nothing that an earlier frame left behind the end", () => {
    const cell = new MantissaCell();
    cursor.take(Buffer.from('{"a":12345,"b":"1.25","c":true,"d":1700000000123}'));
    cursor.take(Buffer.from('{"a":12'));
    expect(cursor.whole(5)).toBe(7);
    expect(cursor.value).toBe(12);
    expect(cursor.literal(3, new Literal('":12345'))).toBe(NOWHERE);
    for (const text of [
      '{"a":12345,"b":"1.2',
      '{"a":12345,"b":"1.',
      '{"a":12345,"b":"1',
      '{"a":12345,"b":"',
    ]) {
      cursor.take(Buffer.from('{"a":12345,"b":"1.25","c":true,"d":1700000000123}'));
      cursor.take(Buffer.from(text));
      expect(cursor.decimal(15, cell)).toBe(NOWHERE);
      expect(cursor.decimalAt(15, 2)).toBe(NOWHERE);
      expect(cursor.skip(15)).toBe(NOWHERE);
    }
    cursor.take(Buffer.from('{"a":12345,"b":"1.25","c":true}'));
    cursor.take(Buffer.from('{"a":12345,"b":"1.25","c":tru'));
    expect(cursor.boolean(26)).toBe(NOWHERE);
  });

  it("takes frames up to a mebibyte, whatever came before", () => {
    const frame = (length: number) => Buffer.alloc(length, 0x37);
    for (const length of [3, 16_383, 16_384, 100_000, 1024 * 1024, 5]) {
      expect(cursor.take(frame(length))).toBe(true);
      expect(cursor.end).toBe(length);
      expect(cursor.whole(length - 3)).toBe(length);
      expect(cursor.value).toBe(777);
    }
    expect(cursor.take(frame(1024 * 1024 + 1))).toBe(false);
  });

  it.each([
    ["1723161255343", 1723161255343000, 13],
    ["1723161255343127", 1723161255343127, 16],
    ["999999999999", 999999999999000, 12],
    ["100000000000000", 100000000000000, 15],
    ["9007199254740991", 9007199254740991, 16],
    ["9007199254740992", 0, NOWHERE],
    ["0723161255343", 0, NOWHERE],
    ["17231612553431271", 0, NOWHERE],
  ])("the time %s is %d microseconds", (text, micros, length) => {
    cursor.take(Buffer.from(`{${text}}`));
    expect(cursor.time(1)).toBe(length === NOWHERE ? NOWHERE : 1 + length);
    if (length !== NOWHERE) expect(cursor.value).toBe(micros);
  });
});
