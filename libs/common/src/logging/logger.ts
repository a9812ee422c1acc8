import { createRequire } from "node:module";
import { type DestinationStream, destination as fileDestination, type Logger, pino } from "pino";
import { MASKED_TEXT, maskJsonLine, SECRET_PATHS } from "./mask-secrets.js";

export type { Logger } from "pino";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Stands in every line, for example the service's name. */
  readonly name: string;
  readonly level: LogLevel;
  /** Where lines go; standard output by default. Tests pass an object with `write`. */
  readonly destination?: DestinationStream;
  /** Coloured lines for people instead of JSON; programs set it when standard output is a terminal. */
  readonly pretty?: boolean;
}

/**
 * A pino logger whose lines carry no secrets: properties named like passwords, tokens or keys and the user info of
 * URLs are replaced by `***` wherever they stand, in error messages too. Lines are written synchronously, so the last
 * one before an exit is not lost.
 */
export function createLogger(options: LoggerOptions): Logger {
  const target = options.destination ?? fileDestination({ dest: 1, sync: true });
  const stream = options.pretty ? prettyStream(target) : target;
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: [...SECRET_PATHS], censor: MASKED_TEXT },
      hooks: { streamWrite: maskJsonLine },
    },
    stream,
  );
}

/** Loaded only where it is used: it would add a tenth to the start of every process. */
function prettyStream(target: DestinationStream): DestinationStream {
  const { prettyFactory }: typeof import("pino-pretty") = createRequire(import.meta.url)("pino-pretty");
  const format = prettyFactory({ colorize: true, ignore: "pid,hostname" });
  return { write: (line) => target.write(format(line) ?? line) };
}
