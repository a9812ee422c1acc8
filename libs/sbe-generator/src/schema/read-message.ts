import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, DESCRIBED_ATTRIBUTES } from "./attribute-reader.js";
import { readData } from "./read-data.js";
import { readField } from "./read-field.js";
import type { TypeTable } from "./read-types.js";
import type { DataDefinition, FieldDefinition, MessageDefinition } from "./schema-model.js";

const KNOWN = [...DESCRIBED_ATTRIBUTES, "id", "blockLength"];
const BLOCK_LENGTH_MAX = 65_534;

/** `message`, SBE 1.0 section 4.5: fields first, then groups, then data. */
export function readMessage(element: XmlElement, types: TypeTable): MessageDefinition {
  const { diagnostics } = types;
  const reader = new AttributeReader(element, diagnostics, KNOWN);
  const fields: FieldDefinition[] = [];
  const data: DataDefinition[] = [];
  let end = 0;
  for (const child of element.children) {
    if (child.uri !== "") {
      diagnostics.error(child.place, `<${child.name}> must not have a prefix`, "Remove the prefix");
    } else if (child.name === "field") {
      if (data.length > 0) {
        diagnostics.error(child.place, "a field stands behind data", "Move fields before groups and data");
      }
      const field = readField(child, end, types);
      if (field) {
        fields.push(field);
        end = field.constant === undefined ? field.offset + field.type.size : end;
      }
    } else if (child.name === "data") {
      const definition = readData(child, types);
      if (definition) data.push(definition);
    } else if (child.name === "group") {
      diagnostics.error(
        child.place,
        "groups are not supported yet",
        "Remove the group, or split the message",
      );
    } else {
      diagnostics.error(
        child.place,
        `<${child.name}> does not belong in a message`,
        "Use field, group or data",
      );
    }
  }
  refuseDuplicates([...fields, ...data], types);
  warnUnappended(fields, types);
  warnUnappended(data, types);
  return {
    ...reader.described(types.schemaVersion),
    id: reader.requiredInteger("id", 0, 65_535),
    blockLength: readBlockLength(reader, end),
    fields,
    data,
  };
}

function readBlockLength(reader: AttributeReader, computed: number): number {
  const declared = reader.integer("blockLength", 0, BLOCK_LENGTH_MAX) ?? 0;
  if (declared !== 0 && declared < computed) {
    reader.error(
      `blockLength ${declared} is less than its fields need`,
      `Use ${computed} or more, or leave it out`,
    );
  }
  if (computed > BLOCK_LENGTH_MAX) {
    reader.error(`the block has ${computed} octets`, `Keep it within ${BLOCK_LENGTH_MAX}`);
  }
  return Math.max(declared, computed);
}

function refuseDuplicates(
  items: readonly Pick<FieldDefinition, "name" | "id" | "place">[],
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

/** What a later version adds in front of older elements moves them: readers of the older version read them wrongly. */
function warnUnappended(
  items: readonly Pick<FieldDefinition, "sinceVersion" | "place">[],
  { diagnostics }: TypeTable,
): void {
  let newest = 0;
  for (const { sinceVersion, place } of items) {
    if (sinceVersion < newest) {
      diagnostics.warn(
        place,
        `an element of version ${sinceVersion} stands behind one of version ${newest}`,
        "Append what a version adds",
      );
    }
    newest = Math.max(newest, sinceVersion);
  }
}
