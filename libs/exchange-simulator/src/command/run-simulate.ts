import { describeError } from "@ims/common";
import { startBinanceSimulator } from "../binance/binance-simulator.js";
import type { BinanceSimulatorOptions } from "../binance/simulator-options.js";
import { bitstampUsage, parseBitstampCommand, runBitstamp } from "./bitstamp-command.js";
import { greeting, parseCommandLine, usage } from "./command-line.js";
import { deribitUsage, parseDeribitCommand, runDeribit } from "./deribit-command.js";
import type { Simulation } from "./simulation.js";

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
 * Runs the simulator of the venue that the first argument names, by default Binance, until it is stopped; or prints its
 * usage.
 *
 * @throws ImsError `simulator.invalid-option`, `simulator.invalid-fault`, or why it cannot run or read to the end
 */
export async function simulate(
  args: readonly string[],
  io: Pick<CommandIo, "out" | "stop">,
  { name = "exchange-simulator" }: SimulateOptions = {},
): Promise<void> {
  const simulation = await started(args, name);
  if (typeof simulation === "string") {
    io.out(simulation);
    return;
  }
  io.out(simulation.greeting);
  const stopped = new Promise<void>((resolve) => {
    if (io.stop.aborted) resolve();
    io.stop.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    if (simulation.sent) {
      // The end of a recording is said; its simulator goes on serving REST until it is stopped.
      const sent = simulation.sent.then((text) => {
        io.out(text);
        return stopped;
      });
      await Promise.race([sent, stopped]);
    }
    await stopped;
  } finally {
    await simulation.close();
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

/** What was asked for, or a usage. */
async function started(args: readonly string[], name: string): Promise<Simulation | string> {
  const [venue, ...rest] = args;
  if (venue === "deribit") {
    const command = parseDeribitCommand(rest);
    return command ? runDeribit(command) : deribitUsage(`${name} deribit`);
  }
  if (venue === "bitstamp") {
    const command = parseBitstampCommand(rest);
    return command ? runBitstamp(command) : bitstampUsage(`${name} bitstamp`);
  }
  const options = parseCommandLine(venue === "binance" ? rest : args);
  return options ? runBinance(options) : usage(name);
}

async function runBinance(options: BinanceSimulatorOptions): Promise<Simulation> {
  const simulator = await startBinanceSimulator(options);
  const isRecording = options.source.kind === "recording";
  return {
    greeting: greeting(options, simulator),
    ...(isRecording && {
      sent: simulator.finished.then(() => `recording sent: ${simulator.stats.framesSent} frames\n`),
    }),
    close: () => simulator.close(),
  };
}
