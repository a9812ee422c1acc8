import { runCli } from "../cli/run-cli.js";
import type { ConnectOptions } from "../client/connect-options.js";
import { stage } from "./client-stage.js";
import { TextOutput } from "./text-output.js";

/** One run of `ims` against the scripted service. */
export function cli(commandLine: string, { terminal = false, env = {} as NodeJS.ProcessEnv } = {}) {
  const scene = stage();
  const output = new TextOutput(terminal);
  const errors = new TextOutput(terminal);
  const interrupt = new AbortController();
  const connects: ConnectOptions[] = [];
  const exit = runCli({
    args: commandLine.split(" ").filter((word) => word !== ""),
    env,
    output,
    errors,
    input: (async function* () {})(),
    clock: scene.clock,
    interrupted: interrupt.signal,
    onHangUp: () => () => undefined,
    connect: async (options) => {
      connects.push(options);
      return scene.client;
    },
  });
  return { ...scene, output, errors, interrupt, connects, exit };
}
