import { ExchangeId, PROCESSOR_PORTS, servicePort, sleep } from "@ims/common";
import type { Command } from "commander";
import { fail } from "../../errors/client-errors.js";
import { type CliEnvironment, CommandFailed } from "../cli-environment.js";
import { type CliFlags, outputFormat, readCliSettings } from "../cli-settings.js";
import { examplesText, withFormat } from "../command-options.js";
import { jsonLine, listingLines } from "../iggy/listing.js";
import { csvTable } from "../output/csv.js";
import { Screen } from "../output/screen.js";
import { probeService, type ServiceProbe } from "./service-probe.js";
import { STATUS_COLUMNS, statusRemarks } from "./status-table.js";

/** Between two looks on a terminal, seconds. */
const REFRESH_SECONDS = 2;

interface StatusFlags extends CliFlags {
  readonly service?: readonly string[];
  readonly every?: string;
  readonly once?: true;
}

/** Adds `ims status`. */
export function addStatusCommand(program: Command, environment: CliEnvironment): void {
  withFormat(program.command("status"))
    .description("show how all services are: refreshed on a terminal until Ctrl-C, once in a pipe")
    .option("--service <address...>", "host:port or URL; default: the services of this machine")
    .option("--every <seconds>", `look again so often (default on a terminal: ${REFRESH_SECONDS})`)
    .option("--once", "look once, also on a terminal")
    .addHelpText(
      "after",
      `${examplesText([
        ["ims status", "all services of this machine"],
        ["ims status --once --service 10.0.0.5:7070", "one of a cluster"],
        ["ims status --json | jq .reasons", ""],
      ])}
Ends with 1 if no service answers or one is not ready. Services of this machine are looked for at 127.0.0.1, port 7070
plus the number of the exchange, processors at ${Object.values(PROCESSOR_PORTS).join(", ")}, and both at IMS_HTTP_PORT where that is set.
`,
    )
    .action((flags: StatusFlags) => showStatus(environment, flags));
}

/**
 * `ims status`.
 * @throws CommandFailed (rejected) if none answers or one is not ready at the last look
 */
async function showStatus(environment: CliEnvironment, flags: StatusFlags): Promise<void> {
  const { clock, interrupted, output, errors } = environment;
  const format = outputFormat(environment, readCliSettings(flags, environment.env));
  const seconds = readEvery(flags, output.isTerminal);
  const addresses = flags.service ?? localServices(environment.env.IMS_HTTP_PORT);
  // What is asked for by name is shown also where nothing answers.
  const isShown = (probe: ServiceProbe) => flags.service !== undefined || probe.kind !== "absent";
  const screen = seconds !== undefined && output.isTerminal ? new Screen(output) : undefined;
  let isFirst = true;
  for (;;) {
    const all = await Promise.all(addresses.map((address) => probeService(address, interrupted)));
    if (interrupted.aborted) return;
    const probes = all.filter(isShown);
    const isWell = probes.length > 0 && probes.every(isReady);
    if (format === "table") {
      const lines = tableLines(probes, addresses);
      const isOpen = screen
        ? await screen.show(lines)
        : await output.write(lines.map((text) => `${text}\n`).join(""));
      if (!isOpen) return;
    } else {
      const rows = probes.map(rowOf);
      const texts = format === "csv" ? csvTable(rows).slice(isFirst ? 0 : 1) : rows.map(jsonLine);
      if (texts.length > 0 && !(await output.write(texts.join("")))) return;
      if (probes.length === 0) await errors.write(`ims: ${nothingText(addresses)}\n`);
    }
    isFirst = false;
    if (seconds === undefined) {
      if (!isWell) throw new CommandFailed();
      return;
    }
    await sleep(clock, seconds * 1000, interrupted).catch(() => undefined);
    if (interrupted.aborted) return;
  }
}

function tableLines(probes: readonly ServiceProbe[], addresses: readonly string[]): string[] {
  if (probes.length === 0) return [nothingText(addresses)];
  const table = listingLines("table", probes, STATUS_COLUMNS).map((text) => text.trimEnd());
  const remarks = statusRemarks(probes);
  return remarks.length === 0 ? table : [...table, "", ...remarks];
}

function nothingText(addresses: readonly string[]): string {
  return `no service answers at ${addresses[0]}${addresses.length > 1 ? ` to ${addresses.at(-1)}` : ""}; start one with npx nx run binance-spot:serve`;
}

function isReady(probe: ServiceProbe): boolean {
  return probe.kind === "report" && probe.report.status === "ready";
}

/** What the JSON and CSV forms hold: the report without its list of feeds, or why there is none. */
function rowOf(probe: ServiceProbe): object {
  if (probe.kind !== "report") {
    const { kind, ...rest } = probe;
    return { ...rest, status: kind };
  }
  const { subscriptions: _, ...report } = probe.report;
  return { address: probe.address, ...report };
}

/**
 * Addresses at which the services and processors of this machine answer.
 * @param port `IMS_HTTP_PORT`, where a service that was started with the same environment listens, if it is set
 */
export function localServices(port?: string): string[] {
  const usual = Object.values(ExchangeId)
    .filter((id) => id !== ExchangeId.None)
    .sort((a, b) => a - b)
    .map((id) => servicePort(id, false))
    .concat(Object.values(PROCESSOR_PORTS))
    .map((usualPort) => `127.0.0.1:${usualPort}`);
  if (!port || !/^\d{1,5}$/.test(port) || Number(port) === 0 || Number(port) > 65_535) return usual;
  return [...new Set([`127.0.0.1:${port}`, ...usual])];
}

/** Seconds between looks; undefined for one look. @throws ImsError `client.invalid-argument` */
function readEvery({ every, once }: StatusFlags, isTerminal: boolean): number | undefined {
  if (every === undefined) return once || !isTerminal ? undefined : REFRESH_SECONDS;
  const seconds = Number(every);
  if (every.trim() !== "" && seconds >= 0.1 && seconds <= 86_400) return once ? undefined : seconds;
  throw fail("client.invalid-argument", `--every: "${every}" is no number of seconds from 0.1 to 86400`);
}
