import { readFileSync } from "node:fs";
import { BANNER, type GeneratedFiles } from "./source-file.js";

/** In the order of their names. `errors.ts` is what a project may replace. */
const FILES = [
  "charsets.ts",
  "data.ts",
  "failures.ts",
  "index.ts",
  "json.ts",
  "octets.ts",
  "sbe-error.ts",
  "short-text.ts",
  "text-reader.ts",
  "text-writer.ts",
  "utf16.ts",
  "values.ts",
];
const ERRORS = "./sbe-error.js";

/**
 * Source text of the runtime, which generated code imports: path to text. It depends on nothing.
 *
 * @param errors module, as seen from the runtime's folder, that exports `fail(code, message, { context })` and is used
 *   instead of the runtime's own `SbeError`
 */
export function runtimeFiles(errors: string = ERRORS): GeneratedFiles {
  const files = errors === ERRORS ? FILES : FILES.filter((name) => name !== "sbe-error.ts");
  return new Map(
    files.map((name) => [
      name,
      `${BANNER}\n${sourceOf(name).replaceAll(`"${ERRORS}"`, JSON.stringify(errors))}`,
    ]),
  );
}

/** The sources are part of the package: beside this file when it runs from sources, and from `dist` as well. */
function sourceOf(name: string): string {
  return readFileSync(new URL(`../../src/runtime/${name}`, import.meta.url), "utf8");
}
