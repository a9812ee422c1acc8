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
    expect(["klingon", "UTF-16LE", ""].map(charsetOf)).toEqual([undefined, undefined, undefined]);
  });
});
