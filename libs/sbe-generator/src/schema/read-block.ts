import type { Place } from "../diagnostics/diagnostics.js";
import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, DESCRIBED_ATTRIBUTES, ID_MAX } from "./attribute-reader.js";
import { memberEncoding, storageMax } from "./carrier-member.js";
import { checkAppended } from "./check-appended.js";
import { readData } from "./read-data.js";
import { readDimension } from "./read-dimension.js";
import { readField } from "./read-field.js";
import type { TypeTable } from "./read-types.js";
import type { BlockContent, DataDefinition, FieldDefinition, GroupDefinition } from "./schema-model.js";
import { isSbeElement, warnUnknownElement } from "./unknown-element.js";

/** What the block length may be at most: what its member in the header or dimension holds. */
export interface BlockLimit {
  readonly blockLengthMax: number;
  /** Names the composite that carries the block length, for messages. */
  readonly carrier: string;
}

/** Groups within groups within …: bounds the stack of whoever walks the schema. */
const DEPTH_MAX = 256;

/**
 * Content of a message or of the entries of a group, SBE 1.0 section 4.5: fields first, then groups, then data.
 *
 * @param reader of the message or group
 * @param depth of the block: 0 for a message
 */
export function readBlock(
  reader: AttributeReader,
  types: TypeTable,
  limit: BlockLimit,
  depth: number,
): BlockContent {
  const { diagnostics } = types;
  const fields: FieldDefinition[] = [];
  const groups: GroupDefinition[] = [];
  const data: DataDefinition[] = [];
  let rank = 0;
  let end = 0;
  if (depth > DEPTH_MAX)
    reader.error(`groups are nested deeper than ${DEPTH_MAX}`, "Flatten the innermost groups");
  for (const child of depth > DEPTH_MAX ? [] : reader.element.children) {
    rank = Math.max(rank, checkOrder(child, rank, types));
    if (child.uri !== "" && isSbeElement(child.name)) {
      diagnostics.error(child.place, `<${child.name}> must not have a prefix`, "Remove the prefix");
    } else if (child.name === "field") {
      const field = readField(child, end, types);
      if (field) {
        fields.push(field);
        end = field.presence === "constant" ? end : field.offset + field.type.size;
      }
    } else if (child.name === "group") {
      const group = readGroup(child, types, depth + 1);
      if (group) groups.push(group);
    } else if (child.name === "data") {
      const definition = readData(child, types);
      if (definition) data.push(definition);
    } else {
      warnUnknownElement(child, "Use field, group or data", diagnostics);
    }
  }
  const content = { blockLength: readBlockLength(reader, end, limit), fields, groups, data };
  refuseDuplicates([...fields, ...groups, ...data], types);
  checkAppended(content, diagnostics);
  return content;
}

const KNOWN_GROUP = [...DESCRIBED_ATTRIBUTES, "id", "dimensionType", "blockLength"];

/** `group`, SBE 1.0 section 4.8: a dimension, then that many entries. Undefined after its dimension was reported. */
function readGroup(element: XmlElement, types: TypeTable, depth: number): GroupDefinition | undefined {
  const reader = new AttributeReader(element, types.diagnostics, KNOWN_GROUP);
  const described = reader.described(types.schemaVersion);
  const id = reader.requiredInteger("id", 0, ID_MAX);
  const dimension = readDimension(reader, types);
  const blockLength = dimension && memberEncoding(dimension, "blockLength");
  const content = readBlock(
    reader,
    types,
    { blockLengthMax: blockLength ? storageMax(blockLength) : ID_MAX, carrier: dimension?.name ?? "" },
    depth,
  );
  const { fields, groups, data } = content;
  if (fields.length + groups.length + data.length === 0) {
    types.diagnostics.warn(element.place, "the group has no members", "Add at least one field");
  }
  return dimension && { ...described, id, dimension, ...content };
}

const RANKS: Readonly<Record<string, number>> = { field: 1, group: 2, data: 3 };
const RANK_NAMES = ["", "a field", "a group", "data"];

/** Readers find groups and data by walking, so their order in the schema must be that of the wire. */
function checkOrder(child: XmlElement, rank: number, { diagnostics }: TypeTable): number {
  const own = child.uri === "" && Object.hasOwn(RANKS, child.name) ? RANKS[child.name]! : 0;
  if (own !== 0 && own < rank) {
    diagnostics.error(
      child.place,
      `${RANK_NAMES[own]} stands behind ${RANK_NAMES[rank]}`,
      "Write fields first, then groups, then data",
    );
  }
  return own;
}

function readBlockLength(reader: AttributeReader, computed: number, limit: BlockLimit): number {
  const declared = reader.integer("blockLength", 0, limit.blockLengthMax) ?? 0;
  if (declared !== 0 && declared < computed) {
    reader.error(
      `blockLength ${declared} is less than its fields need`,
      `Use ${computed} or more, or leave it out`,
    );
  }
  if (computed > limit.blockLengthMax) {
    reader.error(
      `the block has ${computed} octets`,
      `Keep it within ${limit.blockLengthMax}, or widen blockLength in "${limit.carrier}"`,
    );
  }
  return Math.max(declared, computed);
}

function refuseDuplicates(
  items: readonly { readonly name: string; readonly id: number; readonly place: Place }[],
  { diagnostics }: TypeTable,
): void {
  const names = new Set<string>();
  const ids = new Set<number>();
  for (const { name, id, place } of items) {
    if (names.has(name)) diagnostics.error(place, `the name "${name}" stands twice`, "Rename one of them");
    if (ids.has(id)) diagnostics.error(place, `the id ${id} stands twice`, "Give one of them another id");
    names.add(name);
    ids.add(id);
  }
}
