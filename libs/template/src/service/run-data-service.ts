import {
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
import { type LaunchOptions, launchService } from "./launch-service.js";
import { nodeProcess, type ProcessHost } from "./process-host.js";

/** Exit codes of every service. */
export const ExitCode = {
  Ok: 0,
  /** Stopped by a second signal, or by an error that nobody expected. */
  Failed: 1,
  /** Something that a person has to change: configuration, a taken port, an unwritable folder. */
  Configuration: 2,
} as const;

/** Somewhat above what a service allows itself for its shutdown. */
const STOP_MILLIS_MAX = 12_000;

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
  try {
    loaded = loadServiceSettings(options.settings, { flags, env: host.env });
  } catch (error) {
    host.printError(`${describeError(error)}\n`);
    return end(host, ExitCode.Configuration);
  }
  const choice = options.venue(loaded.venue);
  const name = exchangeName(choice.exchange) ?? "ims";
  const { logLevel } = loaded.service;
  const logger = options.launch?.logger ?? createLogger({ name, level: logLevel, pretty: host.isTerminal });
  logger.debug({ settings: loaded.describe() }, "settings");

  const stopping = new AbortController();
  const ended = watchProcess(host, logger, stopping);
  const launching = launchService(loaded.service, {
    ...options.launch,
    ...choice,
    logger,
    signal: stopping.signal,
  });
  const served = launching.then((service) => serve(service, host, logger));
  let code: number;
  try {
    code = await Promise.race([served, ended]);
  } catch (error) {
    // What fails because the process is stopping is no failure.
    code = stopping.signal.aborted ? await ended : exitCodeOf(error);
    if (code !== ExitCode.Ok) {
      logger.fatal({ code: isImsError(error) ? error.code : undefined }, describeError(error));
    }
  }
  // A part that hangs while it starts must not keep the process from stopping.
  const patience = new AbortController();
  const closed = launching.then((service) => service.close()).catch(() => {});
  const clock = options.launch?.clock ?? systemClock;
  await Promise.race([closed, sleep(clock, STOP_MILLIS_MAX, patience.signal).catch(() => {})]);
  patience.abort();
  return end(host, code);
}

/** Says when clients can be served; resolves or rejects when the service ends by itself. */
async function serve(service: DataService, host: ProcessHost, logger: Logger): Promise<number> {
  await service.ready;
  const fields = {
    millis: host.uptimeMillis(),
    rssMiB: host.residentMebibytes(),
    health: service.healthUrl,
  };
  logger.info(fields, "ready");
  const failure = await service.closed;
  if (failure) throw failure;
  return ExitCode.Ok;
}

/** Resolves with the exit code once the process is told to stop, or cannot go on. */
function watchProcess(host: ProcessHost, logger: Logger, stopping: AbortController): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"]) {
      host.on(signal, () => {
        if (stopping.signal.aborted) {
          logger.warn({ signal }, "second signal; ending at once, unsent messages are lost");
          host.exit(ExitCode.Failed);
          return;
        }
        logger.info({ signal }, "stopping; a second signal ends at once");
        resolve(ExitCode.Ok);
        stopping.abort();
      });
    }
    // A half-dead process is worse than none: what was not foreseen ends it, in order as far as possible.
    for (const event of ["unhandledRejection", "uncaughtException"]) {
      host.on(event, (error) => {
        const stack = error instanceof Error ? error.stack : undefined;
        logger.fatal({ event, error: describeError(error), stack }, "unexpected error; stopping");
        resolve(ExitCode.Failed);
        stopping.abort();
      });
    }
  });
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
