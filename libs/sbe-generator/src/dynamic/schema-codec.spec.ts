import { describe, expect, it } from "vitest";
import { compileText, schemaText } from "../spec-support/memory-schema.js";
import { decodeFrames } from "./decode-frames.js";
import { hexOf, type JsonObject, octetsOfHex } from "./json-value.js";
import { SchemaCodec } from "./schema-codec.js";

const TYPES = `<composite name="dim"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint16"/></composite>
<composite name="few"><type name="blockLength" primitiveType="uint8"/><type name="numInGroup" primitiveType="uint8" minValue="1" maxValue="3"/></composite>
<composite name="text"><type name="length" primitiveType="uint8"/><type name="varData" length="0" primitiveType="uint8" characterEncoding="UTF-8"/></composite>
<composite name="blob"><type name="length" primitiveType="uint16" maxValue="4"/><type name="varData" length="0" primitiveType="uint8"/></composite>
<composite name="price"><type name="mantissa" primitiveType="int64"/><type name="exponent" presence="constant" primitiveType="int8">-2</type><type name="extra" primitiveType="uint8" presence="optional" sinceVersion="2"/></composite>
<enum name="Side" encodingType="char"><validValue name="Buy">B</validValue></enum>
<set name="Flags" encodingType="uint8"><choice name="a">0</choice><choice name="b">7</choice></set>
<type name="Symbol" primitiveType="char" length="4"/><type name="Two" primitiveType="int16" length="2" presence="optional"/>`;

const MESSAGES = `<message name="All" id="1"><field name="id" id="1" type="uint64"/><field name="side" id="2" type="Side"/><field name="flags" id="3" type="Flags"/>
<field name="symbol" id="4" type="Symbol"/><field name="two" id="5" type="Two"/><field name="price" id="6" type="price"/><field name="late" id="7" type="uint8" sinceVersion="2"/>
<group name="levels" id="8" dimensionType="dim"><field name="qty" id="1" type="float"/><group name="orders" id="2" dimensionType="few"/><data name="note" id="3" type="text"/></group>
<data name="text" id="9" type="text"/><data name="blob" id="10" type="blob" sinceVersion="3"/></message>
<message name="Empty" id="2"/><message name="Hollow" id="3"><group name="g" id="1" dimensionType="dim"/></message>`;

const codec = new SchemaCodec(compileText(schemaText(TYPES, MESSAGES)).tokens);

const VALUES: JsonObject = {
  id: "18446744073709551614",
  side: "Buy",
  flags: ["b"],
  symbol: "BTC",
  two: [null, -7],
  price: { mantissa: "-5", extra: 9 },
  late: 8,
  levels: [
    { qty: 1.5, orders: [{}], note: "" },
    { qty: "NaN", orders: [{}, {}], note: "zwölf" },
  ],
  text: "€",
  blob: { hex: "00ff" },
};

const frame = codec.encode("All", VALUES);

