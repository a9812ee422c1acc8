import { compile } from "./compile.js";
import { type GeneratedFiles, type PrintOptions, printSchema } from "./typescript/print-schema.js";
import type { ReadText } from "./xml/load-document.js";

export interface GenerateOptions extends PrintOptions {
  /**
   * Module that generated code imports its runtime from: a package, or a path as seen from the output folder. Without
   * it the output has a runtime of its own.
   */
  readonly runtime?: string;
  /** Reads schema files; the file system by default. */
  readonly readText?: ReadText;
}

/**
 * TypeScript codecs of a schema: path within the output folder to text. The same schema gives the same octets.
 * Throws SchemaError naming every fault.
 */
export function generate(schemaPath: string, options: GenerateOptions = {}): GeneratedFiles {
  const { tokens } = compile(schemaPath, options.readText);
  return printSchema(tokens, options.runtime, options);
}
