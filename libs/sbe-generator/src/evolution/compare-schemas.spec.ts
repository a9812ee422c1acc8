import { describe, expect, it } from "vitest";
import { compile } from "../compile.js";
import { memoryFiles } from "../spec-support/memory-schema.js";
import { compareSchemas } from "./compare-schemas.js";
import { describeEvolution } from "./describe-evolution.js";

interface Parts {
  readonly root?: string;
  readonly version?: number;
  readonly types?: string;
  readonly message?: string;
  readonly messages?: string;
  readonly header?: string;
}

const HEADER = `<type name="blockLength" primitiveType="uint16"/><type name="templateId" primitiveType="uint16"/><type name="schemaId" primitiveType="uint16"/><type name="version" primitiveType="uint16"/>`;
const TYPES = `<composite name="dim"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint8"/></composite>
<composite name="text"><type name="length" primitiveType="uint8"/><type name="varData" length="0" primitiveType="char"/></composite>`;
const SIDE = (values: string) => `<enum name="Side" encodingType="uint8">${values}</enum>`;
const BUY = '<validValue name="Buy">1</validValue>';
const PRICE = (members: string) =>
  `<composite name="Price"><type name="m" primitiveType="int64"/>${members}</composite>`;
const A = '<field name="a" id="1" type="uint32"/>';
const B = '<field name="b" id="2" type="uint8"/>';
const GROUP = (content: string) => `<group name="g" id="3" dimensionType="dim">${content}</group>`;
const DATA = '<data name="d" id="4" type="text"/>';

function schema(parts: Parts) {
  const { root = 'id="1"', version = 1, types = "", message = A, messages = "", header = HEADER } = parts;
  const text = `<messageSchema package="p" version="${version}" ${root}><types><composite name="messageHeader">${header}</composite>${TYPES}${types}</types><message name="M" id="1">${message}</message>${messages}</messageSchema>`;
  return compile("s.xml", memoryFiles({ "s.xml": text })).tokens;
}

function compare(before: Parts, after: Parts): readonly string[] {
  const { compatible, changes } = compareSchemas(
    schema({ ...before, version: 1 }),
    schema({ version: 2, ...after }),
  );
  const worst = changes.filter(({ severity }) => severity !== "safe");
  return [compatible ? "compatible" : "not", ...worst.map(({ path, change }) => `${path}: ${change}`)];
}

const message = (text: string): Parts => ({ message: text });
const types = (text: string, field: string): Parts => ({
  types: text,
  message: `<field name="a" id="1" type="${field}"/>`,
});
const optional = (attributes = "") =>
  types(`<type name="T" primitiveType="uint32" presence="optional" ${attributes}/>`, "T");

const BREAKING: readonly (readonly [string, Parts, Parts, string])[] = [
  ["another schema id", {}, { root: 'id="2"' }, "the id changed from 1 to 2"],
  ["another byte order", {}, { root: 'id="1" byteOrder="bigEndian"' }, "the byte order changed to bigEndian"],
  ["an older version", {}, { version: 0 }, "the version went back from 1 to 0"],
  ["the same version", message(A), { ...message(A + B), version: 1 }, "the version stays 1"],
  [
    "another header",
    {},
    { header: HEADER.replace('"version" primitiveType="uint16"', '"version" primitiveType="uint8"') },
    "header (messageHeader).version: the encoding changed from uint16 to uint8",
  ],
  [
    "a message removed",
    { messages: '<message name="N" id="2"/>' },
    {},
    "N: the message with template id 2 was removed",
  ],
  ["a field removed", message(A + B), message(A), "M.b: the field with id 2 was removed"],
  [
    "a field moved",
    message(A + B),
    message('<field name="b" id="2" type="uint8"/><field name="a" id="1" type="uint32"/>'),
    "M.a: the offset changed from 0 to 1",
  ],
  [
    "a field of another type",
    message(A),
    message('<field name="a" id="1" type="int32"/>'),
    "M.a: the encoding changed from uint32 to int32",
  ],
  [
    "a field that became an array",
    types('<type name="T" primitiveType="char" length="2"/>', "T"),
    types('<type name="T" primitiveType="char" length="3"/>', "T"),
    "from char[2] to char[3]",
  ],
  ["a new field without its version", message(A), message(A + B), "M.b: added with sinceVersion 0"],
  [
    "a block that shrank",
    { message: A },
    { message: A.replace("uint32", "uint16") },
    "M: the block shrank from 4 to 2",
  ],
  ["another null", optional(), optional('nullValue="7"'), "M.a: the null value changed from 4294967295 to 7"],
  ["required to optional", message(A), optional(), "presence changed from required to optional"],
  ["optional to required", optional(), message(A), "presence changed from optional to required"],
  [
    "another constant",
    types('<type name="T" primitiveType="uint8" presence="constant">1</type>', "T"),
    types('<type name="T" primitiveType="uint8" presence="constant">2</type>', "T"),
    "the constant changed from 1 to 2",
  ],
  [
    "another since version",
    message(`${A}<field name="b" id="2" type="uint8" sinceVersion="1"/>`),
    message(`${A}<field name="b" id="2" type="uint8" sinceVersion="2"/>`),
    "M.b: sinceVersion changed from 1 to 2",
  ],
  [
    "an enum value renumbered",
    types(SIDE(BUY), "Side"),
    types(SIDE('<validValue name="Buy">2</validValue>'), "Side"),
    "value Buy changed from 1 to 2",
  ],
  [
    "an enum value removed",
    types(SIDE(`${BUY}<validValue name="Sell">2</validValue>`), "Side"),
    types(SIDE(BUY), "Side"),
    "value Sell (2) was removed",
  ],
  [
    "a composite that grew",
    types(PRICE(""), "Price"),
    types(PRICE('<type name="e" primitiveType="int8" sinceVersion="2"/>'), "Price"),
    'M.a (Price): member "e" was added',
  ],
  [
    "a member that moved",
    types(PRICE(""), "Price"),
    types(PRICE("").replace('"m"', '"m" offset="1"'), "Price"),
    "M.a (Price).m: the offset changed from 0 to 1",
  ],
  [
    "a group before data",
    message(A + DATA),
    message(`${A}<group name="g" id="3" dimensionType="dim" sinceVersion="2"/>${DATA}`),
    "M.g: group was added in front of",
  ],
  [
    "data inside entries",
    message(GROUP(A)),
    message(GROUP(`${A}<data name="d" id="2" type="text" sinceVersion="2"/>`)),
    "M.g.d: data was added inside the entries",
  ],
  ["a group removed", message(GROUP(A) + DATA), message(DATA), "M.g: the group was removed"],
  [
    "data in another order",
    message(`${DATA}<data name="e" id="5" type="text"/>`),
    message(`<data name="e" id="5" type="text"/>${DATA}`),
    "M: groups or data stand in another order",
  ],
  [
    "another dimension",
    message(GROUP(A)),
    {
      types:
        '<composite name="wide"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint16"/></composite>',
      message: GROUP(A).replace('"dim"', '"wide"'),
    },
    "M.g (dim).numInGroup: the encoding changed from uint8 to uint16",
  ],
];