describe("SchemaCodec", () => {
  it("reads what it wrote, from within a larger buffer", () => {
    const buffer = new Uint8Array(frame.length + 9).fill(0x55);
    buffer.set(frame, 3);
    expect(codec.decode(buffer.subarray(1), 2)).toEqual({
      message: "All",
      templateId: 1,
      schemaId: 7,
      version: 3,
      blockLength: 28,
      length: frame.length,
      values: { ...VALUES, price: { mantissa: "-5", exponent: -2, extra: 9 } },
    });
  });

  it("writes padding and what is not given as zero", () => {
    expect(hexOf(codec.encode("Empty", {}))).toBe("0000020007000300");
    expect(hexOf(codec.encode("Empty", {}, { version: 1 }))).toBe("0000020007000100");
  });

  it("gives what the frame's version does not have as absent", () => {
    const old = octetsOfHex(`1b00010007000000${hexOf(frame).slice(16, 16 + 54)}000002c3a4`)!;
    // The version decides: the block of version 0 would have room for the member that came with version 2.
    old.set([0, 0], 6);
    const decoded = codec.decode(octetsOfHex(`${hexOf(old).slice(0, 70)}1c00000002c3a4`)!);
    expect(decoded.values).toMatchObject({
      price: { mantissa: "-5", exponent: -2, extra: null },
      late: null,
      levels: [],
      text: "ä",
      blob: { hex: "" },
    });
    expect(decoded.length).toBe(8 + 27 + 4 + 3);
  });

  it("skips what a newer version added to blocks", () => {
    const newer = octetsOfHex("020002000700ff00aabb")!;
    expect(codec.decode(newer)).toMatchObject({ message: "Empty", version: 255, length: 10, values: {} });
  });

  it.each([
    ["another number", { id: "18446744073709551616" }, "All.id"],
    ["a fraction", { id: 1.5 }, "All.id"],
    ["null in a required field", { id: null }, "All.id"],
    ["an unknown name", { ident: 1 }, "All.ident"],
    ["an unknown enum value", { side: "Sell" }, "All.side"],
    ["an enum number out of range", { side: { raw: 256 } }, "All.side"],
    ["an unknown choice", { flags: ["c"] }, "All.flags"],
    ["a set that is no list", { flags: "a" }, "All.flags"],
    ["a long text", { symbol: "BTCUS" }, "All.symbol"],
    ["a character that ASCII lacks", { symbol: "é" }, "All.symbol"],
    ["a short array", { two: [1] }, "All.two"],
    ["a wrong element", { two: [1, 40_000] }, "All.two[1]"],
    ["a composite that is no object", { price: 1 }, "All.price"],
    ["a member that is missing", { price: {} }, "All.price.mantissa"],
    ["a group that is no list", { levels: {} }, "All.levels"],
    ["an entry that is no object", { levels: [1] }, "All.levels[0]"],
    ["too few entries", { levels: [{ qty: 1, orders: [] }] }, "All.levels[0].orders"],
    ["too many entries", { levels: [{ qty: 1, orders: [{}, {}, {}, {}] }] }, "All.levels[0].orders"],
    ["long data", { blob: { hex: "0011223344" } }, "All.blob"],
    ["text for octets", { blob: "abc" }, "All.blob"],
  ])("refuses to write %s", (_, change, path) => {
    const write = () => codec.encode("All", { ...VALUES, ...change } as JsonObject);
    expect(write).toThrow(expect.objectContaining({ code: "sbe.invalid-value", path }));
  });

  it("refuses messages and frames of others", () => {
    const frameOf = (hex: string) => () => codec.decode(octetsOfHex(hex)!);
    expect(() => codec.encode("Nothing", {})).toThrow(
      expect.objectContaining({ code: "sbe.unknown-message" }),
    );
    expect(frameOf("0000020008000300")).toThrow(expect.objectContaining({ code: "sbe.wrong-schema" }));
    expect(frameOf("0000090007000300")).toThrow(expect.objectContaining({ code: "sbe.unknown-template" }));
  });

  it("bounds entries without octets, and counts beyond the maximum", () => {
    const hollow = (count: string) => () => codec.decode(octetsOfHex(`0000030007000300 0000 ${count}`)!);
    expect(hollow("0100")()).toMatchObject({ values: { g: [{}] } });
    expect(hollow("ffff")).toThrow(expect.objectContaining({ code: "sbe.count-too-large" }));
    const orders = codec.encode("All", { ...VALUES, levels: [{ qty: 1, orders: [{}], note: "" }] });
    orders[8 + 28 + 4 + 4 + 1] = 4;
    expect(() => codec.decode(orders)).toThrow(
      expect.objectContaining({ code: "sbe.count-too-large", path: "All.levels[0].orders" }),
    );
  });
});

describe("frames one behind the other", () => {
  const next = codec.encode("Empty", {});

  it("are found by their lengths, unknown ones by their block", () => {
    const unknown = octetsOfHex("0300090007000300aabbcc")!;
    const bytes = Uint8Array.from([...frame, ...unknown, ...next]);
    const frames = [...decodeFrames(codec, bytes)];
    expect(frames.map(({ message, length }) => [message, length])).toEqual([
      ["All", frame.length],
      [null, 11],
      ["Empty", 8],
    ]);
    expect(frames[1]).toMatchObject({ templateId: 9, block: { hex: "aabbcc" } });
  });

  it("are given up to the first that is damaged", () => {
    const bytes = Uint8Array.from([...next, ...frame.subarray(0, 20)]);
    const frames = decodeFrames(codec, bytes);
    expect(frames.next().value).toMatchObject({ message: "Empty" });
    expect(() => frames.next()).toThrow(expect.objectContaining({ code: "sbe.truncated" }));
  });
});
