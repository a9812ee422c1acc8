import { type ConfigurationReport, describeError, loadSettings, type SettingReport } from "@ims/common";
import type { Command } from "commander";
import { type CliEnvironment, CommandFailed } from "../cli-environment.js";
import { CLI_SETTINGS, type CliFlags, outputFormat, readCliSettings } from "../cli-settings.js";
import { examplesText, withFormat } from "../command-options.js";
import { type ListingColumn, listingLines } from "../iggy/listing.js";
import { localServices } from "../status/status-command.js";

/** Longest wait for an answer, milliseconds. */
const TIMEOUT_MILLIS = 2000;

/** One setting of `ims` itself or of a service. */
interface ConfigRow extends SettingReport {
  /** `ims`, or the exchange of the service. */
  readonly of: string;
}

interface ConfigFlags extends CliFlags {
  readonly service?: readonly string[];
}

const COLUMNS: readonly ListingColumn<ConfigRow>[] = [
  { title: "OF", text: ({ of }) => of },
  { title: "SETTING", text: ({ name }) => name },
  { title: "VALUE", text: ({ value }) => (value === "" ? "-" : value) },
  { title: "SOURCE", text: ({ source }) => source },
];

/** Adds `ims config print`. */
export function addConfigCommand(program: Command, environment: CliEnvironment): void {
  const config = program
    .command("config")
    .description("show settings")
    .addHelpText("after", examplesText([["ims config print", "see ims config print --help"]]));
  withFormat(config.command("print"))
    .description("print the settings in effect and where each comes from; secrets are masked")
    .option(
      "--service <address...>",
      "host:port or URL of services; default: ims and the services of this machine",
    )
    .addHelpText(
      "after",
      examplesText([
        ["ims config print", "of ims itself and of all running services of this machine"],
        ["ims config print --service 127.0.0.1:7074", "of one service"],
        ["ims config print --json | jq 'select(.source != \"default\")'", "what is not as by default"],
      ]),
    )
    .action((flags: ConfigFlags) => printConfig(environment, flags));
}

/** @throws CommandFailed (rejected) if a service that was asked for by name does not answer */
async function printConfig(environment: CliEnvironment, flags: ConfigFlags): Promise<void> {
  const { output, errors, env, interrupted } = environment;
  const format = outputFormat(environment, readCliSettings(flags, env));
  const own = flags.service ? [] : loadSettings(CLI_SETTINGS, { env }).describe();
  const rows: ConfigRow[] = own.map((setting) => ({ of: "ims", ...setting }));
  let isComplete = true;
  const addresses = flags.service ?? localServices(environment.env.IMS_HTTP_PORT);
  for (const answer of await Promise.all(addresses.map((address) => ask(address, interrupted)))) {
    if (typeof answer !== "string") {
      rows.push(...answer.settings.map((setting) => ({ of: answer.exchange, ...setting })));
    } else if (flags.service) {
      isComplete = false;
      await errors.write(`ims: ${answer}\n`);
    }
  }
  await output.write(listingLines(format, rows, COLUMNS).join(""));
  if (!isComplete) throw new CommandFailed();
}

/** A service's configuration, or why there is none. */
async function ask(address: string, interrupted: AbortSignal): Promise<ConfigurationReport | string> {
  try {
    const base = address.includes("://") ? address : `http://${address}`;
    const response = await fetch(new URL("/config", base), {
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MILLIS)]),
      redirect: "error",
    });
    const body: unknown = await response.json();
    const configuration = configurationOf(body);
    return configuration ?? `${address}: the answer is no configuration of a service`;
  } catch (error) {
    return `${address}: ${describeError(error)}`;
  }
}

/** A processor reports under its own name. */
function configurationOf(body: unknown): ConfigurationReport | undefined {
  const { exchange, processor, settings, version } = (body ?? {}) as Record<string, unknown>;
  const name = exchange ?? processor;
  if (typeof name !== "string" || !Array.isArray(settings)) return undefined;
  return { settings, exchange: name, version: `${version}` };
}
