import { describe, expect, it } from "vitest";
import { SchemaCodec } from "../dynamic/schema-codec.js";
import { generatedModule } from "../spec-support/generated-module.js";
import { compileText, schemaText } from "../spec-support/memory-schema.js";

const TYPES = `<composite name="groupSizeEncoding"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint16"/></composite>
<enum name="Side" encodingType="uint8" sinceVersion="2"><validValue name="Buy">1</validValue></enum>
<set name="Flags" encodingType="uint8" sinceVersion="2"><choice name="a">0</choice></set>
<composite name="Inner" sinceVersion="2"><type name="deep" primitiveType="int32"/><type name="deeper" primitiveType="uint64" sinceVersion="3"/></composite>
<composite name="Price"><type name="mantissa" primitiveType="int64"/><type name="scale" primitiveType="int8" sinceVersion="1"/>
<type name="code" primitiveType="char" length="3" sinceVersion="1"/><type name="pair" primitiveType="int16" length="2" sinceVersion="2"/>
<type name="fixed" primitiveType="uint8" presence="constant" sinceVersion="2">9</type><ref name="side" type="Side" sinceVersion="2"/><ref name="flags" type="Flags" sinceVersion="2"/>
<ref name="inner" type="Inner" sinceVersion="2"/><type name="last" primitiveType="uint16" sinceVersion="3"/></composite>`;

const MESSAGES = `<message name="M" id="1"><field name="price" id="1" type="Price"/>
<group name="levels" id="2"><field name="at" id="3" type="Price"/></group></message>`;

const PRICE = {
  mantissa: "-5",
  scale: 3,
  code: "abc",
  pair: [1, 2],
  side: "Buy",
  flags: ["a"],
  inner: { deep: 7, deeper: "8" },
  last: 11,
};

type Decoder = new () => {
  wrapAndApplyHeader(view: DataView, offset: number, length: number): { toJSON(): unknown };
};

describe("members of composites that came later", async () => {
  const schema = schemaText(TYPES, MESSAGES);
  const codec = new SchemaCodec(compileText(schema).tokens);
  const module = await generatedModule(schema);
  const Decoder = module.MDecoder as unknown as Decoder;
  const MDecoder = module.MDecoder as unknown as {
    decode(view: DataView, offset: number, length: number, values: object): void;
  };
  const given = { price: PRICE, levels: [{ at: PRICE }, { at: PRICE }] };

  it.each([0, 1, 2, 3])("read as the run-time codec reads them from version %i", (version) => {
    const frame = codec.encode("M", given, { version });
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const found = new Decoder().wrapAndApplyHeader(view, 0, frame.length).toJSON();
    const expected = codec.decode(frame).values as unknown as { price: Record<string, unknown> };
    expect(JSON.parse(JSON.stringify(found))).toEqual(expected);
    const { price } = expected;
    expect(price.scale).toBe(version >= 1 ? 3 : null);
    expect(price.last).toBe(version >= 3 ? 11 : null);
    expect(price.inner).toEqual(version >= 2 ? { deep: 7, deeper: version >= 3 ? "8" : null } : null);
    expect(price.fixed).toBe(9);
  });

  it.each([0, 1, 2, 3])("become null in values from version %i", (version) => {
    const frame = codec.encode("M", given, { version });
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const values = new module.MValues!() as unknown as Record<string, unknown> & {
      readonly levels: { readonly entries: readonly Record<string, unknown>[] };
    };
    MDecoder.decode(view, 0, frame.length, values);
    const from = (since: number, value: number, absent: number) => (version >= since ? value : absent);
    expect(values).toMatchObject({
      priceMantissaLo: -5,
      priceScale: from(1, 3, -128),
      priceSide: from(2, 1, 255),
      priceFlags: from(2, 1, 0),
      priceInnerDeep: from(2, 7, -(2 ** 31)),
      priceInnerDeeperLo: from(3, 8, -1),
      priceLast: from(3, 11, 65_535),
    });
    expect(values.levels.entries[1]).toMatchObject({
      atScale: from(1, 3, -128),
      atInnerDeeperLo: from(3, 8, -1),
      atLast: from(3, 11, 65_535),
    });
  });

  it("are there when a composite is read without a message", () => {
    const PriceDecoder = module.PriceDecoder as unknown as new () => {
      wrap(view: DataView, offset: number, actingVersion?: number): { last(): number | null };
    };
    const frame = codec.encode("M", given);
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    expect(new PriceDecoder().wrap(view, 8).last()).toBe(11);
    expect(new PriceDecoder().wrap(view, 8, 2).last()).toBe(null);
  });
});
