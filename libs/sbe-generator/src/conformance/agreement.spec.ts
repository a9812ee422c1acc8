import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hexOf, type JsonObject, octetsOfHex } from "../dynamic/json-value.js";
import { compileText } from "../spec-support/memory-schema.js";
import type { CodecUnderTest } from "./codec-under-test.js";
import { GeneratedCode, type GeneratedModule } from "./generated-code.js";
import { generatedCodec } from "./generated-codec.js";
import { tokenCodec } from "./token-codec.js";

const integer = (name: string, primitive: string, rest = "") =>
  `<type name="${name}" primitiveType="${primitive}" ${rest}/>`;

function header(blockLength: string, others: string): string {
  const members = ["templateId", "schemaId", "version"].map((name) => integer(name, others)).join("");
  return `<composite name="messageHeader">${integer("blockLength", blockLength)}${members}</composite>`;
}

function dimension(blockLength: string, count: string, rest = ""): string {
  return `<composite name="groupSizeEncoding">${integer("blockLength", blockLength)}${integer("numInGroup", count, rest)}</composite>`;
}

function schema(types: string, content: string, order = "littleEndian"): string {
  return `<messageSchema package="p" id="7" version="3" byteOrder="${order}"><types>${types}</types><message name="M" id="1">${content}</message></messageSchema>`;
}

const USUAL_HEADER = header("uint16", "uint16");
const GROUP = `<field name="a" id="1" type="int8"/><group name="g" id="2"><field name="b" id="1" type="int16"/></group>`;
const GROUP_VALUES = { a: 5, g: [{ b: -2 }, { b: 3 }] };

const data = (encoding: string) =>
  `<composite name="text"><type name="length" primitiveType="uint16"/><type name="varData" length="0" primitiveType="uint8" characterEncoding="${encoding}"/></composite>`;
const texts = (encoding: string) =>
  schema(
    `${USUAL_HEADER}${data(encoding)}<type name="T" primitiveType="char" length="8" characterEncoding="${encoding}"/>`,
    '<field name="t" id="1" type="T"/><field name="n" id="2" type="uint8"/><data name="d" id="3" type="text"/>',
  );

const BOUNDS = "bounds of frames";
const bounds = schema(
  `${USUAL_HEADER}${dimension("uint8", "uint32", 'maxValue="2147483647"')}<composite name="text"><type name="length" primitiveType="uint16" maxValue="4"/><type name="varData" length="0" primitiveType="uint8"/></composite>
<type name="Optional" primitiveType="int8" presence="optional"/><type name="Code" primitiveType="char" length="2" presence="optional"/>`,
  `<field name="a" id="1" type="int16"/><field name="code" id="2" type="Code"/><field name="b" id="3" type="Optional"/><field name="c" id="4" type="int8" sinceVersion="1"/>
<group name="g" id="5"><field name="d" id="1" type="int8"/><field name="e" id="2" type="Optional"/></group><group name="empty" id="6"/><data name="t" id="7" type="text"/>`,
);

const DEPTH = 256;
const deep = `${'<group name="g" id="1"><field name="f" id="2" type="uint8"/>'.repeat(DEPTH)}${"</group>".repeat(DEPTH)}`;
const deepValues = (levels: number): JsonObject =>
  levels === 0 ? { f: 9, g: [] } : { f: levels % 100, g: [deepValues(levels - 1)] };

