import type { Command } from "commander";
import { DEFAULT_IGGY_URL } from "../../client/connect-options.js";
import { fail as clientFail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import { withFormat } from "../command-options.js";
import type { IggyFlags } from "../iggy/iggy-settings.js";
import { printAnswer, WAIT_MEANING } from "./command-answer.js";
import { type ControlPackages, withControl } from "./control-packages.js";
import { readParameters } from "./parameters.js";

interface ChangeFlags extends IggyFlags {
  readonly wait?: string;
  readonly param?: readonly string[];
}

const CHANGES = [
  ["rollback", "run the version before again", "runs the version before"],
  ["disable", "let records pass by a filter", "is disabled"],
  ["enable", "run a filter again that is disabled or in quarantine", "is enabled"],
  ["remove", "forget a filter and its versions", "is removed"],
] as const;

/** Adds `ims filter rollback`, `disable`, `enable`, `remove` and `set`. */
export function addChangeCommands(
  filter: Command,
  environment: CliEnvironment,
  packages: ControlPackages,
): void {
  for (const [kind, meaning, done] of CHANGES) {
    changing(filter, kind, meaning).action((name: string, flags: ChangeFlags) =>
      withControl(environment, flags, packages, async (run) => {
        await printAnswer(run, await run.control.send({ kind, name }), flags.wait, `${name} ${done}`);
      }),
    );
  }
  changing(filter, "set", "set parameters of a filter while records go on")
    .option("--param <name=value...>", "parameters; those not named stay as they are")
    .action(async (name: string, flags: ChangeFlags) => {
      const parameters = readParameters(flags.param ?? []);
      if (Object.keys(parameters).length === 0) {
        throw clientFail("client.invalid-argument", "name the parameters, as in --param strike=90");
      }
      await withControl(environment, flags, packages, async (run) => {
        const sent = await run.control.send({ kind: "parameters", name, parameters });
        await printAnswer(run, sent, flags.wait, `${name} has its new parameters`);
      });
    });
}

function changing(filter: Command, name: string, meaning: string): Command {
  return withFormat(filter.command(name))
    .description(meaning)
    .argument("<name>", "as ims filter list shows it")
    .option("--wait <seconds>", WAIT_MEANING)
    .option("--url <url>", `address of the broker, also IGGY_URL (default: ${DEFAULT_IGGY_URL})`);
}
