import { streamNames } from "@ims/common";
import { IggyTransport } from "../transport/iggy-transport.js";
import type { ImsTransport } from "../transport/ims-transport.js";
import type { ClientSettings } from "./connect-options.js";

/**
 * Connects to the broker as the settings say.
 * @param signal ends the connect while it is under way
 * @throws ImsError `client.no-broker`
 */
export function connectTransport(
  settings: ClientSettings,
  signal: AbortSignal | undefined,
): Promise<ImsTransport> {
  const { url, exchange, clientId, connectTimeoutMillis, requestTimeoutMillis, clock, random } = settings;
  return IggyTransport.connect({
    url,
    names: streamNames(exchange),
    consumerName: `ims-client-${clientId}`,
    connectTimeoutMillis,
    requestTimeoutMillis,
    clock,
    random,
    signal,
  });
}
