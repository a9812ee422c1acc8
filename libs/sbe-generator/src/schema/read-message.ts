import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, DESCRIBED_ATTRIBUTES, ID_MAX } from "./attribute-reader.js";
import { readBlock } from "./read-block.js";
import { headerMemberMax } from "./read-header.js";
import type { TypeTable } from "./read-types.js";
import type { CompositeType, MessageDefinition } from "./schema-model.js";

const KNOWN = [...DESCRIBED_ATTRIBUTES, "id", "blockLength"];

/** `message`, SBE 1.0 section 4.5. */
export function readMessage(
  element: XmlElement,
  types: TypeTable,
  header: CompositeType | undefined,
): MessageDefinition {
  const reader = new AttributeReader(element, types.diagnostics, KNOWN);
  const described = reader.described(types.schemaVersion);
  const id = reader.requiredInteger("id", 0, ID_MAX);
  const limit = { blockLengthMax: headerMemberMax(header, "blockLength"), carrier: header?.name ?? "" };
  return { ...described, id, ...readBlock(reader, types, limit, 0) };
}
