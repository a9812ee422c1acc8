#!/usr/bin/env node
import { describeError } from "@ims/common";
import { startBinanceSimulator } from "./binance/binance-simulator.js";
import { greeting, parseCommandLine, USAGE } from "./command/command-line.js";

try {
  const options = parseCommandLine(process.argv.slice(2));
  if (!options) {
    process.stdout.write(USAGE);
  } else {
    const simulator = await startBinanceSimulator(options);
    process.stdout.write(greeting(options, simulator));
    const stop = () => void simulator.close().catch(reportAndExit);
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    if (options.source.kind === "recording") {
      simulator.finished.then(
        () => process.stdout.write(`recording sent: ${simulator.stats.framesSent} frames\n`),
        (error: { code?: string }) => {
          if (error.code !== "simulator.closed-early") reportAndExit(error);
        },
      );
    }
  }
} catch (error) {
  reportAndExit(error);
}

function reportAndExit(error: unknown): never {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(1);
}
