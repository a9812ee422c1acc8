import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeError } from "@ims/common";
import type { Command } from "commander";
import type { CliEnvironment } from "../cli-environment.js";
import { examplesText } from "../command-options.js";
import { fail } from "./filter-errors.js";
import { type FilterPackages, load } from "./filter-packages.js";
import { openFilter } from "./open-filter.js";

interface BuildFlags {
  readonly out?: string;
  readonly debug?: true;
}

/** Adds `ims filter build`. */
export function addBuildCommand(
  filter: Command,
  environment: CliEnvironment,
  packages: FilterPackages,
): void {
  filter
    .command("build")
    .description("compile a filter in AssemblyScript and check it as the services do; needs no network")
    .argument("[path]", "folder of the project, or its main file (default: this folder)")
    .option("--out <file>", "where the module goes (default: build/NAME.wasm of the project)")
    .option("--debug", "not optimised, with names of functions in traps")
    .addHelpText(
      "after",
      examplesText([
        ["ims filter build", "assembly/index.ts of this folder"],
        ["ims filter build cheap-calls --out cheap.wasm", ""],
      ]),
    )
    .action((path: string | undefined, flags: BuildFlags) => build(environment, packages, path, flags));
}

/** The compiler would name the file alone, and not the folder where it was looked for. */
async function requireFile(file: string): Promise<void> {
  try {
    await access(file);
  } catch (error) {
    throw fail("filter.no-file", `there is no ${file} to compile`, { cause: error, context: { file } });
  }
}

async function build(
  { output }: CliEnvironment,
  packages: FilterPackages,
  path = ".",
  flags: BuildFlags,
): Promise<void> {
  const { buildFilter } = await load("@ims/filter-sdk", packages.sdk);
  const runtime = await load("@ims/wasm-runtime", packages.runtime);
  const isFile = path.endsWith(".ts");
  const entry = isFile ? path : join(path, "assembly/index.ts");
  await requireFile(entry);
  const bytes = await buildFilter(entry, { debug: flags.debug === true });
  const { description, hash } = openFilter(runtime, bytes);
  const file = flags.out ?? join(isFile ? dirname(path) : path, "build", `${description.name}.wasm`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  } catch (error) {
    throw fail("filter.no-file", `${file}: ${describeError(error)}`, { cause: error, context: { file } });
  }
  const parameters = description.parameters.map(({ name, default: usual, doc }) => {
    const value = usual === undefined ? "has to be given" : `default ${usual}`;
    return `  --param ${name}=…  ${doc} (${value})\n`;
  });
  await output.write(
    `${file}: ${description.name} ${description.version}, ${bytes.length} bytes, sha256 ${hash}\n${parameters.join("")}`,
  );
}
