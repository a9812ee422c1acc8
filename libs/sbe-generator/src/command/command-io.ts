import { readFileSync } from "node:fs";
import { type CompiledSchema, compile } from "../compile.js";
import { type Diagnostic, formatDiagnostic, SchemaError } from "../diagnostics/diagnostics.js";
import type { SchemaTokens } from "../ir/token.js";

/** Where the command reads and prints; tests collect instead. */
export interface CommandOutput {
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** Standard input to its end; read only where `-` stands for a file. */
  readInput?(): Uint8Array;
}

/** What the user gave cannot be used; the message says what to do. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Compiles a schema and prints its warnings, which are faults when `warningsAsErrors` says so. */
export function compileAndWarn(
  schemaPath: string,
  warningsAsErrors: boolean,
  output: CommandOutput,
): SchemaTokens {
  const { tokens, warnings }: CompiledSchema = compile(schemaPath);
  if (warningsAsErrors && warnings.length > 0) {
    throw new SchemaError(warnings.map((warning): Diagnostic => ({ ...warning, severity: "error" })));
  }
  for (const warning of warnings) output.err(`${formatDiagnostic(warning)}\n`);
  return tokens;
}

/** Octets of a file, or of standard input for `-`. */
export function readBytes(path: string, output: CommandOutput): Uint8Array {
  if (path === "-") return output.readInput?.() ?? readFileSync(0);
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`cannot read "${path}" (${reason}). Check the path`);
  }
}

export function readText(path: string, output: CommandOutput): string {
  return new TextDecoder().decode(readBytes(path, output));
}
