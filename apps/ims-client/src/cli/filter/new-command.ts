import { join } from "node:path";
import type { Command } from "commander";
import type { CliEnvironment } from "../cli-environment.js";
import { examplesText } from "../command-options.js";
import { type FilterPackages, load } from "./filter-packages.js";

/** Adds `ims filter new`. */
export function addNewCommand(filter: Command, environment: CliEnvironment, packages: FilterPackages): void {
  filter
    .command("new")
    .description("make a project with a filter in AssemblyScript that builds and has a test")
    .argument("<name>", "lower-case letters, digits and dashes")
    .option("--dir <folder>", "folder of the project (default: the name)")
    .addHelpText("after", examplesText([["ims filter new cheap-calls", "then: cd cheap-calls && npm test"]]))
    .action((name: string, flags: { dir?: string }) => makeProject(environment, packages, name, flags.dir));
}

async function makeProject(
  { output }: CliEnvironment,
  packages: FilterPackages,
  name: string,
  folder: string = name,
): Promise<void> {
  const { newProject } = await load("@ims/filter-sdk", packages.sdk);
  const files = newProject(name, folder);
  const lines = files.map((file) => `  ${join(folder, file)}\n`).join("");
  await output.write(`made the filter ${name}:\n${lines}next: cd ${folder} && npm test\n`);
}
