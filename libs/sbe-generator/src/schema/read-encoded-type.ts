import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, DESCRIBED_ATTRIBUTES } from "./attribute-reader.js";
import { charsetOf } from "./charset-name.js";
import { type PrimitiveType, parseValue, primitiveOf } from "./primitive-type.js";
import type { TypeContext } from "./read-types.js";
import type { EncodedType, Presence } from "./schema-model.js";

const KNOWN = [
  ...DESCRIBED_ATTRIBUTES,
  "primitiveType",
  "length",
  "presence",
  "minValue",
  "maxValue",
  "nullValue",
  "characterEncoding",
  "valueRef",
  "offset",
];

/** Bounds the work of whoever handles an array; far above what a block length of 16 bits can hold. */
const LENGTH_MAX = 16_777_215;

const NO_PRIMITIVE = primitiveOf("uint8")!;

/** `type`, SBE 1.0 section 2.4 "Data types and encodings". */
export function readEncodedType(element: XmlElement, context: TypeContext): EncodedType {
  const reader = new AttributeReader(element, context.diagnostics, KNOWN);
  const described = reader.described(context.schemaVersion);
  const primitive = readPrimitive(reader);
  let presence = reader.presence() ?? "required";
  const explicitLength = reader.integer("length", 0, LENGTH_MAX);
  if (reader.text("valueRef") !== undefined && presence !== "constant") {
    reader.error("valueRef on what is not constant", 'Add presence="constant", or remove valueRef');
  }
  const constant =
    presence === "constant" ? readConstant(reader, primitive, explicitLength, context) : undefined;
  if (presence === "constant" && constant === undefined) presence = "required";
  const length = explicitLength ?? (constant === undefined ? 1 : Math.max(1, constant.length));
  return {
    ...described,
    kind: "type",
    primitive,
    length,
    size: presence === "constant" ? 0 : primitive.size * length,
    presence,
    nullValue: readNull(reader, primitive, presence),
    minValue: readLimit(reader, primitive, "minValue"),
    maxValue: readLimit(reader, primitive, "maxValue"),
    constant: constant?.value,
    valueRef: constant && reader.text("valueRef"),
    characterEncoding: readEncoding(reader, primitive),
  };
}

/** A primitive used directly as a field's type. */
export function primitiveAsType(primitive: PrimitiveType, element: XmlElement): EncodedType {
  return {
    name: primitive.name,
    place: element.place,
    sinceVersion: 0,
    kind: "type",
    primitive,
    length: 1,
    size: primitive.size,
    presence: "required",
  };
}

function readPrimitive(reader: AttributeReader): PrimitiveType {
  const name = reader.required("primitiveType");
  const primitive = primitiveOf(name);
  if (primitive) return primitive;
  if (name !== "") {
    reader.error(
      `primitiveType="${name}" does not exist`,
      "Use char, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float or double",
    );
  }
  return NO_PRIMITIVE;
}

function readConstant(
  reader: AttributeReader,
  primitive: PrimitiveType,
  length: number | undefined,
  context: TypeContext,
): { readonly value: string; readonly length: number } | undefined {
  const valueRef = reader.text("valueRef");
  if (valueRef !== undefined) {
    const referenced = context.enumValue(valueRef, reader.element);
    if (referenced && referenced.enumType.primitive !== primitive) {
      reader.error(
        `valueRef="${valueRef}" is of ${referenced.enumType.primitive.name}, the constant of ${primitive.name}`,
        "Use the same primitive type",
      );
    }
    return referenced && { value: referenced.value.value, length: 1 };
  }
  const text = reader.element.text;
  if (primitive.kind === "char" && (length ?? text.length) !== 1) {
    if (text.length > (length ?? text.length)) {
      reader.error(
        `constant "${text}" is longer than length ${length}`,
        "Raise length, or shorten the constant",
      );
    }
    return { value: text, length: length ?? text.length };
  }
  const value = parseValue(primitive, text);
  if (value === undefined) {
    reader.error(`"${text}" is not a constant of ${primitive.name}`, "Write the value as the element's text");
    return undefined;
  }
  return { value, length: length ?? 1 };
}

function readNull(reader: AttributeReader, primitive: PrimitiveType, presence: Presence): string | undefined {
  const value = readLimit(reader, primitive, "nullValue");
  if (value !== undefined && presence !== "optional") {
    reader.diagnostics.warn(
      reader.element.place,
      `nullValue on a ${presence} type`,
      'It counts only for fields that say presence="optional"',
    );
  }
  return value;
}

function readLimit(reader: AttributeReader, primitive: PrimitiveType, name: string): string | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  const value = parseValue(primitive, text);
  if (value === undefined) {
    reader.error(`${name}="${text}" is not a value of ${primitive.name}`, `Correct ${name}`);
  }
  return value;
}

function readEncoding(reader: AttributeReader, primitive: PrimitiveType): string | undefined {
  const text = reader.text("characterEncoding")?.trim();
  if (text === undefined || text === "") return primitive.kind === "char" ? "US-ASCII" : undefined;
  const encoding = charsetOf(text);
  if (encoding === undefined) {
    reader.error(
      `characterEncoding="${text}" is unknown, or needs escape sequences`,
      "Use US-ASCII, UTF-8, ISO-8859-1, UTF-16 or another charset that TextDecoder reads",
    );
  }
  return encoding;
}