/** [what, schema, values, octets or undefined where only both ways of coding are compared] */
const CASES: readonly (readonly [string, string, JsonObject, string | undefined])[] = [
  [
    "a header of unsigned 64 bits",
    schema(header("uint64", "uint64") + dimension("uint8", "uint8"), GROUP),
    GROUP_VALUES,
    "0100000000000000 0100000000000000 0700000000000000 0300000000000000 05 0202 feff 0300",
  ],
  [
    "a header of signed 64 bits, big-endian",
    schema(header("uint64", "int64") + dimension("uint8", "uint8"), GROUP, "bigEndian"),
    GROUP_VALUES,
    "0000000000000001 0000000000000001 0000000000000007 0000000000000003 05 0202 fffe 0003",
  ],
  [
    "a header of signed 32 bits",
    schema(header("uint16", "int32") + dimension("uint8", "uint8"), GROUP),
    GROUP_VALUES,
    "0100 01000000 07000000 03000000 05 0202 feff 0300",
  ],
  [
    "dimensions of unsigned 64 bits",
    schema(USUAL_HEADER + dimension("uint64", "uint64"), GROUP),
    GROUP_VALUES,
    "0100010007000300 05 0200000000000000 0200000000000000 feff 0300",
  ],
  [
    "dimensions of signed 64 bits, big-endian, with limits",
    schema(
      USUAL_HEADER + dimension("uint64", "int64", 'minValue="0" maxValue="9"'),
      GROUP.replace(
        "</group>",
        '<group name="h" id="3"><field name="c" id="1" type="int8"/></group></group>',
      ),
      "bigEndian",
    ),
    { a: 5, g: [{ b: -2, h: [{ c: 1 }] }] },
    "0001000100070003 05 0000000000000002 0000000000000001 fffe 0000000000000001 0000000000000001 01",
  ],
  [
    "UTF-16 with its mark",
    texts("UTF-16"),
    { t: "Aé", n: 1, d: "😀" },
    "0900010007000300 feff004100e90000 01 0600 feffd83dde00",
  ],
  [
    "UTF-16LE that fills its field",
    texts("UTF-16LE"),
    { t: "A\u4100BC", n: 1, d: "\ufeffA" },
    "0900010007000300 4100004142004300 01 0400 fffe4100",
  ],
  ["UTF-16BE, empty", texts("UTF-16BE"), { t: "", n: 1, d: "" }, "0900010007000300 0000000000000000 01 0000"],
  [
    "a data composite as a field and as data",
    schema(
      USUAL_HEADER + data("UTF-8"),
      '<field name="c" id="1" type="text"/><field name="n" id="2" type="uint8"/><data name="d" id="3" type="text"/>',
    ),
    { c: { length: 515 }, n: 9, d: "é" },
    "0300010007000300 0302 09 0200 c3a9",
  ],
  [
    "a data composite as a field of a message of one block",
    schema(
      USUAL_HEADER + data("UTF-8"),
      '<field name="c" id="1" type="text"/><field name="n" id="2" type="uint8"/>',
    ),
    { c: { length: 515 }, n: 9 },
    "0300010007000300 0302 09",
  ],
  [
    BOUNDS,
    bounds,
    { a: 1, code: "ab", b: 2, c: 3, g: [{ d: 4, e: 5 }], empty: [{}], t: { hex: "0102" } },
    "0600010007000300 01006162 02 03 02 01000000 04 05 00 01000000 0200 0102",
  ],
  [
    `groups nested ${DEPTH} deep`,
    schema(USUAL_HEADER + dimension("uint8", "uint8"), deep),
    { g: [deepValues(DEPTH - 2)] },
    undefined,
  ],
];

/** The part of generated code that reads and writes the message of the cases at once. */
interface WholeMessages {
  readonly MValues: new () => object;
  readonly MDecoder: { decode(view: DataView, offset: number, length: number, values: object): unknown };
  readonly MEncoder: { encode(view: DataView, offset: number, values: object): unknown };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

describe("generated code and the codec of tokens", () => {
  const code = new GeneratedCode();
  const compiled = CASES.map(([name, text]) => ({ name, tokens: compileText(text).tokens }));
  const codecs = new Map<string, CodecUnderTest>();
  const modules = new Map<string, GeneratedModule>();

  beforeAll(async () => {
    for (const { name, tokens } of compiled) code.add(name, tokens);
    code.compile();
    for (const { name, tokens } of compiled) {
      const module = await code.load(name);
      modules.set(name, module);
      codecs.set(name, generatedCodec(tokens, module));
    }
  }, 60_000);

  afterAll(() => code.remove());

  it.each(CASES)("write and read %s alike", (name, _, values, hex) => {
    expect(code.errorsOf(name)).toEqual([]);
    const tokens = tokenCodec(compiled.find((each) => each.name === name)!.tokens);
    const generated = codecs.get(name)!;
    const frame = tokens.encode("M", values, {});
    if (hex !== undefined) expect(hexOf(frame)).toBe(hex.replaceAll(" ", ""));
    expect(hexOf(generated.encode("M", values, {}))).toBe(hexOf(frame));
    for (const codec of [tokens, generated]) {
      const window = new Uint8Array(frame.length + 3);
      window.set(frame, 3);
      const { values: read, length } = codec.decode(window, 3);
      expect(read).toEqual(values);
      expect(length).toBe(frame.length);
      for (const end of [frame.length - 1, 9, 3]) {
        expect(() => codec.decode(frame.subarray(0, end), 0)).toThrow(
          expect.objectContaining({ code: "sbe.truncated" }),
        );
      }
    }
  });

  it.each(CASES)("read and write %s at once", (name, text, values) => {
    const frame = tokenCodec(compileText(text).tokens).encode("M", values, {});
    const { MValues, MDecoder, MEncoder } = modules.get(name)! as unknown as WholeMessages;
    const read = new MValues();
    MDecoder.decode(viewOf(frame), 0, frame.length, read);
    const written = new Uint8Array(frame.length + 1).fill(0xd3);
    MEncoder.encode(viewOf(written), 0, read);
    expect(hexOf(written)).toBe(`${hexOf(frame)}d3`);
  });

  it.each([
    ["a block length", 0, "sbe.truncated"],
    ["a template id", 8, /sbe\.(?:wrong-template|unknown-template)/],
    ["a schema id", 16, "sbe.wrong-schema"],
  ])("refuse %s of 2^63 and more", (_, at, expected) => {
    const [name, text, values] = CASES[0]!;
    for (const codec of [tokenCodec(compileText(text).tokens), codecs.get(name)!]) {
      const frame = codec.encode("M", values, {});
      frame.fill(0xff, at, at + 8);
      expect(() => codec.decode(frame, 0)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(expected) }),
      );
    }
  });

