import { type ImsError, isImsError } from "@ims/common";
import type { ServerConnection } from "../connection/server-connection.js";
import { fail } from "../errors.js";

/** Trying again cannot help before somebody changes something. Later, after a first session, it is tried for ever. */
const HOPELESS = ["iggy-client.login-refused", "iggy-client.incompatible-version", "iggy-client.tls-file"];
/** The same of one address: another one may be in order. */
const HOPELESS_THERE = "iggy-client.tls-refused";

/**
 * Starts the connection and resolves with its first session. Rejects with the signal's reason, with
 * `iggy-client.connect-timeout`, or at once for refused credentials, an incompatible version and certificates that are
 * not trusted.
 */
export function awaitFirstSession(
  connection: ServerConnection,
  timeoutMillis: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      timer?.cancel();
      signal?.removeEventListener("abort", onAbort);
      stopChanges();
      stopErrors();
      settle();
    };
    const onAbort = () => finish(() => reject(signal!.reason));
    const stopChanges = connection.onChange(() => {
      if (connection.readySession) finish(resolve);
      else if (connection.terminal) finish(() => reject(connection.terminal));
    });
    let hopelessInARow = 0;
    const stopErrors = connection.events.on("error", (error) => {
      hopelessInARow = isImsError(error, HOPELESS_THERE) ? hopelessInARow + 1 : 0;
      const isHopeless = hopelessInARow >= connection.seedCount;
      if (isHopeless || HOPELESS.some((code) => isImsError(error, code))) finish(() => reject(error));
    });
    const timer =
      timeoutMillis === undefined
        ? undefined
        : connection.dependencies.clock.setTimer(timeoutMillis, () =>
            finish(() => reject(timedOut(connection, timeoutMillis))),
          );
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener("abort", onAbort, { once: true });
    connection.start();
  });
}

function timedOut(connection: ServerConnection, timeoutMillis: number): ImsError {
  return fail(
    "iggy-client.connect-timeout",
    `no session with ${connection.address} within ${timeoutMillis} ms`,
    {
      cause: connection.problem,
    },
  );
}
