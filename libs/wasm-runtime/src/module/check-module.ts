import { createHash } from "node:crypto";
import { didYouMean } from "@ims/common/core";
import { fail } from "../errors.js";
import { FILTER_LIMITS, type ModuleLimits } from "../limits.js";
import { engine } from "./engine.js";
import type { ModuleProfile } from "./module-profile.js";
import { type ExternalName, type ModuleOutline, printable, readOutline } from "./module-sections.js";
import { capSizes } from "./module-sizes.js";

/** Tables that a module may have. */
const TABLES_MAX = 16;

/** A module that has been looked at and may be compiled. */
export interface CheckedModule {
  /** SHA-256 of the octets as they were given, 64 hexadecimal digits: the version of the module. */
  readonly hash: string;
  /** The module with its sizes capped, in memory of its own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Pages of 64 KiB that its memory begins with and may grow to. */
  readonly memoryPages: { readonly least: number; readonly most: number };
  readonly imports: readonly ExternalName[];
  readonly exports: readonly ExternalName[];
}

/**
 * Looks at a module without running any of it, and writes the caps of its memory and tables into a copy. Sections for
 * debuggers are left out of that copy, apart from names, so that a trap can be told by its function.
 * @param expectedHash SHA-256 that the octets must have, 64 hexadecimal digits
 * @throws ImsError `wasm.too-large`, `wasm.malformed`, `wasm.unsupported`, `wasm.forbidden-import`, `wasm.bad-export`,
 *   `wasm.over-limit`, `wasm.hash-mismatch`
 */
export function checkModule(
  bytes: Uint8Array,
  profile: ModuleProfile,
  limits: ModuleLimits = FILTER_LIMITS,
  expectedHash?: string,
): CheckedModule {
  if (bytes.length > limits.moduleBytes) {
    throw fail(
      "wasm.too-large",
      `the module has ${bytes.length} octets, ${limits.moduleBytes} are taken at most`,
    );
  }
  // Nobody may change the octets between the checks and the use.
  const own = new Uint8Array(bytes);
  const hash = createHash("sha256").update(own).digest("hex");
  if (expectedHash !== undefined && hash !== expectedHash.toLowerCase()) {
    throw fail("wasm.hash-mismatch", `the module has the SHA-256 ${hash}, not ${printable(expectedHash)}`);
  }
  const outline = readOutline(own);
  checkImports(outline, profile);
  checkExports(outline, profile);
  if (outline.memories.length > 1) throw fail("wasm.unsupported", "the module has several memories");
  if (outline.tables.length > TABLES_MAX) {
    throw fail("wasm.unsupported", `the module has ${outline.tables.length} tables, ${TABLES_MAX} at most`);
  }
  const { bytes: capped, memory } = capSizes(own, outline, limits);
  if (!engine.validate(capped)) {
    throw fail("wasm.malformed", `the module is not valid: ${whyInvalid(capped)}`);
  }
  return {
    hash,
    bytes: capped,
    memoryPages: memory,
    imports: outline.imports,
    exports: outline.exports,
  };
}

function checkImports(outline: ModuleOutline, profile: ModuleProfile): void {
  for (const { module, name, type } of outline.imports) {
    const key = `${module}.${name}`;
    const given = Object.hasOwn(profile.imports, key) ? profile.imports[key] : undefined;
    if (given === undefined) {
      const hint = didYouMean(key, Object.keys(profile.imports));
      throw fail(
        "wasm.forbidden-import",
        `the module imports "${printable(key)}" of the type ${type}${hint}`,
      );
    }
    if (given !== type) {
      throw fail(
        "wasm.forbidden-import",
        `the module imports "${key}" of the type ${type}, but it is ${given}`,
      );
    }
  }
}

function checkExports(outline: ModuleOutline, profile: ModuleProfile): void {
  const types = new Map(outline.exports.map(({ name, type }) => [name, type]));
  for (const [name, type] of Object.entries(profile.exports)) {
    if (!types.has(name)) throw fail("wasm.bad-export", `the module does not export "${name}", ${type}`);
    requireType(name, types.get(name)!, type);
  }
  for (const [name, type] of Object.entries(profile.optionalExports)) {
    if (types.has(name)) requireType(name, types.get(name)!, type);
  }
}

function requireType(name: string, type: string, expected: string): void {
  if (type === expected) return;
  throw fail("wasm.bad-export", `the module exports "${name}" of the type ${type}, not ${expected}`);
}

/** The engine's own words for what is wrong. */
function whyInvalid(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    new engine.Module(bytes);
    return "no reason is given";
  } catch (error) {
    return error instanceof Error
      ? printable(error.message.slice("WebAssembly.Module(): ".length))
      : "unknown";
  }
}
