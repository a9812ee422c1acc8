import { describe, expect, it } from "vitest";
import { charsetOf } from "../schema/charset-name.js";
import { hexOf, octetsOfHex } from "./json-value.js";
import { textCodec } from "./text-codec.js";

describe("charsets", () => {
  it.each([
    ["US-ASCII", "Az", "417a"],
    ["ISO-8859-1", "é\u0080", "e980"],
    ["UTF-8", "\ufeffé€😀", "efbbbfc3a9e282acf09f9880"],
    ["WINDOWS-1251", "€Я", "88df"],
    ["GB18030", "价€é😀", "bcdba2e3a8a69439fc36"],
    ["SHIFT_JIS", "価格", "89bf8a69"],
    ["EUC-JP", "価丂", "b2c18fb0a1"],
    ["UTF-16", "Aé😀", "feff004100e9d83dde00"],
    ["UTF-16", "", ""],
    ["UTF-16BE", "\ufeffA😀", "feff0041d83dde00"],
    ["UTF-16LE", "\ufeffA😀", "fffe41003dd800de"],
  ])("%s both ways", (charset, text, hex) => {
    const codec = textCodec(charset);
    expect(hexOf(codec.encode(text)!)).toBe(hex);
    expect(codec.decode(octetsOfHex(hex)!)).toBe(text);
  });

  it.each([
    ["US-ASCII", "é"],
    ["ISO-8859-1", "€"],
    ["SHIFT_JIS", "😀"],
  ])("%s lacks %s", (charset, text) => {
    expect(textCodec(charset).encode(text)).toBeUndefined();
  });

  it("read what they do not know as U+FFFD", () => {
    expect(textCodec("US-ASCII").decode(octetsOfHex("41ff")!)).toBe("A\ufffd");
    expect(textCodec("UTF-8").decode(octetsOfHex("41ff")!)).toBe("A\ufffd");
    expect(textCodec("UTF-16LE").decode(octetsOfHex("4100 00d8 4200 43")!)).toBe("A\ufffdB\ufffd");
  });

  it.each([
    ["its own order", "feff0041", "A"],
    ["the other order", "fffe4100", "A"],
    ["no mark", "0041", "A"],
    ["a mark alone", "feff", ""],
    ["half a unit", "00", "\ufffd"],
  ])("UTF-16 reads %s", (_, hex, text) => {
    expect(textCodec("UTF-16").decode(octetsOfHex(hex)!)).toBe(text);
  });

  it("UTF-16 is padded by units: a zero octet within one ends nothing", () => {
    const lengthOf = (charset: string, hex: string) => textCodec(charset).unpaddedLength(octetsOfHex(hex)!);
    expect(lengthOf("UTF-16LE", "4100 0041 0000 4200")).toBe(4);
    expect(lengthOf("UTF-16BE", "0041 4100 0042")).toBe(6);
    expect(lengthOf("UTF-16", "0000")).toBe(0);
    expect(lengthOf("UTF-16LE", "4100 42")).toBe(2);
    expect(lengthOf("UTF-8", "4100 41")).toBe(1);
  });

  it("half a pair is written as U+FFFD", () => {
    const hex = (text: string) => hexOf(textCodec("UTF-16BE").encode(text)!);
    expect([hex("\ud83d"), hex("\ude00A"), hex("A\ud83d\ud83d\ude00")]).toEqual([
      "fffd",
      "fffd0041",
      "0041fffdd83dde00",
    ]);
  });

  it("are known by all their names, in any case", () => {
    const names = ["ascii", "US-ASCII", "Utf8", "latin1", "ISO8859_1", "cp1252", "gb18030", "Shift_JIS"];
    expect(names.map(charsetOf)).toEqual([
      "US-ASCII",
      "US-ASCII",
      "UTF-8",
      "ISO-8859-1",
      "ISO-8859-1",
      "WINDOWS-1252",
      "GB18030",
      "SHIFT_JIS",
    ]);
    expect(["utf-16", "UnicodeBig", "x-utf-16le", "UTF_16BE"].map(charsetOf)).toEqual([
      "UTF-16",
      "UTF-16",
      "UTF-16LE",
      "UTF-16BE",
    ]);
    expect(["klingon", "ISO-2022-JP", "", "constructor"].map(charsetOf)).toEqual(
      new Array(4).fill(undefined),
    );
  });
});