const COMPATIBLE: readonly (readonly [string, Parts, Parts, readonly string[]])[] = [
  ["nothing", {}, {}, []],
  ["nothing, with the same version", {}, { version: 1 }, []],
  [
    "an appended field",
    message(A),
    message(`${A}<field name="b" id="2" type="uint8" sinceVersion="2"/>`),
    [],
  ],
  [
    "a field in padding",
    message('<field name="a" id="1" type="uint8"/><field name="c" id="3" type="uint8" offset="4"/>'),
    message(
      '<field name="a" id="1" type="uint8"/><field name="b" id="2" type="uint8" sinceVersion="2"/><field name="c" id="3" type="uint8" offset="4"/>',
    ),
    [],
  ],
  [
    "a field in the entries of a group",
    message(GROUP(A)),
    message(GROUP(`${A}<field name="b" id="2" type="uint8" sinceVersion="2"/>`)),
    [],
  ],
  ["a new message", {}, { messages: '<message name="N" id="2" sinceVersion="2"/>' }, []],
  ["a new name", message(A), message(A.replace('"a"', '"z"')), []],
  [
    "data at the end",
    message(A + DATA),
    message(`${A + DATA}<data name="e" id="5" type="text" sinceVersion="2"/>`),
    ["M.e: data was added at the end"],
  ],
  [
    "a new enum value",
    types(SIDE(BUY), "Side"),
    types(SIDE(`${BUY}<validValue name="Sell" sinceVersion="2">2</validValue>`), "Side"),
    ["M.a (Side): value Sell (2) was added"],
  ],
  [
    "a wider range",
    types('<type name="T" primitiveType="uint8" maxValue="5"/>', "T"),
    types('<type name="T" primitiveType="uint8" maxValue="9"/>', "T"),
    ["M.a: maxValue changed from 5 to 9"],
  ],
];

describe("compareSchemas", () => {
  it.each(BREAKING)("refuses %s", (_, before, after, words) => {
    const [verdict, ...changes] = compare(before, after);
    expect(verdict).toBe("not");
    expect(changes.join("\n")).toContain(words);
  });

  it.each(COMPATIBLE)("accepts %s", (_, before, after, cautions) => {
    expect(compare(before, after)).toEqual(["compatible", ...cautions]);
  });

  it("is told with a verdict, what breaks first", () => {
    const lines = describeEvolution(
      compareSchemas(schema(message(A + B)), schema({ ...message(A), version: 2 })),
    )
      .trimEnd()
      .split("\n");
    expect(lines[0]).toMatch(/^breaking: M\.b: the field with id 2 was removed\. .+ \(all readers\)\.$/);
    expect(lines.at(-1)).toBe("not compatible: 2 breaking changes from version 1 to version 2");
  });
});
