import { describeError } from "@ims/common";
import { startBinanceSimulator } from "../binance/binance-simulator.js";
import { greeting, parseCommandLine, USAGE } from "./command-line.js";

/** Where a command writes, and what ends it. */
export interface CommandIo {
  out(text: string): void;
  err(text: string): void;
  /** Aborted when the simulator is to end, for example by SIGINT. */
  readonly stop: AbortSignal;
}

/** Runs the simulator until it is stopped. Returns the exit code: 0, or 1 when it could not run or read to the end. */
export async function runSimulateCommand(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = parseCommandLine(args);
    if (!options) {
      io.out(USAGE);
      return 0;
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
    return 0;
  } catch (error) {
    io.err(`${describeError(error)}\n`);
    return 1;
  }
}
