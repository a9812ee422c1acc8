import { isImsError, maskUrl } from "@ims/common";
import { IggyClient } from "@ims/iggy-client";
import { fail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import type { IggySettings } from "./iggy-settings.js";

const CONNECT_TIMEOUT_MILLIS = 5000;

/** What a command of `ims iggy` works with. */
export interface IggyRun {
  readonly environment: CliEnvironment;
  readonly settings: IggySettings;
  readonly client: IggyClient;
}

/**
 * Runs `work` with a client that is logged in and closes it afterwards. An interrupt closes it at once; the run then
 * counts as done, not as failed.
 */
export async function withIggy(
  environment: CliEnvironment,
  settings: IggySettings,
  work: (run: IggyRun) => Promise<void>,
): Promise<void> {
  const { interrupted } = environment;
  let client: IggyClient | undefined;
  const onInterrupt = () => void client?.close().catch(() => undefined);
  interrupted.addEventListener("abort", onInterrupt, { once: true });
  try {
    client = await connect(environment, settings.url);
    if (!interrupted.aborted) await work({ environment, settings, client });
  } catch (error) {
    if (!interrupted.aborted) throw error;
  } finally {
    interrupted.removeEventListener("abort", onInterrupt);
    await client?.close().catch(() => undefined);
  }
}

async function connect({ clock, interrupted }: CliEnvironment, url: string): Promise<IggyClient> {
  try {
    return await IggyClient.connect(url, {
      clock,
      connectTimeoutMillis: CONNECT_TIMEOUT_MILLIS,
      signal: interrupted,
    });
  } catch (error) {
    if (interrupted.aborted || (isImsError(error) && !error.retryable)) throw error;
    throw fail(
      "client.no-broker",
      `No Iggy server answered at ${maskUrl(url)} within ${CONNECT_TIMEOUT_MILLIS / 1000} s`,
      { cause: error, context: { url: maskUrl(url) } },
    );
  }
}
