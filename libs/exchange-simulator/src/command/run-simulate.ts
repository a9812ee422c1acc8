import { describeError } from "@ims/common";
import { startBinanceSimulator } from "../binance/binance-simulator.js";
import { greeting, parseCommandLine, usage } from "./command-line.js";

/** Where a command writes, and what ends it. */
export interface CommandIo {
  out(text: string): void;
  err(text: string): void;
  /** Aborted when the simulator is to end, for example by SIGINT. */
  readonly stop: AbortSignal;
}

/** How a program that has the command within it calls it. Default: the simulator's own program. */
export interface SimulateOptions {
  /** What stands in front of the options in the usage, for example `ims simulate`. */
  readonly name?: string;
}

/**
 * Runs the simulator until it is stopped, or prints its usage.
 *
 * @throws ImsError `simulator.invalid-option`, `simulator.invalid-fault`, or why it cannot run or read to the end
 */
export async function simulate(
  args: readonly string[],
  io: Pick<CommandIo, "out" | "stop">,
  { name = "exchange-simulator" }: SimulateOptions = {},
): Promise<void> {
  const options = parseCommandLine(args);
  if (!options) {
    io.out(usage(name));
    return;
  }
  const simulator = await startBinanceSimulator(options);
  io.out(greeting(options, simulator));
  const stopped = new Promise<void>((resolve) => {
    if (io.stop.aborted) resolve();
    io.stop.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    if (options.source.kind === "recording") {
      // The end of a recording is said; its simulator goes on serving REST until it is stopped.
      const sent = simulator.finished.then(() => {
        io.out(`recording sent: ${simulator.stats.framesSent} frames\n`);
        return stopped;
      });
      await Promise.race([sent, stopped]);
    }
    await stopped;
  } finally {
    await simulator.close();
  }
}

/** {@link simulate} as a program: returns the exit code, 0, or 1 when it could not run or read to the end. */
export async function runSimulateCommand(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    await simulate(args, io);
    return 0;
  } catch (error) {
    io.err(`${describeError(error)}\n`);
    return 1;
  }
}
