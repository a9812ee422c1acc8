import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generatedModule } from "../spec-support/generated-module.js";
import { schemaText } from "../spec-support/memory-schema.js";

const TYPES = `
  <type name="Text" primitiveType="char" length="11" characterEncoding="ISO-8859-1"/>
  <type name="Long" primitiveType="char" length="70"/>
  <type name="Numbers" primitiveType="int16" length="3"/>
  <type name="Maybe" primitiveType="int64" presence="optional"/>
  <type name="MaybeSmall" primitiveType="uint8" presence="optional" nullValue="77"/>
  <type name="Fixed" primitiveType="uint8" presence="constant">3</type>
  <enum name="Side" encodingType="uint8"><validValue name="buy">1</validValue></enum>
  <set name="Marks" encodingType="uint16"><choice name="first">0</choice></set>
  <set name="Wide" encodingType="uint64"><choice name="last">63</choice></set>
  <composite name="Price">
    <type name="mantissa" primitiveType="int64"/><type name="scale" primitiveType="int8"/>
    <ref name="side" type="Side"/><type name="unit" primitiveType="uint8" presence="constant">1</type>
  </composite>`;

const MESSAGE = `<message name="M" id="4" blockLength="200">
  <field name="small" id="1" type="int8"/><field name="wide" id="2" type="uint64"/>
  <field name="text" id="3" type="Text"/><field name="numbers" id="4" type="Numbers"/>
  <field name="ratio" id="5" type="double"/><field name="price" id="6" type="Price" offset="50"/>
  <field name="side" id="7" type="Side"/><field name="marks" id="8" type="Marks"/>
  <field name="bits" id="9" type="Wide"/><field name="fixed" id="10" type="Fixed"/>
  <field name="limit" id="11" type="uint32"/>
  <field name="later" id="12" type="Maybe" sinceVersion="2"/>
  <field name="latest" id="13" type="MaybeSmall" sinceVersion="3"/>
  <field name="lastText" id="14" type="Long" sinceVersion="3"/>
</message>`;

const BLOCK = 200;
const FRAME = 8 + BLOCK;

interface Values {
  [name: string]: unknown;
}

interface Codec {
  encode(view: DataView, offset: number, values: Values): number;
  decode(view: DataView, offset: number, length: number, values: Values): void;
  new (): Record<string, (...args: unknown[]) => unknown>;
}

const values = fc.record({
  small: fc.integer({ min: -128, max: 127 }),
  wide: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  text: fc.uint8Array({ minLength: 11, maxLength: 11 }),
  numbers: fc.uint8Array({ minLength: 6, maxLength: 6 }),
  ratio: fc.double({ noNaN: true }),
  mantissa: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  scale: fc.integer({ min: -128, max: 127 }),
  side: fc.integer({ min: 0, max: 255 }),
  marks: fc.integer({ min: 0, max: 65_535 }),
  bits: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  limit: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  later: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  latest: fc.integer({ min: 0, max: 255 }),
  lastText: fc.uint8Array({ minLength: 70, maxLength: 70 }),
});

const low = (value: bigint) => Number(BigInt.asIntN(32, value));
const high = (value: bigint) => Number(value >> 32n);

