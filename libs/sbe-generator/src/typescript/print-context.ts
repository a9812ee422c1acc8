import type { SchemaTokens } from "../ir/token.js";
import type { SourceFile } from "./source-file.js";

/** What every printer of one schema shares. */
export interface PrintContext {
  readonly schema: SchemaTokens;
  /** Where generated code imports its runtime from, as written in files of the output folder. */
  readonly runtime: string;
  /** Debug build: setters refuse values that their octets cannot hold. */
  readonly checks: boolean;
}

/** The runtime as seen from `messages/` and `types/`, one level below the output folder. */
export function runtimeModule({ runtime }: PrintContext): string {
  if (runtime.startsWith("../")) return `../${runtime}`;
  return runtime.startsWith("./") ? `../${runtime.slice(2)}` : runtime;
}

/** Imports a name of the runtime into the file. */
export function useRuntime(file: SourceFile, name: string, context: PrintContext): string {
  return file.use(name, runtimeModule(context));
}
