import { systemClock } from "@ims/common";
import { ImsClient } from "../client/ims-client.js";
import { ExitCode } from "./cli-environment.js";
import { runCli } from "./run-cli.js";
import { StreamOutput } from "./stream-output.js";

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The first one logs out; a second one does not wait for that.
    if (interrupt.signal.aborted) process.exit(ExitCode.Failed);
    interrupt.abort();
  });
}

const exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  output: new StreamOutput(process.stdout, process.stdout.isTTY === true, () => interrupt.abort()),
  errors: new StreamOutput(process.stderr, process.stderr.isTTY === true, () => undefined),
  input: process.stdin,
  clock: systemClock,
  interrupted: interrupt.signal,
  onHangUp: (listener) => {
    process.on("SIGHUP", listener);
    return () => process.off("SIGHUP", listener);
  },
  connect: (options) => ImsClient.connect(options),
});
process.exitCode = exitCode;
