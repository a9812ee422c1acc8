import { createLogger, type Logger, type LogLevel } from "@ims/common";

/** A logger that prints nothing. */
export const silentLogger: Logger = createLogger({ name: "test", level: "silent" });

/** A logger whose lines a test reads back. */
export function recordingLogger(level: LogLevel = "info") {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    name: "test",
    level,
    destination: {
      write(text: string) {
        lines.push(JSON.parse(text) as Record<string, unknown>);
      },
    },
  });
  return { lines, logger };
}
