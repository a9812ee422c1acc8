import { type Diagnostic, Diagnostics } from "../diagnostics/diagnostics.js";
import { loadDocument, type ReadText } from "../xml/load-document.js";
import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, ID_MAX } from "./attribute-reader.js";
import { checkNames } from "./check-names.js";
import { checkHeaderFits, readHeader } from "./read-header.js";
import { readMessage } from "./read-message.js";
import { TypeTable } from "./read-types.js";
import type { ByteOrder, MessageDefinition, SchemaDefinition } from "./schema-model.js";
import { isSbeElement, warnUnknownElement } from "./unknown-element.js";

const KNOWN = [
  "package",
  "id",
  "version",
  "semanticVersion",
  "description",
  "byteOrder",
  "headerType",
  "schemaLocation",
];

export interface SchemaReading {
  readonly schema: SchemaDefinition;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads, resolves and checks a schema file with everything it includes.
 * Throws one SchemaError naming all faults with file, line, element path and what to do.
 */
export function readSchema(path: string, readText?: ReadText): SchemaReading {
  const diagnostics = new Diagnostics();
  const root = loadDocument(path, readText);
  const schema = readRoot(root, diagnostics);
  diagnostics.throwIfErrors();
  return { schema: schema!, warnings: diagnostics.warnings };
}

function readRoot(root: XmlElement, diagnostics: Diagnostics): SchemaDefinition | undefined {
  if (root.name !== "messageSchema") {
    diagnostics.error(root.place, `the root is <${root.name}>`, "A schema's root is <messageSchema>");
    return undefined;
  }
  const reader = new AttributeReader(root, diagnostics, KNOWN);
  const id = reader.requiredInteger("id", 0, ID_MAX);
  const version = reader.integer("version", 0, ID_MAX) ?? 0;
  const typesElements = childrenOf(root, "types");
  const messageElements = root.children.filter(({ name }) => name === "message");
  for (const child of root.children) {
    if (typesElements.includes(child) || messageElements.includes(child)) continue;
    if (child.uri !== "" && isSbeElement(child.name)) {
      diagnostics.error(child.place, `<${child.name}> must not have a prefix`, "Remove the prefix");
    } else {
      warnUnknownElement(child, "Use types, message or xi:include", diagnostics);
    }
  }
  for (const types of typesElements) new AttributeReader(types, diagnostics, ["package", "description"]);
  const table = new TypeTable(typesElements, version, diagnostics);
  table.readAll();
  const header = readHeader(reader, table);
  const messages = messageElements.map((element) => readMessage(element, table, header));
  refuseDuplicates(messages, diagnostics);
  if (messages.length === 0) diagnostics.warn(root.place, "the schema has no messages", "Add one");
  const byteOrder = readByteOrder(reader);
  if (!header) return undefined;
  const schema: SchemaDefinition = {
    package: reader.text("package") ?? "",
    id,
    version,
    semanticVersion: reader.text("semanticVersion"),
    description: reader.text("description"),
    byteOrder,
    header,
    types: table.classTypes(),
    messages,
  };
  checkHeaderFits(header, schema, reader);
  checkNames(messages, diagnostics);
  return schema;
}

function childrenOf(root: XmlElement, name: string): readonly XmlElement[] {
  return root.children.filter((child) => child.name === name && child.uri === "");
}

function readByteOrder(reader: AttributeReader): ByteOrder {
  const text = reader.text("byteOrder") ?? "littleEndian";
  if (text === "littleEndian" || text === "bigEndian") return text;
  reader.error(`byteOrder="${text}" does not exist`, "Use littleEndian or bigEndian");
  return "littleEndian";
}

function refuseDuplicates(messages: readonly MessageDefinition[], diagnostics: Diagnostics): void {
  const names = new Set<string>();
  const ids = new Set<number>();
  for (const { name, id, place } of messages) {
    if (names.has(name)) diagnostics.error(place, `the message "${name}" stands twice`, "Rename one of them");
    if (ids.has(id)) diagnostics.error(place, `the template id ${id} stands twice`, "Change one of them");
    names.add(name);
    ids.add(id);
  }
}
