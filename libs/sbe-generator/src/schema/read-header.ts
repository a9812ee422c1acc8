import { type AttributeReader, ID_MAX } from "./attribute-reader.js";
import { memberEncoding, storageMax } from "./carrier-member.js";
import type { TypeTable } from "./read-types.js";
import type { CompositeType, MessageDefinition } from "./schema-model.js";

/** Members that every header has, SBE 1.0 section 3.1: in any order, at any offset, beside any others. */
export const HEADER_MEMBERS = ["blockLength", "templateId", "schemaId", "version"] as const;

/** The composite that stands in front of every message; undefined after a fault was reported. */
export function readHeader(reader: AttributeReader, table: TypeTable): CompositeType | undefined {
  const name = reader.text("headerType") ?? "messageHeader";
  const type = table.resolve(name, reader.element);
  if (!type) return undefined;
  if (type.kind !== "composite") {
    reader.error(`headerType "${name}" is no composite`, "Name a composite");
    return undefined;
  }
  for (const member of HEADER_MEMBERS) checkMember(type, member, table);
  return type;
}

function checkMember(header: CompositeType, name: string, { diagnostics }: TypeTable): void {
  const encoding = memberEncoding(header, name);
  if (!encoding) {
    diagnostics.error(header.place, `the header has no member "${name}"`, `Add <type name="${name}" …/>`);
    return;
  }
  const { primitive, length, place } = encoding;
  if (length !== 1 || primitive.kind === "float" || primitive.kind === "char") {
    diagnostics.error(
      place,
      `header member "${name}" is no single integer`,
      "Use uint16, or another integer type without length",
    );
  } else if (name === "blockLength" && primitive.kind !== "unsigned") {
    diagnostics.error(
      place,
      `header member "${name}" is ${primitive.name}`,
      "Use uint16, or a wider unsigned type",
    );
  } else if (primitive.name !== "uint16") {
    diagnostics.warn(place, `header member "${name}" is ${primitive.name}`, "Other SBE tools expect uint16");
  }
}

/** Largest value that a member of the header carries; no limit of its own where the header is faulty. */
export function headerMemberMax(header: CompositeType | undefined, name: string): number {
  const encoding = header && memberEncoding(header, name);
  return encoding ? storageMax(encoding) : ID_MAX;
}

/** Refuses what the header cannot carry: numbers too large for their member, or other than a constant member says. */
export function checkHeaderFits(
  header: CompositeType,
  schema: { readonly id: number; readonly version: number; readonly messages: readonly MessageDefinition[] },
  reader: AttributeReader,
): void {
  const { diagnostics, element } = reader;
  const check = (name: string, value: number, place = element.place) => {
    const encoding = memberEncoding(header, name);
    if (!encoding) return;
    const constant = encoding.presence === "constant";
    if (constant ? String(value) === encoding.constant : value <= storageMax(encoding)) return;
    const problem = `${name} ${value} does not fit the header, whose member ${constant ? `is ${encoding.constant}` : `ends at ${storageMax(encoding)}`}`;
    const advice = `Choose another number, or change member "${name}" of "${header.name}"`;
    // A constant of the schema as a whole is not on the wire, so nobody is misled by it.
    if (constant && (name === "schemaId" || name === "version")) diagnostics.warn(place, problem, advice);
    else diagnostics.error(place, problem, advice);
  };
  check("schemaId", schema.id);
  check("version", schema.version);
  for (const { id, blockLength, place } of schema.messages) {
    check("templateId", id, place);
    check("blockLength", blockLength, place);
  }
}
