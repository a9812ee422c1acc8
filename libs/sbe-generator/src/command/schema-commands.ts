import type { Command } from "commander";
import { compareSchemas } from "../evolution/compare-schemas.js";
import { describeEvolution } from "../evolution/describe-evolution.js";
import { type GeneratedFiles, printSchema } from "../typescript/print-schema.js";
import { runtimeFiles } from "../typescript/runtime-files.js";
import { type CommandOutput, compileAndWarn } from "./command-io.js";
import { writeOutput } from "./write-output.js";

const SCHEMA_ARGUMENT = "schema file; xi:include is followed";
const WARNINGS_OPTION = "refuse schemas that draw warnings";

interface GenerateCommandOptions {
  readonly out: string;
  readonly runtime?: string;
  readonly checks: boolean;
  readonly warningsAsErrors: boolean;
}

export function addGenerate(program: Command, output: CommandOutput): void {
  program
    .command("generate")
    .description("write encoders and decoders")
    .argument("<schema>", SCHEMA_ARGUMENT)
    .requiredOption("--out <dir>", "folder that receives the code")
    .option(
      "--runtime <module>",
      "module or path, seen from --out, that the code imports its runtime from; without it the code has its own",
    )
    .option("--checks", "debug build: setters refuse values that their octets cannot hold", false)
    .option("--warnings-as-errors", WARNINGS_OPTION, false)
    .addHelpText(
      "after",
      `
Files that are no longer needed are removed from --out, if they were generated.

Examples:
  sbe-schema-ts generate car.xml --out src/car
  sbe-schema-ts generate car.xml --out src/generated/car --runtime ../runtime/index.js
`,
    )
    .action((schema: string, options: GenerateCommandOptions) => {
      const tokens = compileAndWarn(schema, options.warningsAsErrors, output);
      report(options.out, printSchema(tokens, options.runtime, { checks: options.checks }), output);
    });
}

export function addRuntime(program: Command, output: CommandOutput): void {
  program
    .command("runtime")
    .description("write the runtime alone, for the code of several schemas to share")
    .requiredOption("--out <dir>", "folder that receives the runtime")
    .option(
      "--errors <module>",
      "module, seen from --out, whose fail(code, message, { context }) makes the errors that are thrown",
    )
    .addHelpText("after", "\nExample:\n  sbe-schema-ts runtime --out src/generated/runtime\n")
    .action((options: { out: string; errors?: string }) => {
      report(options.out, runtimeFiles(options.errors), output);
    });
}

function report(folder: string, files: GeneratedFiles, output: CommandOutput): void {
  const changed = writeOutput(folder, files);
  output.out(`${files.size} files in ${folder}, ${changed.length} changed\n`);
}

export function addIr(program: Command, output: CommandOutput): void {
  program
    .command("ir")
    .description("print the schema's tokens as JSON")
    .argument("<schema>", SCHEMA_ARGUMENT)
    .option("--warnings-as-errors", WARNINGS_OPTION, false)
    .addHelpText("after", "\nExample:\n  sbe-schema-ts ir car.xml > car-tokens.json\n")
    .action((schema: string, options: { warningsAsErrors: boolean }) => {
      const tokens = compileAndWarn(schema, options.warningsAsErrors, output);
      output.out(`${JSON.stringify(tokens, null, 2)}\n`);
    });
}

/** @param setExitCode 0 for compatible schemas, 1 for others; failures are for the caller */
export function addCheck(program: Command, output: CommandOutput, setExitCode: (code: number) => void): void {
  program
    .command("check")
    .description("tell whether a new version of a schema is compatible with the old one")
    .argument("<old>", "schema of the older version")
    .argument("<new>", "schema of the newer version")
    .option("--json", "print the changes as JSON", false)
    .addHelpText(
      "after",
      `
Exit codes: 0 compatible, 1 not compatible, 2 a schema could not be compared.

Example:
  sbe-schema-ts check quotes-v1.xml quotes-v2.xml --json
`,
    )
    .action((oldSchema: string, newSchema: string, options: { json: boolean }) => {
      const before = compileAndWarn(oldSchema, false, output);
      const after = compileAndWarn(newSchema, false, output);
      const evolution = compareSchemas(before, after);
      output.out(options.json ? `${JSON.stringify(evolution, null, 2)}\n` : describeEvolution(evolution));
      setExitCode(evolution.compatible ? 0 : 1);
    });
}
