import { compile } from "../compile.js";
import { SchemaError } from "../diagnostics/diagnostics.js";
import type { ReadText } from "../xml/load-document.js";

const HEADER = `<composite name="messageHeader"><type name="blockLength" primitiveType="uint16"/><type name="templateId" primitiveType="uint16"/><type name="schemaId" primitiveType="uint16"/><type name="version" primitiveType="uint16"/></composite>`;

/** A schema whose types start on line 2 and whose messages start on the line after them. */
export function schemaText(types: string, messages: string, rootAttributes = ""): string {
  return [
    `<messageSchema package="p" id="7" version="3" ${rootAttributes}><types>${HEADER}</types><types>`,
    types,
    "</types>",
    messages,
    "</messageSchema>",
  ].join("\n");
}

/** Reads files from memory by the end of their paths. */
export function memoryFiles(files: Readonly<Record<string, string>>): ReadText {
  return (path) => {
    const name = Object.keys(files).find((key) => path.endsWith(key));
    if (name === undefined) throw new Error(`no file ${path}`);
    return files[name]!;
  };
}

export function compileText(text: string) {
  return compile("schema.xml", memoryFiles({ "schema.xml": text }));
}

/** The faults of a schema, one line each; empty when it has none. */
export function faultsOf(text: string): readonly string[] {
  try {
    compileText(text);
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.message.split("\n");
    throw error;
  }
}
