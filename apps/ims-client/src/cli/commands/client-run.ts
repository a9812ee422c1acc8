import { resolveExchange } from "../../client/client-settings.js";
import type { ImsClient } from "../../client/ims-client.js";
import type { CliEnvironment } from "../cli-environment.js";
import type { CliSettings } from "../cli-settings.js";
import { errorText } from "../output/error-text.js";

/**
 * Runs `work` with a client that is logged in, and shuts the client down afterwards, whatever happens. An interrupt
 * ends everything at once, a connect or a request under way as well; the run then counts as done, not as failed.
 * @param needsService whether the client is to be logged in; without, it reads what the broker holds
 */
export async function withClient(
  environment: CliEnvironment,
  settings: CliSettings,
  work: (client: ImsClient) => Promise<void>,
  needsService = true,
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
    if (needsService) await client.login();
    await work(client);
  } catch (error) {
    if (!interrupted.aborted) throw error;
  } finally {
    interrupted.removeEventListener("abort", onInterrupt);
    await client?.shutdown();
  }
}

/** What happens beside the data goes to the error output, so that piped data stays clean. */
export function reportEvents(client: ImsClient, { errors, interrupted }: CliEnvironment): void {
  const say = (text: string) => {
    if (!interrupted.aborted) void errors.write(text);
  };
  client.on("disconnected", () => say("ims: the connection to the broker is lost, connecting again\n"));
  client.on("connected", () => say("ims: connected to the broker again\n"));
  client.on("silent", () => say(`ims: ${client.exchangeName} does not answer, waiting for it\n`));
  client.on("resumed", ({ subscriptionCount }) =>
    say(`ims: ${client.exchangeName} is back, ${subscriptionCount} subscriptions run again\n`),
  );
  client.on("missed", ({ topic, partitionId, cause, expectedOffset, foundOffset }) =>
    say(
      `ims: records are missing: ${topic}, partition ${partitionId}, goes on at offset ${foundOffset} instead of ` +
        `${expectedOffset} (${cause})\n`,
    ),
  );
  client.on("malformed", ({ count, reason }) => {
    if (count === 1) say(`ims: skipped a message that cannot be read (${reason})\n`);
  });
  client.on("error", (error) => say(errorText(error)));
}
