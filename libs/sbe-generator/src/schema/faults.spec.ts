import { describe, expect, it } from "vitest";
import { compileText, faultsOf, schemaText } from "../spec-support/memory-schema.js";

const field = (attributes: string) =>
  `<message name="M" id="1"><field name="f" id="1" ${attributes}/></message>`;

const group = (content: string) =>
  `<message name="M" id="1"><group name="g" id="2" dimensionType="d">${content}</group></message>`;

/** [what is wrong, members of a dimension, words of the fault] */
const DIMENSIONS = (
  [
    [
      "count without a member",
      '<type name="blockLength" primitiveType="uint16"/>',
      'has no member "numInGroup"',
    ],
    [
      "signed block length",
      '<type name="blockLength" primitiveType="int16"/><type name="numInGroup" primitiveType="uint8"/>',
      'blockLength of dimension "d" is int16',
    ],
    [
      "signed count",
      '<type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="int8"/>',
      "is int8 without a minValue of 0 or more",
    ],
    [
      "unbounded count",
      '<type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint32"/>',
      "is uint32 without a sound maxValue",
    ],
    [
      "count beyond 31 bits",
      '<type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint64" maxValue="2147483648"/>',
      "is uint64 without a sound maxValue",
    ],
    [
      "signed count of 64 bits",
      '<type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="int64" maxValue="9"/>',
      "is int64 without a minValue of 0 or more",
    ],
    [
      "signed block length of 64 bits",
      '<type name="blockLength" primitiveType="int64"/><type name="numInGroup" primitiveType="uint8"/>',
      'blockLength of dimension "d" is int64',
    ],
    [
      "count that is no integer",
      '<type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="double"/>',
      "is no single integer on the wire",
    ],
  ] as const
).map(
  ([name, members, words]) =>
    [
      `dimension: ${name}`,
      `<composite name="d">${members}</composite>`,
      group('<field name="f" id="1" type="int8"/>'),
      words,
    ] as const,
);

