import { CommanderError } from "commander";
import { type CliEnvironment, CommandFailed, ExitCode } from "./cli-environment.js";
import { errorText, isUsageError } from "./output/error-text.js";
import { createProgram } from "./program.js";

/** Runs one `ims` command to its end. Never rejects; what goes wrong is printed and shows in the exit code. */
export async function runCli(environment: CliEnvironment): Promise<ExitCode> {
  try {
    await createProgram(environment).parseAsync([...environment.args], { from: "user" });
    return ExitCode.Ok;
  } catch (error) {
    // Commander has printed its own; asking for help or the version is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
    if (error instanceof CommandFailed) return ExitCode.Failed;
    await environment.errors.write(errorText(error));
    return isUsageError(error) ? ExitCode.Usage : ExitCode.Failed;
  }
}
