import { describe, expect, it } from "vitest";
import { compileText, schemaText } from "../spec-support/memory-schema.js";
import { fileName, MemberNames } from "./names.js";
import { printSchema } from "./print-schema.js";

function messageCode(types: string, message: string, rootAttributes = ""): string {
  const { tokens } = compileText(schemaText(types, message, rootAttributes));
  return printSchema(tokens, "../runtime/index.js").get("messages/m.ts")!;
}

const message = (...fields: readonly string[]) =>
  `<message name="M" id="1">${fields.map((attributes, index) => `<field id="${index}" ${attributes}/>`).join("")}</message>`;

describe("printSchema", () => {
  it("gives fields that meet members of the class, or each other, names of their own", () => {
    const code = messageCode(
      "",
      message('name="limit" type="int8"', 'name="price" type="int64"', 'name="priceNumber" type="int8"'),
    );
    expect(code).toContain("limit_(value: number): this");
    expect(code).toContain("priceNumber(value: number): this");
    expect(code).toContain("priceNumber_(value: number): this");
  });

  it("never lets a name set a prototype", () => {
    const code = messageCode("", message('name="__proto__" type="int8"'));
    expect(code).toContain('["__proto__"]: this.__proto___()');
  });

  it("keeps what a description says inside its comment", () => {
    const code = messageCode("", message('name="a" type="int8" description="ends */ here&#10;and goes on"'));
    expect(code).not.toContain("ends */");
    expect(code).toContain("Ends * / here");
  });

  it("writes and reads in the byte order of the schema", () => {
    const fields = message('name="a" type="uint16"', 'name="b" type="int64"');
    const big = messageCode("", fields, 'byteOrder="bigEndian"');
    expect(big).toContain("setUint16(this.offset, value, false)");
    expect(big).toContain("view.setInt32(at + 4, lo, false)");
    expect(messageCode("", fields)).toContain("view.setInt32(at, lo, true)");
  });

  it("reads a field of a later version as absent in older frames", () => {
    const code = messageCode("", message('name="a" type="int8"', 'name="b" type="int8" sinceVersion="2"'));
    expect(code).toContain("b(): number | null");
    expect(code).toContain("if (this.actingVersion < 2 || this.actingBlockLength < 2) return null;");
    expect(code).toContain("if (!(actingBlockLength >= 1))");
  });

  it("imports nothing that the file does not use", () => {
    const code = messageCode("", message('name="a" type="float"'));
    const [, names] = /import \{ (.+) \} from "..\/..\/runtime\/index.js"/.exec(code)!;
    for (const name of names!.split(", "))
      expect(code.split(new RegExp(`\\b${name}\\b`)).length).toBeGreaterThan(2);
  });
});

describe("names", () => {
  it.each([
    ["DataBar", "data-bar"],
    ["OHLCVBar", "ohlcv-bar"],
    ["exchange_OrderID2", "exchange-order-id2"],
  ])("%s stands in %s", (name, file) => {
    expect(fileName(name)).toBe(file);
  });

  it("are given once", () => {
    const names = new MemberNames();
    expect([names.claim("A", ["", "Null"]), names.claim("a", [""]), names.claim("aNull", [""])]).toEqual([
      "a",
      "a_",
      "aNull_",
    ]);
  });
});
