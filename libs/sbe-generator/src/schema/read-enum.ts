import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, DESCRIBED_ATTRIBUTES } from "./attribute-reader.js";
import { parseValue } from "./primitive-type.js";
import type { TypeContext } from "./read-types.js";
import type { EncodedType, EnumType, SetType, ValidValue } from "./schema-model.js";
import { isSbeElement, warnUnknownElement } from "./unknown-element.js";

const KNOWN_ENUM = [...DESCRIBED_ATTRIBUTES, "encodingType", "nullValue", "offset", "presence"];
const KNOWN_SET = [...DESCRIBED_ATTRIBUTES, "encodingType", "offset", "presence"];

/** `enum`, SBE 1.0 section 2.13: its width comes from a primitive or from a named type. */
export function readEnum(element: XmlElement, context: TypeContext): EnumType {
  const reader = new AttributeReader(element, context.diagnostics, KNOWN_ENUM);
  const described = reader.described(context.schemaVersion);
  if (reader.presence() === "constant") {
    reader.error("a constant enum has no value of its own", "Make the field constant, with valueRef");
  }
  const encoding = readEncodingType(reader, context);
  const { primitive } = encoding;
  if (primitive.kind === "float") {
    reader.error(`an enum cannot be encoded as ${primitive.name}`, "Use char or an integer type");
  }
  const ownNull = reader.text("nullValue");
  const parsedNull = ownNull === undefined ? undefined : parseValue(primitive, ownNull);
  if (ownNull !== undefined && parsedNull === undefined) {
    reader.error(`nullValue="${ownNull}" is not a value of ${primitive.name}`, "Correct nullValue");
  }
  const nullValue = parsedNull ?? encoding.nullValue ?? primitive.nullValue;
  const values = childrenNamed(element, "validValue", context).map((child) =>
    readValidValue(child, encoding, nullValue, context),
  );
  if (values.length === 0) reader.error("the enum has no validValue", "Add at least one");
  refuseDuplicates(values, ({ value }) => value, context);
  return { ...described, kind: "enum", primitive, size: primitive.size, nullValue, values };
}

/** `set`, SBE 1.0 section 2.14: one unsigned integer, a bit per choice. */
export function readSet(element: XmlElement, context: TypeContext): SetType {
  const reader = new AttributeReader(element, context.diagnostics, KNOWN_SET);
  const described = reader.described(context.schemaVersion);
  const { primitive } = readEncodingType(reader, context);
  if (primitive.kind !== "unsigned") {
    reader.error(`a set cannot be encoded as ${primitive.name}`, "Use uint8, uint16, uint32 or uint64");
  }
  const choices = childrenNamed(element, "choice", context).map((child) => {
    const choice = new AttributeReader(child, context.diagnostics, DESCRIBED_ATTRIBUTES);
    const text = child.text.trim();
    const bit = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
    if (!(bit < primitive.size * 8)) {
      choice.error(
        `"${text}" is not a bit of ${primitive.name}`,
        `Write a number from 0 to ${primitive.size * 8 - 1}`,
      );
    }
    return { ...choice.described(context.schemaVersion), bit };
  });
  refuseDuplicates(choices, ({ bit }) => String(bit), context);
  return { ...described, kind: "set", primitive, size: primitive.size, choices };
}

function readEncodingType(reader: AttributeReader, context: TypeContext): EncodedType {
  const name = reader.required("encodingType");
  const type = context.resolve(name, reader.element);
  if (type?.kind === "type" && type.length === 1 && type.presence !== "constant") return type;
  if (type) {
    reader.error(
      `encodingType="${name}" is no single number or character`,
      "Name a primitive, or a type of length 1",
    );
  }
  return context.fallbackType(reader.element);
}

function readValidValue(
  element: XmlElement,
  encoding: EncodedType,
  nullValue: string,
  context: TypeContext,
): ValidValue {
  const reader = new AttributeReader(element, context.diagnostics, DESCRIBED_ATTRIBUTES);
  const { primitive } = encoding;
  const value = parseValue(primitive, element.text);
  if (value === undefined) {
    reader.error(
      `"${element.text}" is not a value of ${primitive.name}`,
      "Write the number as the element's text",
    );
  } else if (value === nullValue) {
    reader.error(
      `${value} is the null value of the enum`,
      "Choose another number, or set nullValue on the enum",
    );
  } else if (primitive.kind !== "char" && !withinLimits(value, encoding)) {
    reader.error(`${value} is outside the range of ${encoding.name}`, "Choose a number within it");
  }
  return { ...reader.described(context.schemaVersion), value: value ?? "0" };
}

function withinLimits(value: string, { primitive, minValue, maxValue }: EncodedType): boolean {
  if (primitive.kind === "float") return true;
  const number = BigInt(value);
  return number >= BigInt(minValue ?? primitive.minValue) && number <= BigInt(maxValue ?? primitive.maxValue);
}

function childrenNamed(element: XmlElement, name: string, context: TypeContext): readonly XmlElement[] {
  for (const child of element.children) {
    if (child.name === name && child.uri === "") continue;
    if (child.uri !== "" && isSbeElement(child.name)) {
      context.diagnostics.error(child.place, `<${child.name}> must not have a prefix`, "Remove the prefix");
    } else {
      warnUnknownElement(child, `Only <${name}> may stand here`, context.diagnostics);
    }
  }
  return element.children.filter((child) => child.name === name && child.uri === "");
}

function refuseDuplicates<T extends { readonly name: string; readonly place: XmlElement["place"] }>(
  items: readonly T[],
  keyOf: (item: T) => string,
  context: TypeContext,
): void {
  const names = new Set<string>();
  const values = new Set<string>();
  for (const item of items) {
    if (names.has(item.name)) {
      context.diagnostics.error(item.place, `the name "${item.name}" stands twice`, "Rename one of them");
    }
    if (values.has(keyOf(item))) {
      context.diagnostics.error(item.place, `the number ${keyOf(item)} stands twice`, "Change one of them");
    }
    names.add(item.name);
    values.add(keyOf(item));
  }
}
