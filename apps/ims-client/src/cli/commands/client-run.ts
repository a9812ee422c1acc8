import { resolveExchange } from "../../client/client-settings.js";
import type { ImsClient } from "../../client/ims-client.js";
import type { CliEnvironment } from "../cli-environment.js";
import type { CliSettings } from "../cli-settings.js";

/**
 * Runs `work` with a client that is logged in, and shuts the client down afterwards, whatever happens. An interrupt
 * ends everything at once, a connect or a request under way as well; the run then counts as done, not as failed.
 */
export async function withClient(
  environment: CliEnvironment,
  settings: CliSettings,
  work: (client: ImsClient) => Promise<void>,
): Promise<void> {
  const { interrupted } = environment;
  const exchange = resolveExchange(settings.exchange);
  let client: ImsClient | undefined;
  const onInterrupt = () => void client?.shutdown();
  interrupted.addEventListener("abort", onInterrupt, { once: true });
  try {
    client = await environment.connect({
      url: settings.url,
      exchange,
      clientId: settings.clientId,
      clientName: "ims",
      accessToken: settings.accessToken,
      clock: environment.clock,
      signal: interrupted,
    });
    if (interrupted.aborted) return;
    await client.login();
    await work(client);
  } catch (error) {
    if (!interrupted.aborted) throw error;
  } finally {
    interrupted.removeEventListener("abort", onInterrupt);
    await client?.shutdown();
  }
}
