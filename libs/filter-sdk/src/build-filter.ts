import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fail } from "./errors.js";

/** The package's name, under which filters import its sources. */
const PACKAGE = "@ims/filter-sdk";
const PACKAGE_DIR = join(import.meta.dirname, "..");
const OUTPUT = "filter.wasm";
/** A text, not a literal import: the compiler's own types declare globals of AssemblyScript over those of Node. */
const COMPILER: string = "assemblyscript/asc";

/** What is used of the compiler's programming interface. */
interface Compiler {
  main(
    options: readonly string[],
    host: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array | string): void;
      listFiles(): readonly string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

export interface BuildOptions {
  /** For debugging: no optimisation, names of functions in traps. Default false. */
  readonly debug?: boolean;
}

/**
 * Compiles a filter in AssemblyScript, in this process and without a network. Sources of this package are those beside
 * it, wherever the filter lies. What would need an import of the host's other than the interface's fails here or at the
 * check of the module.
 * @param entry path of its main file
 * @throws ImsError (rejected) `filter-sdk.build-failed` with the compiler's words
 */
export async function buildFilter(
  entry: string,
  { debug = false }: BuildOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { default: compiler } = (await import(COMPILER)) as { default: Compiler };
  const folder = dirname(resolve(entry));
  let module: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await compiler.main(
    [
      basename(entry),
      ...["--outFile", OUTPUT, "--runtime", "minimal", "--exportStart", "_initialize"],
      ...["--use", `abort=~lib/${PACKAGE}/assembly/abort/fail`],
      ...(debug ? ["--debug"] : ["-O3"]),
    ],
    {
      readFile: (name) => readSource(name, folder),
      writeFile: (name, contents) => {
        if (name === OUTPUT && typeof contents !== "string") module = new Uint8Array(contents);
      },
      listFiles: () => [],
    },
  );
  if (error !== null || module === undefined) {
    const words = stderr.toString().trim() || error?.message || "it made no module";
    throw fail("filter-sdk.build-failed", words, { cause: error, context: { entry } });
  }
  return module;
}

/** A source that the compiler asks for, or null where it is to look elsewhere. */
function readSource(name: string, folder: string): string | null {
  const own = name.replaceAll("\\", "/").split(`node_modules/${PACKAGE}/`)[1];
  const path = own === undefined ? resolve(folder, name) : join(PACKAGE_DIR, own);
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
