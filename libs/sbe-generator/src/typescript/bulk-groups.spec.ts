import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../dynamic/json-value.js";
import { SchemaCodec } from "../dynamic/schema-codec.js";
import { type GeneratedModule, generatedModule } from "../spec-support/generated-module.js";
import { compileText, schemaText } from "../spec-support/memory-schema.js";

const TYPES = `<composite name="groupSizeEncoding"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint8" maxValue="20"/></composite>
<composite name="Text"><type name="length" primitiveType="uint16" maxValue="300"/><type name="varData" length="0" primitiveType="uint8" characterEncoding="UTF-8"/></composite>
<composite name="Bytes"><type name="length" primitiveType="uint8"/><type name="varData" length="0" primitiveType="uint8"/></composite>
<type name="Code" primitiveType="char" length="5"/><type name="Maybe" primitiveType="int32" presence="optional"/>`;

const MESSAGES = `<message name="Book" id="1"><field name="seq" id="1" type="uint64"/>
<group name="levels" id="10"><field name="price" id="11" type="int64"/><field name="size" id="12" type="uint32"/><field name="extra" id="13" type="Maybe" sinceVersion="2"/></group>
<group name="orders" id="20" blockLength="12"><field name="id" id="21" type="uint16"/><field name="code" id="25" type="Code"/>
<group name="fills" id="22"><field name="quantity" id="23" type="double"/></group><data name="note" id="24" type="Text"/></group>
<group name="late" id="26" sinceVersion="3"><field name="z" id="27" type="int8"/></group>
<data name="comment" id="30" type="Text"/><data name="raw" id="31" type="Bytes" sinceVersion="3"/></message>`;

interface Group<Entry> {
  count: number;
  readonly entries: readonly Entry[];
  resize(count: number): readonly Entry[];
}

interface Data {
  bytes: Uint8Array;
  start: number;
  length: number;
  text: string;
  readonly octets: Uint8Array;
  set(source: Uint8Array, start?: number, length?: number): void;
}

interface Level {
  priceLo: number;
  priceHi: number;
  size: number;
  extra: number;
}

interface Order {
  id: number;
  codeText: string;
  readonly fills: Group<{ quantity: number }>;
  readonly note: Data;
}

interface Book {
  seqLo: number;
  readonly levels: Group<Level>;
  readonly orders: Group<Order>;
  readonly late: Group<{ z: number }>;
  readonly comment: Data;
  readonly raw: Data;
}

interface Encoder {
  readonly MAX_LENGTH: number;
  encode(view: DataView, offset: number, values: Book): number;
  encodedLengthOf(values: Book): number;
  encodedLengthFor(counts: Readonly<Record<string, number>>): number;
}

interface Decoder {
  decode(view: DataView, offset: number, length: number, values: Book): void;
  new (): { wrapAndApplyHeader(view: DataView, offset: number, length: number): { toJSON(): unknown } };
}

const word = (max: number) => fc.integer({ min: 0, max });
const text = fc
  .string({ unit: "grapheme", maxLength: 80, size: "max" })
  .filter((one) => Buffer.byteLength(one) <= 300);
const hex = fc
  .uint8Array({ maxLength: 254, size: "max" })
  .map((one) => ({ hex: Buffer.from(one).toString("hex") }));
const json = fc.record({
  seq: fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }).map(String),
  levels: fc.array(
    fc.record({
      price: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      size: word(2 ** 32 - 2),
      extra: fc.option(fc.integer({ min: -1000, max: 1000 })),
    }),
    { maxLength: 20 },
  ),
  orders: fc.array(
    fc.record({
      id: word(65_534),
      code: fc.stringMatching(/^[A-Z]{0,5}$/),
      fills: fc.array(fc.record({ quantity: fc.integer() }), { maxLength: 20 }),
      note: text,
    }),
    { maxLength: 5 },
  ),
  late: fc.array(fc.record({ z: word(100) }), { maxLength: 3 }),
  comment: text,
  raw: hex,
});

const code = (expected: string) => expect.objectContaining({ name: "SbeError", code: expected });
const low = (value: bigint) => Number(BigInt.asIntN(32, value));

