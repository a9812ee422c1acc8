import type { Diagnostic } from "./diagnostics/diagnostics.js";
import { buildTokens } from "./ir/build-tokens.js";
import type { SchemaTokens } from "./ir/token.js";
import { readSchema } from "./schema/read-schema.js";
import type { ReadText } from "./xml/load-document.js";

export interface CompiledSchema {
  readonly tokens: SchemaTokens;
  readonly warnings: readonly Diagnostic[];
}

/** The schema as tokens, with the warnings about it. Throws a SchemaError naming every fault. */
export function compile(schemaPath: string, readText?: ReadText): CompiledSchema {
  const { schema, warnings } = readSchema(schemaPath, readText);
  return { tokens: buildTokens(schema), warnings };
}
