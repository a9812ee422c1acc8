import { describeError, isImsError, systemClock } from "@ims/common";
import { runBooks } from "./run-books.js";
import { runOptions } from "./run-options.js";
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
    process.stderr.write("Nothing arrived in this time: give it more, or see what the lines above say.\n");
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
  const onMessage = () => {
    printed = true;
  };
  const startedMillis = systemClock.monotonicMillis();
  const { seconds } = options;
  const timer = seconds === undefined ? undefined : systemClock.setTimer(seconds * 1000, () => stop.abort());
  try {
    if (options.stack === "books") await runBooks(options, bookOutput(), stop.signal, onMessage);
    else if (options.stack === "options") await runOptions(options, write, stop.signal, onMessage);
    else await runStack(options, write, stop, onMessage);
  } catch (error) {
    // What fails because the run ends is no news.
    if (!stop.signal.aborted) throw error;
  } finally {
    timer?.cancel();
    write(`Ended after ${((systemClock.monotonicMillis() - startedMillis) / 1000).toFixed(1)} s.`);
  }
  return printed || interrupted;
}

function bookOutput() {
  const isTerminal = process.stdout.isTTY === true;
  return {
    isTerminal,
    isColoured: isTerminal && !process.env.NO_COLOR,
    write: (text: string) => void process.stdout.write(text),
  };
}
