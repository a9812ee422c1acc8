import { describeError, isImsError } from "@ims/common";
import { runStack } from "./run-stack.js";
import { HELP, parseStackOptions, type StackOptions } from "./stack-options.js";

const stop = new AbortController();
const write = (line: string) => process.stdout.write(`${line}\n`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  });
}
// A reader that goes away, such as `head`, ends the run.
process.stdout.on("error", () => stop.abort());

try {
  const options = parseStackOptions(process.argv.slice(2));
  if (options.help) write(HELP);
  else if (!(await printedAnything(options))) {
    process.stderr.write("Nothing arrived: the lines above say what the service waited for.\n");
    process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = isImsError(error, "local-stack.usage") ? 2 : 1;
}

/** Whether a message was printed; true also for a run that was interrupted before one could be. */
async function printedAnything(options: StackOptions): Promise<boolean> {
  let printed = false;
  let interrupted = false;
  process.once("SIGINT", () => {
    interrupted = true;
  });
  try {
    await runStack(options, write, stop, () => {
      printed = true;
    });
  } catch (error) {
    // What fails because the run ends is no news.
    if (!stop.signal.aborted) throw error;
  }
  return printed || interrupted;
}
