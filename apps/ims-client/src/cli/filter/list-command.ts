import type { Command } from "commander";
import { DEFAULT_IGGY_URL } from "../../client/connect-options.js";
import type { CliEnvironment } from "../cli-environment.js";
import { examplesText, withFormat } from "../command-options.js";
import type { IggyFlags } from "../iggy/iggy-settings.js";
import { printListing } from "../iggy/listing.js";
import {
  type ControlPackages,
  type ControlRun,
  type DeployedFilter,
  type FilterEvent,
  withControl,
} from "./control-packages.js";

/** Adds `ims filter list`. */
export function addListCommand(
  filter: Command,
  environment: CliEnvironment,
  packages: ControlPackages,
): void {
  withFormat(filter.command("list"))
    .description("list the deployed filters, and what was last heard of each")
    .option("--url <url>", `address of the broker, also IGGY_URL (default: ${DEFAULT_IGGY_URL})`)
    .addHelpText(
      "after",
      examplesText([["ims filter list --json | jq -r .module", "SHA-256 of each module"]]),
    )
    .action((flags: IggyFlags) => withControl(environment, flags, packages, list));
}

interface FilterRow {
  readonly name: string;
  readonly stream: string;
  readonly topic: string | null;
  readonly position: number;
  readonly version: number;
  readonly versions: number;
  readonly module: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly policy: string;
  readonly enabled: boolean;
  readonly lastEvent: FilterEvent | null;
}

async function list(run: ControlRun): Promise<void> {
  const { filters } = await run.control.state();
  const last = new Map<string, FilterEvent>();
  for (const event of await run.control.events()) last.set(event.name, event);
  const rows = [...filters.values()]
    .sort((a, b) => (a.stream === b.stream ? a.position - b.position : a.stream < b.stream ? -1 : 1))
    .map((filter) => rowOf(run, filter, last.get(filter.name)));
  await printListing(
    run.environment,
    run.settings,
    rows,
    [
      { title: "FILTER", text: ({ name }) => name },
      { title: "ON", text: ({ stream, topic }) => (topic === null ? `${stream}/*` : `${stream}/${topic}`) },
      { title: "POSITION", align: "right", text: ({ position }) => String(position) },
      { title: "VERSION", text: ({ version, versions }) => `${version} of ${versions}` },
      { title: "MODULE", text: ({ module }) => module.slice(0, 12) },
      { title: "PARAMETERS", text: parametersText },
      { title: "POLICY", text: ({ policy }) => policy },
      { title: "STATE", text: stateText },
    ],
    "there are no filters",
  );
}

function rowOf(run: ControlRun, filter: DeployedFilter, lastEvent: FilterEvent | undefined): FilterRow {
  const { name, stream, topic, position, versions, isEnabled } = filter;
  const { number, module, parameters, policy } = run.package.activeVersion(filter);
  return {
    name,
    stream,
    topic: topic ?? null,
    position,
    version: number,
    versions: versions.length,
    module,
    parameters,
    policy,
    enabled: isEnabled,
    lastEvent: lastEvent ?? null,
  };
}

function parametersText({ parameters }: FilterRow): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

function stateText({ enabled, lastEvent }: FilterRow): string {
  if (!enabled) return "disabled";
  if (!lastEvent) return "nothing heard";
  const { kind, place, reason } = lastEvent;
  const where = place ? ` at ${place.topic}/${place.partitionId} offset ${place.offset}` : "";
  // What a service says of a command that it carried out; which one it was tells nothing about the filter now.
  const state = kind === "done" ? "running" : kind;
  return `${state}${where}${reason === undefined ? "" : `: ${reason}`}`;
}
