import { describeError, isImsError, type Logger } from "@ims/common";
import { type ConnectionSettings, type ConnectOptions, IggyClient } from "@ims/iggy-client";
import { fail } from "../errors.js";

/**
 * Attempts that may end without an answer: a broker listens before it has read its files, and a large log after a hard
 * end takes its time. With 10 s each, a minute.
 */
const SILENT_ATTEMPTS_MAX = 6;

export interface ConnectSoonRequest {
  readonly address: ConnectionSettings;
  readonly options: ConnectOptions;
  readonly logger: Logger;
  readonly attemptMillis: number;
}

/**
 * Connects to a port that something already listens on: if that does not speak the protocol, waiting is of no use.
 * One that takes connections and says nothing is given more time than one that says something else.
 *
 * @returns undefined when nothing listens there any more
 * @throws `service.broker-not-iggy`, and what the client does not try again: refused credentials, another version
 */
export async function connectSoon(request: ConnectSoonRequest): Promise<IggyClient | undefined> {
  const { address, options, logger, attemptMillis } = request;
  for (let attempt = 1; ; attempt++) {
    try {
      return await IggyClient.connect(address, { ...options, connectTimeoutMillis: attemptMillis });
    } catch (error) {
      // Refused credentials and an unknown version are Iggy's own answers, and say what to do.
      if (options.signal?.aborted || !isImsError(error, "iggy-client.connect-timeout")) throw error;
      if (isImsError(error.cause, "iggy-client.not-connected")) return undefined;
      // Without a cause nothing failed: the connection is there, and only the answer to the login is missing.
      const isSilent = error.cause === undefined;
      const { host, port } = address;
      if (!isSilent || attempt === SILENT_ATTEMPTS_MAX) {
        const seconds = (attempt * attemptMillis) / 1000;
        throw fail(
          "service.broker-not-iggy",
          `The program at ${host}:${port} opened no Iggy session within ${seconds} s (${describeError(error)})`,
          { cause: error },
        );
      }
      if (attempt === 1) {
        logger.warn(
          { host, port, waitMillisMax: SILENT_ATTEMPTS_MAX * attemptMillis },
          "the program at IGGY_URL takes connections and answers no login yet, as a broker that reads its files; waiting",
        );
      }
    }
  }
}
