export { type Diagnostic, formatDiagnostic, type Place, SchemaError } from "./diagnostics/diagnostics.js";
export { compile, type GenerateOptions, generate } from "./generate.js";
export type { SchemaTokens, Signal, Token } from "./ir/token.js";
export { type TokenNode, tokenTree } from "./ir/token-tree.js";
export { type GeneratedFiles, printSchema } from "./typescript/print-schema.js";
export type { ReadText } from "./xml/load-document.js";
