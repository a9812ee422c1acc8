import { join } from "node:path";
import { type Clock, describeError, isImsError, type Logger, maskUrl } from "@ims/common";
import type { Broker, BrokerOptions } from "@ims/iggy-broker";
import { type ConnectionSettings, IggyClient, parseConnectionString } from "@ims/iggy-client";
import { fail } from "../errors.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { answers, isLoopback } from "./broker-address.js";

/** How long the probe waits for a TCP connection before it takes the address for free. */
const PROBE_MILLIS = 1000;

export interface FindBrokerOptions {
  readonly settings: ServiceSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** How long a listener may take to open a session before it is taken for something else. */
  readonly firstSessionMillis: number;
  /** Starts a broker in this process: in a worker thread, or in this thread for tests. */
  readonly startEmbeddedBroker: (options: BrokerOptions) => Promise<Broker>;
}

/** The broker of a service: where it is, and the one that was started for it, if any. */
export interface FoundBroker {
  /** Set when this process runs the broker; close it after everything else. */
  readonly embedded: Broker | undefined;
  /** Opens the session; waits for the broker as long as it takes, until the signal aborts. */
  connect(): Promise<IggyClient>;
}

/**
 * Decides where the broker is, by `IMS_BROKER`:
 * - `external` never starts one and waits until `IGGY_URL` answers;
 * - `embedded` starts one at the address of `IGGY_URL`, which must be a loopback address and free;
 * - `auto` connects if something answers there, otherwise starts one if the address is loopback. A port that another
 *   process took in between means that process has the broker.
 *
 * @throws `service.broker-not-local`, and whatever the embedded broker reports (folder unwritable, locked …)
 */
export async function findBroker(options: FindBrokerOptions): Promise<FoundBroker> {
  const { settings, logger } = options;
  const address = parseConnectionString(settings.iggyUrl);
  const url = maskUrl(settings.iggyUrl);
  if (settings.brokerMode === "external") {
    logger.info({ url }, "using the broker at IGGY_URL");
    return { embedded: undefined, connect: () => connectPatiently(options, address) };
  }
  if (settings.brokerMode === "embedded") {
    if (!isLoopback(address.host)) {
      throw fail("service.broker-not-local", `IMS_BROKER=embedded with ${url}`);
    }
    const embedded = await start(options, address);
    return { embedded, connect: () => connectPatiently(options, address) };
  }
  if (await answers(address, PROBE_MILLIS)) {
    logger.info({ url }, "a broker answers at IGGY_URL");
    return { embedded: undefined, connect: () => connectSoon(options, address) };
  }
  if (!isLoopback(address.host)) {
    logger.warn({ url }, "no broker answers at IGGY_URL; waiting for it, since it is on another machine");
    return { embedded: undefined, connect: () => connectPatiently(options, address) };
  }
  try {
    const embedded = await start(options, address);
    return { embedded, connect: () => connectPatiently(options, address) };
  } catch (error) {
    if (!isImsError(error, "broker.address-in-use")) throw error;
    logger.info({ url }, "another process started a broker at IGGY_URL meanwhile; using that one");
    return { embedded: undefined, connect: () => connectSoon(options, address) };
  }
}

async function start(options: FindBrokerOptions, address: ConnectionSettings): Promise<Broker> {
  const { settings, logger } = options;
  const dataDir = join(settings.dataDir, "broker");
  const broker = await options.startEmbeddedBroker({
    // The resolver may name IPv6 first; the broker's promise is to this machine, not to a family.
    host: address.host === "localhost" ? "127.0.0.1" : address.host,
    port: address.port,
    dataDir,
    ...(address.credentials.kind === "password"
      ? { username: address.credentials.username, password: address.credentials.password }
      : {}),
    logger: logger.child({ part: "broker" }),
  });
  logger.info({ host: broker.host, port: broker.port, dataDir }, "embedded broker started");
  return broker;
}

/** For a broker that must come some day: every failed attempt is logged by the client, none ends the service. */
function connectPatiently(options: FindBrokerOptions, address: ConnectionSettings): Promise<IggyClient> {
  return IggyClient.connect(address, connectOptions(options));
}

/** For a port that something already listens on: if that does not speak the protocol, waiting is of no use. */
async function connectSoon(options: FindBrokerOptions, address: ConnectionSettings): Promise<IggyClient> {
  try {
    return await IggyClient.connect(address, {
      ...connectOptions(options),
      connectTimeoutMillis: options.firstSessionMillis,
    });
  } catch (error) {
    // Refused credentials and an unknown version are Iggy's own answers, and say what to do.
    if (options.signal.aborted || !isImsError(error, "iggy-client.connect-timeout")) throw error;
    throw fail(
      "service.broker-not-iggy",
      `The program at ${address.host}:${address.port} opened no Iggy session within ${options.firstSessionMillis / 1000} s ` +
        `(${describeError(error)})`,
      { cause: error },
    );
  }
}

function connectOptions({ clock, random, logger, signal }: FindBrokerOptions) {
  return { clock, random, signal, logger: logger.child({ part: "iggy" }) };
}
