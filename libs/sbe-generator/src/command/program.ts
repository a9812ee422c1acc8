import { Command } from "commander";
import { type Diagnostic, formatDiagnostic, SchemaError } from "../diagnostics/diagnostics.js";
import { compile } from "../generate.js";
import { printSchema } from "../typescript/print-schema.js";
import { writeOutput } from "./write-output.js";

/** Where the command prints; tests collect instead. */
export interface CommandOutput {
  out(text: string): void;
  err(text: string): void;
}

/** Runs `sbe-schema-ts` with arguments as after the program name; returns the exit code. */
export async function runCommand(args: readonly string[], output: CommandOutput): Promise<number> {
  const program = new Command("sbe-schema-ts")
    .description("SBE 1.0 schemas to TypeScript codecs")
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) });
  program
    .command("generate")
    .description("write encoders and decoders")
    .argument("<schema>", "schema file; xi:include is followed")
    .requiredOption("--out <dir>", "folder that receives the code")
    .requiredOption(
      "--runtime <module>",
      "module or path, seen from --out, that the code imports its runtime from",
    )
    .option("--warnings-as-errors", "refuse schemas that draw warnings", false)
    .action((schema: string, options: { out: string; runtime: string; warningsAsErrors: boolean }) => {
      const tokens = compileAndWarn(schema, options.warningsAsErrors, output);
      const files = printSchema(tokens, options.runtime);
      const changed = writeOutput(options.out, files);
      output.out(`${files.size} files in ${options.out}, ${changed.length} changed\n`);
    });
  program
    .command("ir")
    .description("print the schema's tokens as JSON")
    .argument("<schema>", "schema file; xi:include is followed")
    .action((schema: string) => {
      output.out(`${JSON.stringify(compileAndWarn(schema, false, output), null, 2)}\n`);
    });
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    return reportFailure(error, output);
  }
}

function compileAndWarn(schema: string, warningsAsErrors: boolean, output: CommandOutput) {
  const { tokens, warnings } = compile(schema);
  if (warningsAsErrors && warnings.length > 0) throw new SchemaError(warnings);
  printWarnings(warnings, output);
  return tokens;
}

function printWarnings(warnings: readonly Diagnostic[], output: CommandOutput): void {
  for (const warning of warnings) output.err(`${formatDiagnostic(warning)}\n`);
}

function reportFailure(error: unknown, output: CommandOutput): number {
  // Commander has printed its own message, and "help" is no failure.
  if (error instanceof Error && "exitCode" in error) return Number(error.exitCode);
  output.err(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}