/** [what is wrong, types on line 2, messages on line 4, line and path and words of the fault] */
const FAULTS: readonly (readonly [string, string, string, string])[] = [
  [
    "unknown type",
    "",
    field('type="Nothing"'),
    '4: error: /messageSchema/message[M]/field[f]: type "Nothing" is not defined',
  ],
  [
    "unknown dimension",
    "",
    '<message name="M" id="1"><group name="g" id="2"/></message>',
    '4: error: /messageSchema/message[M]/group[g]: type "groupSizeEncoding" is not defined',
  ],
  [
    "element of SBE in a wrong place",
    "",
    '<message name="M" id="1"><type name="T"/></message>',
    "4: error: /messageSchema/message[M]/type[T]: <type> does not belong here",
  ],
  [
    "element of SBE with a prefix",
    "",
    '<message name="M" id="1"><x:field xmlns:x="urn:x" name="f"/></message>',
    "4: error: /messageSchema/message[M]/field[f]: <field> must not have a prefix",
  ],
  [
    "group inside a composite",
    '<composite name="C"><type name="a" primitiveType="int8"/><group name="g"/></composite>',
    "",
    "2: error: /messageSchema/types/composite[C]/group[g]: <group> does not belong here",
  ],
  ...DIMENSIONS,
  [
    "group block longer than its dimension can say",
    `<composite name="d"><type name="blockLength" primitiveType="uint8"/><type name="numInGroup" primitiveType="uint8"/></composite><type name="T" primitiveType="char" length="256"/>`,
    group('<field name="f" id="1" type="T"/>'),
    'the block has 256 octets. Keep it within 255, or widen blockLength in "d"',
  ],
  [
    "field behind a group",
    "",
    '<message name="M" id="1"><group name="g" id="2"/><field name="f" id="1" type="int8"/></message>',
    "4: error: /messageSchema/message[M]/field[f]: a field stands behind a group",
  ],
  [
    "deep nesting",
    `<composite name="groupSizeEncoding"><type name="blockLength" primitiveType="uint8"/><type name="numInGroup" primitiveType="uint8"/></composite>`,
    `<message name="M" id="1">${'<group name="g" id="1">'.repeat(257)}${"</group>".repeat(257)}</message>`,
    "groups are nested deeper than 256. Flatten the innermost groups",
  ],
  [
    "template id beyond the header",
    "",
    '<message name="M" id="65536"/>',
    "templateId 65536 does not fit the header",
  ],
  [
    "unknown primitive",
    '<type name="T" primitiveType="int128"/>',
    "",
    '2: error: /messageSchema/types/type[T]: primitiveType="int128" does not exist',
  ],
  [
    "overlapping offset",
    "",
    `<message name="M" id="1"><field name="a" id="1" type="uint32"/><field name="b" id="2" type="uint8" offset="2"/></message>`,
    "4: error: /messageSchema/message[M]/field[b]: offset 2 lies inside the field before, which ends at 4",
  ],
  [
    "offset 0 of a later field",
    "",
    `<message name="M" id="1"><field name="a" id="1" type="uint32"/><field name="b" id="2" type="uint8" offset="0"/></message>`,
    "offset 0 lies inside the field before",
  ],
  [
    "short block length",
    "",
    `<message name="M" id="1" blockLength="3"><field name="a" id="1" type="uint32"/></message>`,
    "blockLength 3 is less than its fields need. Use 4 or more",
  ],
  [
    "type twice",
    '<type name="T" primitiveType="int8"/><type name="T" primitiveType="int8"/>',
    "",
    'type "T" is defined twice',
  ],
  [
    "circle of references",
    '<composite name="A"><ref name="a" type="A"/></composite>',
    "",
    'type "A" contains itself',
  ],
  [
    "null out of range",
    '<type name="T" primitiveType="uint8" presence="optional" nullValue="256"/>',
    "",
    'nullValue="256" is not a value of uint8',
  ],
  [
    "enum value that is the null",
    '<enum name="E" encodingType="uint8"><validValue name="A">255</validValue></enum>',
    "",
    "2: error: /messageSchema/types/enum[E]/validValue[A]: 255 is the null value",
  ],
  [
    "enum number twice",
    '<enum name="E" encodingType="uint8"><validValue name="A">1</validValue><validValue name="B">1</validValue></enum>',
    "",
    "the number 1 stands twice",
  ],
  ["enum without values", '<enum name="E" encodingType="uint8"/>', "", "the enum has no validValue"],
  [
    "set bit too high",
    '<set name="S" encodingType="uint8"><choice name="A">8</choice></set>',
    "",
    '"8" is not a bit of uint8. Write a number from 0 to 7',
  ],
  [
    "signed set",
    '<set name="S" encodingType="int8"><choice name="A">1</choice></set>',
    "",
    "a set cannot be encoded as int8",
  ],
  [
    "message id twice",
    "",
    '<message name="M" id="1"/><message name="N" id="1"/>',
    "the template id 1 stands twice",
  ],
  [
    "field id twice",
    "",
    `<message name="M" id="1"><field name="a" id="1" type="int8"/><field name="b" id="1" type="int8"/></message>`,
    "the id 1 stands twice",
  ],
  ["no identifier", '<type name="a-b" primitiveType="int8"/>', "", '"a-b" is not a name'],
  [
    "constant without value",
    "",
    field('type="uint8" presence="constant"'),
    "a constant field without a value",
  ],
  [
    "valueRef to nothing",
    "",
    field('type="uint8" presence="constant" valueRef="E.A"'),
    'valueRef="E.A" names no enum value',
  ],
  [
    "newer than the schema",
    "",
    field('type="uint8" sinceVersion="4"'),
    'sinceVersion="4" is not an integer from 0 to 3',
  ],
  [
    "data without an encoding",
    "",
    '<message name="M" id="1"><data name="d" id="1" type="uint8"/></message>',
    'type "uint8" is no data encoding',
  ],
  [
    "unbounded data length",
    '<composite name="D"><type name="length" primitiveType="uint32"/><type name="varData" length="0" primitiveType="uint8"/></composite>',
    '<message name="M" id="1"><data name="d" id="1" type="D"/></message>',
    'length of "D" is uint32 without maxValue',
  ],
  [
    "data with a gap",
    '<composite name="D"><type name="length" primitiveType="uint8"/><type name="varData" offset="4" length="0" primitiveType="uint8"/></composite>',
    '<message name="M" id="1"><data name="d" id="1" type="D"/></message>',
    'type "D" is no data encoding',
  ],
  [
    "unknown text encoding",
    '<type name="T" primitiveType="char" length="4" characterEncoding="KLINGON"/>',
    "",
    'characterEncoding="KLINGON" is unknown',
  ],
  [
    "names that meet in code",
    "",
    '<message name="price_bar" id="1"/><message name="PriceBar" id="2"/>',
    'the name "PriceBar" meets "price_bar" at schema.xml:4',
  ],
  ["SBE 2.0", "", field('type="uint8" alignment="8"'), 'attribute "alignment" belongs to SBE 2.0'],
];

