import { CodecError, invalidValue } from "./codec-error.js";
import type {
  BlockPlan,
  DataPlan,
  FieldPlan,
  GroupPlan,
  MessagePlan,
  NumberPlan,
  SchemaPlan,
} from "./frame-plan.js";
import { FrameWriter } from "./frame-writer.js";
import { isObject, type JsonObject, type JsonValue, memberOf, shown } from "./json-value.js";
import { textOctets } from "./text-array-codec.js";

export function encodeFrame(
  plan: SchemaPlan,
  name: string,
  values: JsonObject,
  header: JsonObject,
): Uint8Array {
  const message = plan.byName.get(name);
  if (!message) {
    throw new CodecError(
      "sbe.unknown-message",
      name,
      "the schema has no such message",
      `Choose one of ${shown([...plan.byName.keys()])}`,
    );
  }
  const writer = new FrameWriter();
  writeHeader(writer, plan, message, header);
  writeBlock(writer, message, values, message.name);
  return writer.finish();
}

/** What the header says of the message; counts of groups and data where it has members for them, as the standard asks. */
function writeHeader(writer: FrameWriter, plan: SchemaPlan, message: MessagePlan, given: JsonObject): void {
  const start = writer.reserve(plan.header.size);
  const computed: Readonly<Record<string, number>> = {
    blockLength: message.blockLength,
    templateId: message.templateId,
    schemaId: plan.id,
    version: plan.version,
    numGroups: message.groups.length,
    numVarDataFields: message.data.length,
  };
  for (const [name, value] of Object.entries(computed)) {
    const member = plan.header.members.get(name);
    if (member) writeNumber(writer, member, start, value);
  }
  const fields = plan.header.fields.filter(({ name }) => memberOf(given, name) !== undefined);
  writeFields(writer, fields, start, given, "header");
}

function writeBlock(writer: FrameWriter, plan: BlockPlan, values: JsonObject, path: string): void {
  refuseUnknown(plan, values, path);
  const start = writer.reserve(plan.blockLength);
  writeFields(writer, plan.fields, start, values, path);
  for (const group of plan.groups) {
    writeGroup(writer, group, memberOf(values, group.name) ?? [], `${path}.${group.name}`);
  }
  for (const data of plan.data) {
    writeData(writer, data, memberOf(values, data.name) ?? null, `${path}.${data.name}`);
  }
}

function writeFields(
  writer: FrameWriter,
  fields: readonly FieldPlan[],
  start: number,
  values: JsonObject,
  path: string,
): void {
  for (const { name, offset, constant, codec } of fields) {
    if (constant) continue;
    codec.write(writer.view, start + offset, memberOf(values, name) ?? null, `${path}.${name}`);
  }
}

/** A misspelt name would otherwise lose its value in silence. */
function refuseUnknown({ fields, groups, data }: BlockPlan, values: JsonObject, path: string): void {
  const known = [...fields, ...groups, ...data].map(({ name }) => name);
  for (const name of Object.keys(values)) {
    if (!known.includes(name)) {
      throw invalidValue(`${path}.${name}`, "there is no such element", `Choose among ${shown(known)}`);
    }
  }
}

function writeGroup(writer: FrameWriter, plan: GroupPlan, entries: JsonValue, path: string): void {
  if (!Array.isArray(entries)) {
    throw invalidValue(path, `${shown(entries)} is no list of entries`, "Give a list of objects");
  }
  const { min, max } = plan.countMember;
  if (entries.length < min || entries.length > max) {
    throw invalidValue(path, `${entries.length} entries`, `Give ${min} to ${max}`);
  }
  const start = writer.reserve(plan.dimensionSize);
  writeNumber(writer, plan.blockLengthMember, start, plan.blockLength);
  writeNumber(writer, plan.countMember, start, entries.length);
  for (const [index, entry] of (entries as readonly JsonValue[]).entries()) {
    if (!isObject(entry)) {
      throw invalidValue(`${path}[${index}]`, `${shown(entry)} is no entry`, "Give an object");
    }
    writeBlock(writer, plan, entry, `${path}[${index}]`);
  }
}

function writeData(writer: FrameWriter, plan: DataPlan, value: JsonValue, path: string): void {
  const octets = value === null ? new Uint8Array(0) : textOctets(value, plan.text, plan.charset, path);
  if (octets.length > plan.length.max) {
    throw invalidValue(path, `${octets.length} octets`, `Give at most ${plan.length.max}`);
  }
  const start = writer.reserve(plan.length.access.size);
  writeNumber(writer, plan.length, start, octets.length);
  writer.append(octets);
}

function writeNumber(writer: FrameWriter, plan: NumberPlan, base: number, value: number): void {
  if (plan.constant === undefined) plan.access.write(writer.view, base + plan.offset, value);
}
