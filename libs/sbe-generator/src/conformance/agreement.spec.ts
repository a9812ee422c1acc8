import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hexOf, type JsonObject, octetsOfHex } from "../dynamic/json-value.js";
import { compileText } from "../spec-support/memory-schema.js";
import type { CodecUnderTest } from "./codec-under-test.js";
import { GeneratedCode } from "./generated-code.js";
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
    `groups nested ${DEPTH} deep`,
    schema(USUAL_HEADER + dimension("uint8", "uint8"), deep),
    { g: [deepValues(DEPTH - 2)] },
    undefined,
  ],
];

describe("generated code and the codec of tokens", () => {
  const code = new GeneratedCode();
  const compiled = CASES.map(([name, text]) => ({ name, tokens: compileText(text).tokens }));
  const codecs = new Map<string, CodecUnderTest>();

  beforeAll(async () => {
    for (const { name, tokens } of compiled) code.add(name, tokens);
    code.compile();
    for (const { name, tokens } of compiled) {
      codecs.set(name, generatedCodec(tokens, await code.load(name)));
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
