import type { AttributeReader } from "./attribute-reader.js";
import { memberEncoding } from "./carrier-member.js";
import { storageRange } from "./primitive-type.js";
import type { TypeTable } from "./read-types.js";
import type { CompositeType, EncodedType } from "./schema-model.js";

/** More entries than this are refused on reading and writing: what a signed 32-bit count holds. */
const COUNT_MAX = 2_147_483_647n;

/** The composite in front of a group's entries, SBE 1.0 section 4.8.2; undefined after a fault was reported. */
export function readDimension(reader: AttributeReader, types: TypeTable): CompositeType | undefined {
  const name = reader.text("dimensionType") ?? "groupSizeEncoding";
  const type = types.resolve(name, reader.element);
  if (!type) return undefined;
  if (type.kind !== "composite") {
    reader.error(`dimensionType "${name}" is no composite`, "Name a composite of blockLength and numInGroup");
    return undefined;
  }
  const sound = checkBlockLength(reader, type) && checkCount(reader, type);
  return sound ? type : undefined;
}

function member(reader: AttributeReader, type: CompositeType, name: string): EncodedType | undefined {
  const encoding = memberEncoding(type, name);
  if (!encoding) {
    reader.error(
      `dimension "${type.name}" has no member "${name}"`,
      `Add <type name="${name}" …/> to the composite`,
    );
    return undefined;
  }
  const { primitive, length, presence } = encoding;
  if (length === 1 && presence !== "constant" && primitive.kind !== "float") {
    return encoding;
  }
  reader.error(`${name} of dimension "${type.name}" is no single integer on the wire`, "Use uint8 or uint16");
  return undefined;
}

function checkBlockLength(reader: AttributeReader, type: CompositeType): boolean {
  const encoding = member(reader, type, "blockLength");
  if (!encoding) return false;
  const { name } = encoding.primitive;
  if (encoding.primitive.kind !== "unsigned") {
    reader.error(`blockLength of dimension "${type.name}" is ${name}`, "Use uint8 or uint16");
    return false;
  }
  if (encoding.primitive.size > 2) warnWidth(reader, `blockLength of dimension "${type.name}" is ${name}`);
  return true;
}

function checkCount(reader: AttributeReader, type: CompositeType): boolean {
  const encoding = member(reader, type, "numInGroup");
  if (!encoding) return false;
  const { primitive, minValue, maxValue } = encoding;
  const subject = `numInGroup of dimension "${type.name}" is ${primitive.name}`;
  if (primitive.kind !== "unsigned" && (minValue === undefined || BigInt(minValue) < 0n)) {
    reader.error(`${subject} without a minValue of 0 or more`, 'Use uint8 or uint16, or add minValue="0"');
    return false;
  }
  // As in the reference tool, which asks for a maximum of uint32 but not of 64 bits: readers and writers stop at COUNT_MAX.
  const unlimited = maxValue === undefined && primitive.size === 8;
  const highest = unlimited ? COUNT_MAX : BigInt(maxValue ?? storageRange(primitive).max);
  if (highest > COUNT_MAX) {
    reader.error(`${subject} without a sound maxValue`, `Add maxValue="${COUNT_MAX}" or less`);
    return false;
  }
  if (primitive.kind !== "unsigned" || primitive.size > 2) warnWidth(reader, subject);
  return true;
}

function warnWidth(reader: AttributeReader, problem: string): void {
  reader.diagnostics.warn(reader.element.place, problem, "Other SBE tools expect uint8 or uint16");
}
