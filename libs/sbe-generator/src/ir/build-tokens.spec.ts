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
});