describe.each(["littleEndian", "bigEndian"])("values at once in %s order", async (byteOrder) => {
  const module = await generatedModule(schemaText(TYPES, MESSAGE, `byteOrder="${byteOrder}"`));
  const Encoder = module.MEncoder as unknown as Codec;
  const Decoder = module.MDecoder as unknown as Codec;
  const MValues = module.MValues as unknown as new () => Values;

  type Given = typeof values extends fc.Arbitrary<infer T> ? T : never;

  function filled(given: Given): Values {
    const one = new MValues();
    const words = (name: string, value: bigint) => {
      one[`${name}Lo`] = low(value);
      one[`${name}Hi`] = high(value);
    };
    for (const name of ["small", "ratio", "side", "marks", "latest"] as const) one[name] = given[name];
    for (const name of ["text", "numbers", "lastText"] as const) (one[name] as Uint8Array).set(given[name]);
    one.limit_ = given.limit;
    one.priceScale = given.scale;
    one.priceSide = given.side;
    words("wide", given.wide);
    words("priceMantissa", given.mantissa);
    words("bits", given.bits);
    words("later", given.later);
    return one;
  }

  function writtenBySetters(given: Given): Uint8Array {
    const bytes = new Uint8Array(FRAME + 6).fill(0xa5);
    const encoder = new Encoder();
    encoder.wrapAndApplyHeader!(new DataView(bytes.buffer), 3);
    for (const name of ["small", "wide", "ratio", "side", "marks", "bits", "later", "latest"] as const)
      encoder[name]!(given[name]);
    encoder.limit_!(given.limit);
    encoder.textBytes!(given.text, 0, 11);
    encoder.numbersBytes!(given.numbers, 0);
    encoder.lastTextBytes!(given.lastText, 0, 70);
    const price = encoder.price!() as InstanceType<Codec>;
    price.mantissa!(given.mantissa);
    price.scale!(given.scale);
    price.side!(given.side);
    return bytes;
  }

  it("are written as setters write them, and read back as they were", () => {
    fc.assert(
      fc.property(values, (given) => {
        const bytes = new Uint8Array(FRAME + 6).fill(0xa5);
        const view = new DataView(bytes.buffer);
        const source = filled(given);
        Encoder.encode(view, 3, source);
        expect(bytes).toEqual(writtenBySetters(given));
        const found = new MValues();
        Decoder.decode(view, 3, FRAME, found);
        expect(found).toEqual(source);
      }),
    );
  });

  it("become null where an older frame lacks them", () => {
    const bytes = new Uint8Array(FRAME).fill(0x21);
    const view = new DataView(bytes.buffer);
    const source = filled(fc.sample(values, { seed: 7, numRuns: 1 })[0]!);
    Encoder.encode(view, 0, source);
    view.setUint16(6, 1, byteOrder === "littleEndian");
    const found = filled(fc.sample(values, { seed: 8, numRuns: 1 })[0]!);
    Decoder.decode(view, 0, FRAME, found);
    expect(found).toMatchObject({ small: source.small, laterLo: 0, laterHi: -(2 ** 31), latest: 77 });
    expect(found.laterNumber).toBe(null);
    expect(found.lastText).toEqual(new Uint8Array(70));
    view.setUint16(6, 3, byteOrder === "littleEndian");
    Decoder.decode(view, 0, FRAME, found);
    expect(found.latest).toBe(source.latest);
  });

  it("are left alone by a frame that is not whole, at every length", () => {
    const bytes = new Uint8Array(FRAME);
    Encoder.encode(new DataView(bytes.buffer), 0, filled(fc.sample(values, { seed: 9, numRuns: 1 })[0]!));
    const untouched = new MValues();
    const found = new MValues();
    for (let length = 0; length < FRAME; length++) {
      const view = new DataView(bytes.slice(0, length).buffer);
      expect(() => Decoder.decode(view, 0, length, found)).toThrow(/truncated|ends|octets/);
      expect(() => Encoder.encode(view, 0, found)).toThrow(/octets|room/);
    }
    expect(found).toEqual(untouched);
    const view = new DataView(bytes.buffer);
    view.setUint16(2, 9, byteOrder === "littleEndian");
    expect(() => Decoder.decode(view, 0, FRAME, found)).toThrow(/template/);
    for (const offset of [-1, 1, Number.NaN])
      expect(() => Decoder.decode(view, offset, FRAME, found)).toThrow();
  });

  it("are numbers and texts, too", () => {
    const one = new MValues();
    one.priceMantissaNumber = -5_000_000_000;
    expect([one.priceMantissaLo, one.priceMantissaHi]).toEqual([low(-5_000_000_000n), -2]);
    expect(one.priceMantissaNumber).toBe(-5_000_000_000);
    one.laterNumber = null;
    expect([one.laterLo, one.laterHi]).toEqual([0, -(2 ** 31)]);
    one.wideHi = 2 ** 31;
    expect(() => one.wideNumber).toThrow(/M\.wide/);
    expect(() => {
      one.wideNumber = -1;
    }).toThrow(/M\.wide/);
    one.textText = "Zürich";
    expect(one.textText).toBe("Zürich");
    expect(() => {
      one.textText = "twelve chars";
    }).toThrow(/M\.text/);
    const octets = Uint8Array.from("[abc]", (letter) => letter.charCodeAt(0));
    const take = one.textBytes as (source: Uint8Array, start: number, length: number) => void;
    take.call(one, octets, 1, 3);
    expect(one.text).toEqual(Uint8Array.from([97, 98, 99, 0, 0, 0, 0, 0, 0, 0, 0]));
    expect(one.textText).toBe("abc");
    expect(() => take.call(one, new Uint8Array(12), 0, 12)).toThrow(/M\.text/);
    expect(() => take.call(one, octets, 4, 3)).toThrow(/M\.text/);
  });

  it("give the octets written", () => {
    const view = new DataView(new ArrayBuffer(FRAME + 1));
    expect(Encoder.encode(view, 1, new MValues())).toBe(FRAME);
  });
});

describe("a debug build", () => {
  it("refuses values that their octets cannot hold", async () => {
    const module = await generatedModule(schemaText(TYPES, MESSAGE), {
      checks: true,
    });
    const one = new (module.MValues as unknown as new () => Values)();
    one.small = 128;
    const view = new DataView(new ArrayBuffer(FRAME));
    expect(() => (module.MEncoder as unknown as Codec).encode(view, 0, one)).toThrow(/M\.small/);
  });
});
