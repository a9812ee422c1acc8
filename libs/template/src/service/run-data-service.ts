import {
  type Clock,
  createLogger,
  describeError,
  type ExchangeId,
  exchangeName,
  ImsError,
  isImsError,
  type Logger,
  parseFlags,
  type SettingsDefinition,
  type SettingsValues,
  sleep,
  systemClock,
} from "@ims/common";
import type { IntegrationFactory } from "@ims/traits";
import {
  type LoadedServiceSettings,
  loadServiceSettings,
  SERVICE_SETTINGS,
} from "../settings/service-settings.js";
import type { DataService } from "./data-service.js";
import { ExitCode } from "./exit-code.js";
import { type LaunchOptions, launchService } from "./launch-service.js";
import { nodeProcess, type ProcessHost } from "./process-host.js";
import { type ProcessEnd, watchProcess } from "./watch-process.js";

/** All of an orderly end together. */
const STOP_MILLIS_MAX = 10_000;
/** After an error that nobody expected: what can be sent is sent soon. */
const STOP_UNEXPECTED_MILLIS_MAX = 5000;

/** The venue's part of a service. */
export interface VenueChoice {
  readonly exchange: ExchangeId;
  readonly integration: IntegrationFactory;
}

export interface RunOptions<Venue extends SettingsDefinition> {
  /** The venue's own settings, read together with the service's. */
  readonly settings: Venue;
  /** Makes the venue from their values. */
  readonly venue: (settings: SettingsValues<Venue>) => VenueChoice;
  /** Replaced in tests. */
  readonly host?: ProcessHost;
  readonly launch?: Omit<LaunchOptions, "exchange" | "integration">;
}

/**
 * Runs one service as this process: settings from flags, environment and `ims.config.json`, a log line when it is
 * ready, an orderly end on SIGTERM or SIGINT, an immediate one on the second. Resolves when the process may end, with
 * the {@link ExitCode} that it ends with.
 */
export async function runDataService<const Venue extends SettingsDefinition>(
  options: RunOptions<Venue>,
): Promise<number> {
  const host = options.host ?? nodeProcess;
  const flags = parseFlags(host.argv);
  if (flags.help === true) {
    host.print(helpText({ ...SERVICE_SETTINGS, ...options.settings }));
    return end(host, ExitCode.Ok);
  }
  let loaded: LoadedServiceSettings<Venue>;
  let choice: VenueChoice;
  try {
    loaded = loadServiceSettings(options.settings, { flags, env: host.env });
    choice = options.venue(loaded.venue);
  } catch (error) {
    host.printError(`${describeError(error)}\n`);
    return end(host, ExitCode.Configuration);
  }
  const name = exchangeName(choice.exchange) ?? "ims";
  const { logLevel } = loaded.service;
  const logger = options.launch?.logger ?? createLogger({ name, level: logLevel, pretty: host.isTerminal });
  logger.debug({ settings: loaded.describe() }, "settings");

  const stopping = new AbortController();
  const ended = watchProcess(host, logger, stopping);
  const launching = launchService(loaded.service, {
    settingReports: loaded.describe(),
    ...options.launch,
    ...choice,
    logger,
    signal: stopping.signal,
  });
  const served = launching.then((service) => serve(service, host, logger));
  let ending: ProcessEnd;
  try {
    ending = await Promise.race([served, ended]);
  } catch (error) {
    // What fails because the process is stopping is no failure.
    ending = stopping.signal.aborted ? await ended : { code: exitCodeOf(error), isUnexpected: false };
    if (ending.code !== ExitCode.Ok) {
      logger.fatal({ code: isImsError(error) ? error.code : undefined }, describeError(error));
    }
  }
  const clock = options.launch?.clock ?? systemClock;
  return end(host, await stop(launching, ending, logger, clock));
}

/** Ends the service; a part that hangs must not keep the process from ending. Returns the exit code. */
async function stop(
  launching: Promise<DataService>,
  { code, isUnexpected }: ProcessEnd,
  logger: Logger,
  clock: Clock,
): Promise<number> {
  const patience = new AbortController();
  const millis = isUnexpected ? STOP_UNEXPECTED_MILLIS_MAX : STOP_MILLIS_MAX;
  const closing = launching.then(
    async (service) => {
      await service.close();
      return service.undeliveredCount;
    },
    () => 0,
  );
  const late = sleep(clock, millis, patience.signal).then(
    () => "late" as const,
    () => 0,
  );
  const outcome = await Promise.race([closing, late]);
  patience.abort();
  if (outcome === "late") {
    logger.fatal({ millis }, "the service did not stop in time; ending the process");
    return ExitCode.Failed;
  }
  return code === ExitCode.Ok && outcome > 0 ? ExitCode.Undelivered : code;
}

/** Says when clients can be served; resolves or rejects when the service ends by itself. */
async function serve(service: DataService, host: ProcessHost, logger: Logger): Promise<ProcessEnd> {
  await service.ready;
  const fields = {
    millis: host.uptimeMillis(),
    rssMiB: host.residentMebibytes(),
    health: service.healthUrl,
  };
  logger.info(fields, "ready");
  const failure = await service.closed;
  if (failure) throw failure;
  return { code: ExitCode.Ok, isUnexpected: false };
}

function exitCodeOf(error: unknown): number {
  return error instanceof ImsError && !error.retryable ? ExitCode.Configuration : ExitCode.Failed;
}

function end(host: ProcessHost, code: number): number {
  host.exit(code);
  return code;
}

function helpText(definition: SettingsDefinition): string {
  const rows = Object.values(definition).map(({ flag, env, description }) => [
    flag === undefined ? "" : `--${flag}`,
    env ?? "",
    description,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map(([flag, env, description]) =>
    `  ${flag!.padEnd(widths[0]!)}  ${env!.padEnd(widths[1]!)}  ${description}`.trimEnd(),
  );
  return `Settings (flag, environment variable, meaning):\n${lines.join("\n")}\n`;
}