describe("faults of schemas", () => {
  it.each(FAULTS)("%s", (_, types, messages, words) => {
    expect(faultsOf(schemaText(types, messages)).join("\n")).toContain(words);
  });

  it("are reported together, with file and line", () => {
    const faults = faultsOf(schemaText('<type name="T" primitiveType="x"/>', field('type="Nothing"')));
    expect(faults).toHaveLength(2);
    for (const fault of faults)
      expect(fault).toMatch(/^schema\.xml:[24]: error: \/messageSchema\/.+: .+\. .+\.$/);
  });

  it.each(["bigendian", "BigEndian", ""])("byteOrder %s", (order) => {
    expect(faultsOf(schemaText("", "", `byteOrder="${order}"`)).join()).toContain("byteOrder");
  });

  it("stop a root that is no schema, and text that is no XML", () => {
    expect(faultsOf("<types/>")).toEqual([expect.stringContaining("the root is <types>")]);
    expect(faultsOf("<messageSchema>\n<types>\n</messageSchema>")).toEqual([
      expect.stringMatching(/^schema\.xml:3: error: .*not well-formed XML/),
    ]);
    expect(faultsOf("")).toEqual([expect.stringContaining("not well-formed")]);
  });

  it.each([
    ["in a message", "", '<message name="M" id="1"><fields/></message>', "/messageSchema/message[M]/fields"],
    ["in types", '<typ name="T"/>', '<message name="M" id="1"/>', "/messageSchema/types/typ[T]"],
    ["at the root", "", '<message name="M" id="1"/><note/>', "/messageSchema/note"],
  ])("are only warnings for unknown elements %s", (_, types, messages, path) => {
    expect(compileText(schemaText(types, messages)).warnings.map(({ place }) => place.path)).toEqual([path]);
  });

  it.each([
    [
      "a newer field in front",
      `<field name="a" id="1" type="int8" sinceVersion="2"/><field name="b" id="2" type="int8"/>`,
      ["b"],
    ],
    [
      "a newer field in old padding",
      `<field name="a" id="1" type="int8" sinceVersion="2"/><field name="b" id="2" type="int8" offset="4"/>`,
      [],
    ],
    [
      "newer fields behind",
      `<field name="a" id="1" type="int8"/><field name="b" id="2" type="int8" sinceVersion="2"/>`,
      [],
    ],
  ])("warn of %s where it moves older ones", (_, fields, names) => {
    const { warnings } = compileText(schemaText("", `<message name="M" id="1">${fields}</message>`));
    expect(warnings.map(({ place }) => place.path)).toEqual(
      names.map((name) => `/messageSchema/message[M]/field[${name}]`),
    );
  });

  it("include attributes without effect as warnings, but not those of vendors", () => {
    const text = schemaText(
      '<type name="T" primitiveType="int8" encodingType="int8" x:jsonPath="t"/>',
      field('type="T"'),
      'xmlns:x="urn:vendor"',
    );
    expect(compileText(text).warnings.map(({ place, problem }) => [place.line, problem])).toEqual([
      [2, 'attribute "encodingType" does not exist on <type> and has no effect'],
    ]);
  });
});
