import { describe, expect, it } from "vitest";
import { compileText, schemaText } from "../spec-support/memory-schema.js";
import { printSchema } from "../typescript/print-schema.js";
import { tokenTree } from "./token-tree.js";

const TYPES = `<type name="uInt16NULL" presence="optional" nullValue="60000" primitiveType="uint16"/>
<enum name="Kind" encodingType="uInt16NULL"><validValue name="A">1</validValue></enum>
<composite name="Price"><type name="num" primitiveType="int64"/><type name="scale" presence="constant" primitiveType="int8">-2</type></composite>
<composite name="Text"><type name="length" primitiveType="uint16"/><type name="varData" length="0" primitiveType="uint8" characterEncoding="UTF-8"/></composite>`;
const MESSAGE = `<message name="M" id="9" blockLength="16"><field name="kind" id="1" type="Kind"/>
<field name="price" id="2" type="Price" offset="4"/><data name="text" id="3" type="Text"/></message>`;

describe("tokens", () => {
  const { tokens } = compileText(schemaText(TYPES, MESSAGE));

  it("tell a message in order, with places and sizes", () => {
    const told = tokens.messages[0]!.map(
      ({ signal, name, offset, size }) => `${signal} ${name} ${offset}+${size}`,
    );
    expect(told).toEqual([
      "beginMessage M 0+16",
      "beginField kind 0+2",
      "beginEnum Kind 0+2",
      "validValue A 0+0",
      "endEnum Kind 0+2",
      "endField kind 0+2",
      "beginField price 4+8",
      "beginComposite Price 0+8",
      "encoding num 0+8",
      "encoding scale 8+0",
      "endComposite Price 0+8",
      "endField price 4+8",
      "beginVarData text 0+0",
      "beginComposite Text 0+2",
      "encoding length 0+2",
      "encoding varData 2+0",
      "endComposite Text 0+2",
      "endVarData text 0+0",
      "endMessage M 0+16",
    ]);
  });

  it("give an enum the width and null of its named type", () => {
    expect(tokens.messages[0]![2]).toMatchObject({
      primitive: "uint16",
      nullValue: "60000",
      typeName: "Kind",
    });
  });

  it("are plain JSON: printing from a copy that went through text gives the same code", () => {
    const copy = JSON.parse(JSON.stringify(tokens)) as typeof tokens;
    expect([...printSchema(copy, "runtime")]).toEqual([...printSchema(tokens, "runtime")]);
  });

  it("group into a tree by their counts", () => {
    const [message] = tokenTree(tokens.messages[0]!);
    expect(message!.children.map(({ token }) => token.name)).toEqual(["kind", "price", "text"]);
    expect(message!.children[1]!.children[0]!.children.map(({ token }) => token.constant)).toEqual([
      undefined,
      "-2",
    ]);
  });

  it("tell groups within groups, with data, behind their dimension", () => {
    const types = `<composite name="dim"><type name="numInGroup" primitiveType="uint8"/><type name="blockLength" primitiveType="uint16"/></composite>`;
    const message = `<message name="M" id="1"><group name="g" id="1" dimensionType="dim" sinceVersion="2"><field name="a" id="1" type="int32" timeUnit="ns" epoch="unix"/>
<group name="h" id="2" dimensionType="dim" blockLength="5"/><data name="d" id="3" type="Text"/></group></message>`;
    const { tokens: grouped } = compileText(schemaText(TYPES + types, message));
    const list = grouped.messages[0]!;
    const told = list.filter(({ signal }) => !signal.startsWith("end") && signal !== "encoding");
    expect(told.map(({ signal, name, size }) => `${signal} ${name} ${size}`)).toEqual([
      "beginMessage M 0",
      "beginGroup g 4",
      "beginComposite dim 3",
      "beginField a 4",
      "beginGroup h 5",
      "beginComposite dim 3",
      "beginVarData d 0",
      "beginComposite Text 2",
    ]);
    expect(list.find(({ name }) => name === "g")).toMatchObject({ id: 1, sinceVersion: 2 });
    expect(list.find(({ name }) => name === "a")).toMatchObject({ timeUnit: "ns", epoch: "unix" });
    expect(grouped.types.map(([first]) => first!.name)).toEqual([
      "messageHeader",
      "Kind",
      "Price",
      "Text",
      "dim",
    ]);
  });

  it("give different types of one name different names, and equal ones the same", () => {
    const composite = (name: string, values: string) =>
      `<composite name="${name}"><enum name="Mode" encodingType="uint8">${values}</enum></composite>`;
    const one = '<validValue name="A">1</validValue>';
    const types = `${composite("C1", one)}${composite("C2", '<validValue name="B">1</validValue>')}${composite("C3", one)}<composite name="m"><type name="x" primitiveType="int8"/></composite>`;
    const { tokens: clashing } = compileText(schemaText(types, '<message name="M" id="1"/>'));
    const names = clashing.types.flat().map(({ typeName }) => typeName);
    expect(
      names.filter((name) => name !== undefined && /Mode|^m/i.test(name) && !name.startsWith("messageH")),
    ).toEqual(["Mode", "C2Mode", "Mode", "mType"]);
  });
});
