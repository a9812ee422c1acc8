import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, DESCRIBED_ATTRIBUTES, ID_MAX } from "./attribute-reader.js";
import type { TypeTable } from "./read-types.js";
import type { CompositeMember, EncodedType, FieldDefinition, Presence, SchemaType } from "./schema-model.js";

const KNOWN = [...DESCRIBED_ATTRIBUTES, "id", "type", "offset", "presence", "valueRef", "epoch", "timeUnit"];

/**
 * `field`, SBE 1.0 section 4.5.2. Undefined after its type was reported as unknown.
 *
 * @param end where the field before it ends
 */
export function readField(element: XmlElement, end: number, types: TypeTable): FieldDefinition | undefined {
  const reader = new AttributeReader(element, types.diagnostics, KNOWN);
  const described = reader.described(types.schemaVersion);
  const id = reader.requiredInteger("id", 0, ID_MAX);
  const declared = types.resolve(reader.required("type"), element);
  if (!declared) return undefined;
  if (declared.kind === "type" && declared.length === 0 && declared.presence !== "constant") {
    reader.error(`type "${declared.name}" has length 0`, "Use a type with a length of 1 or more");
  }
  if (declared.kind === "composite" && declared.members.some(isVariable)) {
    types.diagnostics.warn(
      element.place,
      `"${declared.name}" has a part of variable length, which takes no octets in a field`,
      "Use <data> for octets behind the length",
    );
  }
  checkSemanticType(reader, declared);
  const presence = effectivePresence(reader, declared);
  const constant = presence === "constant" ? readConstant(reader, declared, types) : undefined;
  return {
    ...described,
    // What a type added in a later version holds cannot be older than the type.
    sinceVersion: Math.max(described.sinceVersion, declared.sinceVersion),
    semanticType: declared.semanticType ?? described.semanticType,
    id,
    offset: readOffset(reader, end),
    type: withFieldPresence(declared, presence),
    presence,
    placed: reader.text("offset") !== undefined,
    constant,
    valueRef: presence === "constant" ? reader.text("valueRef") : undefined,
    epoch: reader.text("epoch"),
    timeUnit: reader.text("timeUnit"),
  };
}

function isVariable({ type }: CompositeMember): boolean {
  return type.kind === "type" && type.length === 0;
}

function effectivePresence(reader: AttributeReader, type: SchemaType): Presence {
  const own = reader.presence();
  if (type.kind !== "type") return own ?? "required";
  if (type.presence === "constant") return "constant";
  if (own === "optional" && type.length > 1 && type.primitive.kind === "char") return "required";
  return own ?? type.presence;
}

function withFieldPresence(type: SchemaType, presence: Presence): SchemaType {
  if (type.kind !== "type" || type.presence === presence) return type;
  const size = presence === "constant" ? 0 : type.primitive.size * type.length;
  return { ...type, presence, size } satisfies EncodedType;
}

function readConstant(reader: AttributeReader, type: SchemaType, types: TypeTable): string | undefined {
  const valueRef = reader.text("valueRef");
  if (type.kind === "type" && type.constant !== undefined) return type.constant;
  const referenced = valueRef === undefined ? undefined : types.enumValue(valueRef, reader.element);
  if (valueRef === undefined) {
    reader.error("a constant field without a value", 'Add valueRef="Enum.Value", or use a constant type');
    return undefined;
  }
  if (!referenced) return undefined;
  if (type.kind === "enum") {
    if (referenced.enumType.name !== type.name) {
      reader.error(
        `valueRef="${valueRef}" is no value of ${type.name}`,
        "Name a value of the field's own enum",
      );
    }
    return referenced.value.name;
  }
  if (type.kind !== "type" || type.primitive !== referenced.enumType.primitive) {
    reader.error(`valueRef="${valueRef}" is of another primitive type`, "Use an enum of the same primitive");
  }
  return referenced.value.value;
}

function readOffset(reader: AttributeReader, end: number): number {
  const text = reader.text("offset");
  const offset = reader.integer("offset", 0, ID_MAX);
  if (text === undefined || offset === undefined) return end;
  if (offset < end) {
    reader.error(`offset ${offset} lies inside the field before, which ends at ${end}`, `Use ${end} or more`);
    return end;
  }
  return offset;
}

function checkSemanticType(reader: AttributeReader, type: SchemaType): void {
  const own = reader.text("semanticType");
  if (own === undefined || type.semanticType === undefined || own === type.semanticType) return;
  reader.error(
    `semanticType "${own}" differs from "${type.semanticType}" of its type`,
    "Make them equal, or leave one out",
  );
}
