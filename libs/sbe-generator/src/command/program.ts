import { Command } from "commander";
import type { CommandOutput } from "./command-io.js";
import { addDecode, addEncode } from "./frame-commands.js";
import { addCheck, addGenerate, addIr, addRuntime } from "./schema-commands.js";

export type { CommandOutput } from "./command-io.js";

const EXAMPLES = `
Examples:
  sbe-schema-ts generate car.xml --out src/generated
  sbe-schema-ts ir car.xml
  sbe-schema-ts decode --schema car.xml car.bin
  sbe-schema-ts encode --schema car.xml --message Car values.json --out car.bin
  sbe-schema-ts check car-v1.xml car-v2.xml

sbe-schema-ts help <command> tells more about each.
`;

/** Runs `sbe-schema-ts` with arguments as after the program name; returns the exit code. */
export async function runCommand(args: readonly string[], output: CommandOutput): Promise<number> {
  let exitCode = 0;
  const program = new Command("sbe-schema-ts")
    .description("SBE 1.0 schemas to TypeScript codecs, and frames to JSON and back")
    .addHelpText("after", EXAMPLES)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) });
  addGenerate(program, output);
  addRuntime(program, output);
  addIr(program, output);
  addDecode(program, output);
  addEncode(program, output);
  addCheck(program, output, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    const code = reportFailure(error, output);
    // "check" says with 1 that schemas differ; that they could not be compared is something else.
    return code !== 0 && args[0] === "check" ? 2 : code;
  }
}

function reportFailure(error: unknown, output: CommandOutput): number {
  // Commander has printed its own message, and "help" is no failure.
  if (error instanceof Error && "exitCode" in error) return Number(error.exitCode);
  output.err(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}
