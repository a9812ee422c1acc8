import type { Diagnostic } from "./diagnostics/diagnostics.js";
import { buildTokens } from "./ir/build-tokens.js";
import type { SchemaTokens } from "./ir/token.js";
import { readSchema } from "./schema/read-schema.js";
import { type GeneratedFiles, printSchema } from "./typescript/print-schema.js";
import type { ReadText } from "./xml/load-document.js";

export interface GenerateOptions {
  /**
   * Module that generated code imports its runtime from: a package, or a path as seen from the output folder. What it
   * has to export is what the code of the schema imports: failures, texts, data, JSON forms.
   */
  readonly runtime: string;
  /** Reads schema files; the file system by default. */
  readonly readText?: ReadText;
}

/** The schema as tokens, with the warnings about it. Throws SchemaError. */
export function compile(
  schemaPath: string,
  readText?: ReadText,
): { readonly tokens: SchemaTokens; readonly warnings: readonly Diagnostic[] } {
  const { schema, warnings } = readSchema(schemaPath, readText);
  return { tokens: buildTokens(schema), warnings };
}

/**
 * TypeScript codecs of a schema: path within the output folder to text. The same schema gives the same octets.
 * Throws SchemaError naming every fault.
 */
export function generate(schemaPath: string, options: GenerateOptions): GeneratedFiles {
  const { tokens } = compile(schemaPath, options.readText);
  return printSchema(tokens, options.runtime);
}