describe.each(["littleEndian", "bigEndian"])("values of groups and data in %s order", async (byteOrder) => {
  const schema = schemaText(TYPES, MESSAGES, `byteOrder="${byteOrder}"`);
  const codec = new SchemaCodec(compileText(schema).tokens);
  const module: GeneratedModule = await generatedModule(schema);
  const Encoder = module.BookEncoder as unknown as Encoder;
  const Decoder = module.BookDecoder as unknown as Decoder;
  const BookValues = module.BookValues as unknown as new () => Book;

  const sample = (seed: number) => fc.sample(json, { seed, numRuns: 1 })[0]! as JsonObject;
  const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  function decoded(frame: Uint8Array): Book {
    const values = new BookValues();
    Decoder.decode(viewOf(frame), 0, frame.length, values);
    return values;
  }

  it("are read and written as the run-time codec does, with the same objects for message after message", () => {
    const values = new BookValues();
    fc.assert(
      fc.property(json, (given) => {
        const frame = codec.encode("Book", given as JsonObject);
        const framed = new Uint8Array(frame.length + 7).fill(0xa5);
        framed.set(frame, 3);
        Decoder.decode(viewOf(framed), 3, frame.length, values);
        expect(values.seqLo).toBe(low(BigInt(given.seq)));
        const levels = values.levels.entries.slice(0, values.levels.count);
        expect(levels.map(({ priceLo, size }) => [priceLo, size])).toEqual(
          given.levels.map(({ price, size }) => [low(BigInt(price)), size]),
        );
        const orders = values.orders.entries.slice(0, values.orders.count);
        expect(
          orders.map((order) => ({
            id: order.id,
            code: order.codeText,
            fills: order.fills.entries.slice(0, order.fills.count).map(({ quantity }) => ({ quantity })),
            note: order.note.text,
          })),
        ).toEqual(given.orders);
        expect(values.comment.text).toBe(given.comment);
        expect(Buffer.from(values.raw.octets).toString("hex")).toBe(given.raw.hex);

        expect(Encoder.encodedLengthOf(values)).toBe(frame.length);
        const copy = new Uint8Array(frame.length + 7).fill(0xa5);
        expect(Encoder.encode(viewOf(copy), 3, values)).toBe(frame.length);
        expect(copy).toEqual(framed);
      }),
    );
  });

  it("have a length that counts tell, and that is never above the greatest", () => {
    fc.assert(
      fc.property(json, (given) => {
        const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
        const counts = {
          levels: given.levels.length,
          orders: given.orders.length,
          "orders.fills": sum(given.orders.map(({ fills }) => fills.length)),
          "orders.note": sum(given.orders.map(({ note }) => Buffer.byteLength(note))),
          late: given.late.length,
          comment: Buffer.byteLength(given.comment),
          raw: given.raw.hex.length / 2,
        };
        const length = codec.encode("Book", given as JsonObject).length;
        expect(Encoder.encodedLengthFor(counts)).toBe(length);
        expect(Encoder.MAX_LENGTH).toBeGreaterThanOrEqual(length);
      }),
    );
    // header, block, levels, orders with 20 fills and a note each, late, comment, raw
    const orders = 3 + 20 * (12 + 3 + 20 * 8 + 2 + 300);
    expect(Encoder.MAX_LENGTH).toBe(8 + 8 + (3 + 20 * 16) + orders + (3 + 20) + (2 + 300) + (1 + 254));
  });

  it("are accepted from hostile frames just as getters accept them", () => {
    const frame = codec.encode("Book", sample(5));
    const values = new BookValues();
    const outcome = (run: () => unknown) => {
      try {
        run();
        return "read";
      } catch (error) {
        expect(error).toMatchObject({ name: "SbeError" });
        return (error as { code: string }).code;
      }
    };
    const check = (bytes: Uint8Array, length: number) => {
      const view = viewOf(bytes);
      const ofValues = outcome(() => Decoder.decode(view, 0, length, values));
      const ofGetters = outcome(() => new Decoder().wrapAndApplyHeader(view, 0, length).toJSON());
      // Getters of numbers find nothing wrong that reading as words would not.
      expect([length, ofValues]).toEqual([length, ofGetters]);
    };
    for (let length = 0; length <= frame.length; length++) check(frame.slice(0, length), length);
    fc.assert(
      fc.property(fc.array(fc.tuple(word(frame.length - 1), word(255)), { maxLength: 4 }), (changes) => {
        const bytes = frame.slice();
        for (const [at, octet] of changes) bytes[at] = octet;
        check(bytes, bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it("write nothing when there is no room, or counts and lengths are wrong", () => {
    const frame = codec.encode("Book", sample(7));
    const bytes = new Uint8Array(frame.length).fill(0xa5);
    const untouched = bytes.slice();
    for (let length = 0; length < frame.length; length++) {
      const view = new DataView(bytes.buffer, 0, length);
      expect(() => Encoder.encode(view, 0, decoded(frame))).toThrow(code("sbe.no-room"));
    }
    for (const offset of [-1, 1, Number.NaN]) {
      expect(() => Encoder.encode(viewOf(bytes), offset, decoded(frame))).toThrow(code("sbe.no-room"));
    }
    const refusals: readonly (readonly [string, (values: Book) => unknown])[] = [
      ...[-1, 21, 1.5, Number.NaN].map((count) => {
        return ["sbe.out-of-range", (values: Book) => Object.assign(values.levels, { count })] as const;
      }),
      ["sbe.out-of-range", ({ late }) => Object.assign(late, { count: late.entries.length + 1 })],
      ["sbe.out-of-range", (values) => values.orders.resize(1)[0]!.note.set(new Uint8Array(4), 3, 2)],
      ["sbe.out-of-range", (values) => values.comment.set(new Uint8Array(4), -1, 2)],
      ["sbe.out-of-range", (values) => values.comment.set(new Uint8Array(4), 0, 1.5)],
      ["sbe.out-of-range", (values) => values.comment.set(new Uint8Array(4), 0, Number.NaN)],
      ["sbe.text-too-long", (values) => values.comment.set(new Uint8Array(301))],
    ];
    for (const [expected, spoil] of refusals) {
      const values = decoded(frame);
      spoil(values);
      expect(() => Encoder.encode(viewOf(bytes), 0, values)).toThrow(code(expected));
      expect(() => Encoder.encodedLengthOf(values)).toThrow(code(expected));
    }
    expect(bytes).toEqual(untouched);
  });

  it("are null, none and empty where an older frame lacks them", () => {
    const { seq, orders } = sample(9);
    const given = { seq, orders, levels: [{ price: "5", size: 6 }], comment: "old" };
    const values = decoded(codec.encode("Book", { ...given, late: [{ z: 1 }], raw: { hex: "01" } }));
    expect([values.late.count, values.raw.length]).toEqual([1, 1]);
    const first = MESSAGES.replaceAll(/<field [^>]*sinceVersion[^>]*>/g, "")
      .replace(/<group name="late".*?<\/group>/, "")
      .replace(/<data name="raw"[^>]*>/, "");
    const firstCodec = new SchemaCodec(
      compileText(schemaText(TYPES, first, `byteOrder="${byteOrder}"`)).tokens,
    );
    const old = firstCodec.encode("Book", given, { version: 1 });
    Decoder.decode(viewOf(old), 0, old.length, values);
    expect([values.late.count, values.raw.length]).toEqual([0, 0]);
    expect(values.levels.entries[0]).toMatchObject({ priceLo: 5, size: 6, extra: -(2 ** 31) });
    expect(values.comment.text).toBe(given.comment);
  });

  it("keep their entries when a message has fewer", () => {
    const values = new BookValues();
    const [first] = values.levels.resize(3);
    expect(values.levels.resize(1)[0]).toBe(first);
    expect([values.levels.count, values.levels.entries.length]).toEqual([1, 3]);
    expect(values.levels.resize(3)[0]).toBe(first);
  });

  it("take texts and give them back, the same string where the octets repeat", () => {
    const values = new BookValues();
    for (const given of ["", "plain", "Zürich", "x".repeat(300), "", "plain", "plani"]) {
      values.comment.text = given;
      expect(values.comment.text).toBe(given);
      expect(Buffer.from(values.comment.octets).toString("utf8")).toBe(given);
    }
    values.comment.text = "x".repeat(301);
    expect(() => Encoder.encodedLengthOf(values)).toThrow(code("sbe.text-too-long"));
  });
});

it("values of data refuse text that their encoding lacks", async () => {
  const ascii = schemaText(TYPES.replace('"UTF-8"', '"US-ASCII"'), MESSAGES);
  const { BookValues } = (await generatedModule(ascii)) as unknown as { BookValues: new () => Book };
  expect(() => {
    new BookValues().comment.text = "ü";
  }).toThrow(code("sbe.text-not-encodable"));
});

it("a message without an exact greatest length does not tell one", async () => {
  const wide = TYPES.replace(
    'name="numInGroup" primitiveType="uint8" maxValue="20"',
    'name="numInGroup" primitiveType="uint32" maxValue="2147483647"',
  );
  const module = await generatedModule(schemaText(wide, MESSAGES));
  expect(module.BookEncoder).not.toHaveProperty("MAX_LENGTH");
  expect(module.BookEncoder).toHaveProperty("encodedLengthOf");
});
