import { describeError, type Logger } from "@ims/common";
import { ExitCode } from "./exit-code.js";
import type { ProcessHost } from "./process-host.js";

/** Unexpected errors that are logged one by one; more are the same trouble again. */
const ERRORS_LOGGED_MAX = 10;

/** Why a process has to end. */
export interface ProcessEnd {
  /** {@link ExitCode}. */
  readonly code: number;
  /** Nobody expected it: what the parts still promise is not certain, so the end should be soon. */
  readonly isUnexpected: boolean;
}

/**
 * Resolves, and aborts `stopping`, once the process is told to stop (SIGTERM, SIGINT) or meets an error that nobody
 * handles. A half-dead process is worse than none, so such an error ends it, in order as far as possible. A second
 * signal ends it at once.
 */
export function watchProcess(
  host: ProcessHost,
  logger: Logger,
  stopping: AbortController,
): Promise<ProcessEnd> {
  let errorCount = 0;
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"]) {
      host.on(signal, () => {
        if (stopping.signal.aborted) {
          logger.warn({ signal }, "second signal; ending at once, unsent messages are lost");
          host.exit(ExitCode.Failed);
          return;
        }
        logger.info({ signal }, "stopping; a second signal ends at once");
        resolve({ code: ExitCode.Ok, isUnexpected: false });
        stopping.abort();
      });
    }
    for (const event of ["unhandledRejection", "uncaughtException"]) {
      host.on(event, (error) => {
        resolve({ code: ExitCode.Failed, isUnexpected: true });
        stopping.abort();
        if (++errorCount > ERRORS_LOGGED_MAX) return;
        const stack = error instanceof Error ? error.stack : undefined;
        logger.fatal({ event, error: describeError(error), stack }, "unexpected error; stopping");
      });
    }
  });
}
