import {
  type Clock,
  createLogger,
  describeError,
  ImsError,
  isImsError,
  type Logger,
  type LogLevel,
  parseFlags,
  type SettingReport,
  type SettingsDefinition,
  sleep,
  systemClock,
} from "@ims/common";
import { ExitCode } from "./exit-code.js";
import type { ProcessHost } from "./process-host.js";
import { type ProcessEnd, watchProcess } from "./watch-process.js";

/** All of an orderly end together. */
const STOP_MILLIS_MAX = 10_000;
/** After an error that nobody expected: what can be sent is sent soon. */
const STOP_UNEXPECTED_MILLIS_MAX = 5000;

/** What runs as a process. */
export interface RunningService {
  readonly ready: Promise<void>;
  readonly healthUrl: string;
  readonly closed: Promise<Error | undefined>;
  /** Messages that the broker did not take before the end; known once it is closed. */
  readonly undeliveredCount: number;
  close(): Promise<void>;
}

/** A service whose settings were read, and not more. */
export interface PreparedService {
  /** For the log. */
  readonly name: string;
  readonly logLevel: LogLevel;
  readonly settingReports: readonly SettingReport[];
  launch(logger: Logger, signal: AbortSignal): Promise<RunningService>;
}

export interface ProcessOptions {
  readonly host: ProcessHost;
  /** Of everything that may be set, for `--help`. */
  readonly settings: SettingsDefinition;
  /** Reads the settings; what it throws is a mistake in them. */
  readonly prepare: (flags: ReturnType<typeof parseFlags>) => PreparedService;
  readonly logger?: Logger | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Runs one service as this process: a log line when it is ready, an orderly end on SIGTERM or SIGINT, an immediate one
 * on the second. Resolves when the process may end, with the {@link ExitCode} that it ends with.
 */
export async function runProcess(options: ProcessOptions): Promise<number> {
  const { host, prepare, settings } = options;
  const flags = parseFlags(host.argv);
  if (flags.help === true) {
    host.print(helpText(settings));
    return end(host, ExitCode.Ok);
  }
  let prepared: PreparedService;
  try {
    prepared = prepare(flags);
  } catch (error) {
    host.printError(`${describeError(error)}\n`);
    return end(host, ExitCode.Configuration);
  }
  const { logLevel, name, settingReports } = prepared;
  const logger = options.logger ?? createLogger({ name, level: logLevel, pretty: host.isTerminal });
  logger.debug({ settings: settingReports }, "settings");

  const stopping = new AbortController();
  const ended = watchProcess(host, logger, stopping);
  const launching = prepared.launch(logger, stopping.signal);
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
  const clock = options.clock ?? systemClock;
  return end(host, await stop(launching, ending, logger, clock));
}

/** Ends the service; a part that hangs must not keep the process from ending. Returns the exit code. */
async function stop(
  launching: Promise<RunningService>,
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
async function serve(service: RunningService, host: ProcessHost, logger: Logger): Promise<ProcessEnd> {
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