  /** Both ways of reading a frame of the schema of bounds, as hexadecimal text. */
  function readings(hex: string): readonly unknown[] {
    const frame = octetsOfHex(hex)!;
    return [tokenCodec(compileText(bounds).tokens), codecs.get(BOUNDS)!].map((codec) => {
      try {
        return codec.decode(frame, 0).values;
      } catch (error) {
        return (error as { readonly code: string }).code.replace(
          /count-too-large|length-too-large/,
          "out-of-range",
        );
      }
    });
  }
  const both = (reading: unknown) => [reading, reading];
  const tail = "0200000000 0000000000 0000";

  it.each([
    ["all but what may be null", `0400010007000300 01006162 ${tail}`, { a: 1, code: "ab", b: null, c: null }],
    ["less than what must be there", `0300010007000300 010061 ${tail}`, "sbe.truncated"],
    ["nothing", `0000010007000300 ${tail}`, "sbe.truncated"],
  ])("read blocks that hold %s alike", (_, hex, expected) => {
    const rest = { g: [], empty: [], t: { hex: "" } };
    expect(readings(hex)).toEqual(both(typeof expected === "string" ? expected : { ...expected, ...rest }));
  });

  const BLOCK = "0600010007000300 010061620203";
  const NOTHING = "0000000000";

  it.each([
    ["entries without what may be null", `${BLOCK} 0101000000 04 ${NOTHING} 0000`, [{ d: 4, e: null }]],
    ["entries without required fields", `${BLOCK} 0001000000 ${NOTHING} 0000`, "sbe.truncated"],
    ["no entries, of no octets", `${BLOCK} 0000000000 ${NOTHING} 0000`, []],
    ["data up to their maximum", `${BLOCK} ${NOTHING} ${NOTHING} 0400 01020304`, []],
    ["data beyond their maximum", `${BLOCK} ${NOTHING} ${NOTHING} 0500 0102030405`, "sbe.out-of-range"],
    ["65,535 entries without octets", `${BLOCK} ${NOTHING} 00ffff0000 0000`, "sbe.out-of-range"],
  ])("read %s alike", (_, hex, expected) => {
    const values = readings(hex).map((value) =>
      typeof value === "string" ? value : (value as { readonly g: unknown }).g,
    );
    expect(values).toEqual(both(expected));
  });

  it.each([
    ["more entries than 31 bits count", "0000008000000000", /sbe\.(?:out-of-range|count-too-large)/],
    ["entries beyond the frame", "ffffff7f00000000", "sbe.truncated"],
    ["2^64 - 1 entries", "ffffffffffffffff", /sbe\.(?:out-of-range|count-too-large)/],
  ])("refuse %s", (_, count, expected) => {
    const [name, text, values] = CASES[3]!;
    for (const codec of [tokenCodec(compileText(text).tokens), codecs.get(name)!]) {
      const frame = codec.encode("M", values, {});
      frame.set(octetsOfHex(count)!, 17);
      expect(() => codec.decode(frame, 0)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(expected) }),
      );
    }
  });
});
