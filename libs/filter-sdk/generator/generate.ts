import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "sbe-schema-ts";
import { fileName, printCodes, printIndex, printRecord, printSchema } from "./print-record.js";
import { codeLayouts, recordLayouts } from "./record-layout.js";

/** The accessors of a schema: texts in AssemblyScript by file name, depending on the schema alone. */
export function accessorFiles(schemaPath: string): ReadonlyMap<string, string> {
  const schema = compile(schemaPath).tokens;
  const records = recordLayouts(schema);
  return new Map([
    ["codes.ts", printCodes(codeLayouts(schema))],
    ["index.ts", printIndex(records)],
    ["schema.ts", printSchema(schema)],
    ...records.map((record) => [`${fileName(record.name)}.ts`, printRecord(record)] as const),
  ]);
}

/** Writes them in place of what is there. */
export function writeAccessors(schemaPath: string, folder: string): void {
  const files = accessorFiles(schemaPath);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
}
