import type { Command } from "commander";
import { fail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";

/** The package as far as it is used here; an installation may lack it. */
type Simulator = Pick<typeof import("@ims/exchange-simulator"), "simulate">;

/** Adds `ims simulate`. The simulator reads its own options, and tells of them when asked for help. */
export function addSimulateCommand(program: Command, environment: CliEnvironment): void {
  program
    .command("simulate")
    .description(
      "run a venue on this machine until Ctrl-C, with faults on request: Binance, synthetic or replayed, Bitstamp or Deribit",
    )
    .usage(
      "[binance | bitstamp | deribit] [options], see ims simulate --help and ims simulate bitstamp --help",
    )
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action((_flags: object, { args }: Command) => runSimulate(environment, args));
}

/**
 * Runs the simulator with its own options until an interrupt.
 *
 * @throws ImsError `client.no-simulator` where the package is missing, or the simulator's own errors
 */
export async function runSimulate(
  { interrupted, output }: Pick<CliEnvironment, "interrupted" | "output">,
  args: readonly string[],
  load: () => Promise<Simulator> = () => import("@ims/exchange-simulator"),
): Promise<void> {
  let simulator: Simulator;
  try {
    simulator = await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw fail("client.no-simulator", "the simulator is not installed", { cause: error });
  }
  const out = (text: string) => void output.write(text);
  await simulator.simulate(args, { out, stop: interrupted }, { name: "ims simulate" });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}
