import { join } from "node:path";
import {
  backoffMillis,
  type Clock,
  describeError,
  isImsError,
  type Logger,
  maskUrl,
  sleep,
  type TimerHandle,
} from "@ims/common";
import type { Broker, BrokerOptions } from "@ims/iggy-broker";
import { type ConnectionSettings, IggyClient } from "@ims/iggy-client";
import type { ServiceSettings } from "../settings/service-settings.js";
import { anyAnswers, isEmbeddable } from "./broker-address.js";
import { connectSoon } from "./connect-soon.js";

/** How long a probe waits for a TCP connection before it takes the address for free. */
export const PROBE_MILLIS = 1000;
const RESTART_MILLIS_MIN = 100;
const RESTART_MILLIS_MAX = 10_000;
/** An embedded broker that ran this long was sound: its end is not counted with those before it. */
const SOUND_MILLIS = 60_000;

export interface BrokerKeeperOptions {
  readonly settings: Pick<ServiceSettings, "iggyUrl" | "brokerMode" | "dataDir">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Ends every wait; nothing is started any more afterwards. */
  readonly signal: AbortSignal;
  /** How long a listener may take to open a session before it is taken for something else. */
  readonly firstSessionMillis: number;
  /** How long there may be no session before a broker is looked for anew. */
  readonly absenceMillis: number;
  /** Starts a broker in this process: in a worker thread, or in this thread for tests. */
  readonly startEmbeddedBroker: (options: BrokerOptions) => Promise<Broker>;
}

/**
 * The broker of a service for as long as the service runs. An embedded one that dies is started again. In `auto` mode
 * on this machine, a broker of another process that is gone is replaced: by whichever service is first, while the
 * others find its port taken and connect. The client connects again by itself.
 */
export class BrokerKeeper {
  readonly #options: BrokerKeeperOptions;
  readonly #address: ConnectionSettings;
  readonly #takesOver: boolean;
  #embedded: Broker | undefined;
  #startedAtMillis = 0;
  /** Starts in a row that failed or gave a broker that soon died. */
  #failureCount = 0;
  #bringingUp: Promise<void> | undefined;
  #client: IggyClient | undefined;
  #absence: TimerHandle | undefined;
  #expectsAnswer = false;

  constructor(options: BrokerKeeperOptions, address: ConnectionSettings) {
    this.#options = options;
    this.#address = address;
    this.#takesOver = options.settings.brokerMode === "auto" && isEmbeddable(address);
  }

  /** Whether this process runs the broker at the moment. */
  get isEmbedded(): boolean {
    return this.#embedded !== undefined;
  }

  /** Something listens at the address already: it should open a session soon. */
  expectAnswer(): void {
    this.#expectsAnswer = true;
  }

  /** Starts the embedded broker. @throws whatever it reports (port taken, folder unwritable, locked …) */
  async start(): Promise<void> {
    const { settings, logger, clock, signal, startEmbeddedBroker } = this.#options;
    const { host, port, credentials } = this.#address;
    const dataDir = join(settings.dataDir, "broker");
    const broker = await startEmbeddedBroker({
      // The resolver may name IPv6 first; the broker's promise is to this machine, not to a family.
      host: host === "localhost" ? "127.0.0.1" : host,
      port,
      dataDir,
      ...(credentials.kind === "password"
        ? { username: credentials.username, password: credentials.password }
        : {}),
      logger: logger.child({ part: "broker" }),
    });
    this.#embedded = broker;
    this.#startedAtMillis = clock.monotonicMillis();
    logger.info({ host: broker.host, port: broker.port, dataDir }, "embedded broker started");
    void broker.ended.then(({ error }) => {
      if (error === undefined || this.#embedded !== broker) return;
      this.#embedded = undefined;
      if (signal.aborted) return;
      const upMillis = Math.round(clock.monotonicMillis() - this.#startedAtMillis);
      if (upMillis >= SOUND_MILLIS) this.#failureCount = 0;
      this.#failureCount++;
      logger.error(
        { error: describeError(error), upMillis },
        "the embedded broker ended unexpectedly; starting it again",
      );
      void this.#bringUp();
    });
  }

  /**
   * Opens the session; waits for the broker as long as it takes, until the signal aborts.
   * @throws `service.broker-not-iggy` when what listens at the address opens no session; refused credentials, an
   *   incompatible version
   */
  async connect(): Promise<IggyClient> {
    const client = await this.#firstSession();
    this.#client = client;
    if (this.#takesOver) {
      client.on("disconnected", () => this.#awaitReturn());
      client.on("connected", () => this.#absence?.cancel());
      if (!client.connected) this.#awaitReturn();
    }
    return client;
  }

  /** Stops the embedded broker, if there is one; the signal was aborted before. */
  async close(): Promise<void> {
    this.#absence?.cancel();
    await this.#bringingUp;
    await this.#embedded?.close();
  }

  async #firstSession(): Promise<IggyClient> {
    const { clock, random, logger, signal, firstSessionMillis } = this.#options;
    const options = { clock, random, signal, logger: logger.child({ part: "iggy" }) };
    const attempt = { address: this.#address, options, logger, attemptMillis: firstSessionMillis };
    while (this.#expectsAnswer && !this.isEmbedded) {
      const client = await connectSoon(attempt);
      if (client) return client;
      logger.warn({ url: this.#url }, "the program at IGGY_URL is gone");
      if (this.#takesOver) await this.#bringUp();
      signal.throwIfAborted();
    }
    // For a broker that must come some day: every failed attempt is logged by the client, none ends the service.
    return IggyClient.connect(this.#address, options);
  }

  #awaitReturn(): void {
    const { clock, logger, signal, absenceMillis } = this.#options;
    this.#absence?.cancel();
    if (signal.aborted) return;
    this.#absence = clock.setTimer(absenceMillis, () => {
      if (signal.aborted || this.isEmbedded || this.#client?.connected || this.#bringingUp) return;
      logger.warn({ url: this.#url, absenceMillis }, "the broker stays away; looking for one again");
      void this.#bringUp();
    });
  }

  /** Until there is a broker, of this process or of another; a running call is joined. Never rejects. */
  #bringUp(): Promise<void> {
    this.#bringingUp ??= this.#tryToStart().finally(() => {
      this.#bringingUp = undefined;
      // What answered may be no broker for long, or one that is just ending.
      if (this.#takesOver && !this.isEmbedded && this.#client?.connected === false) this.#awaitReturn();
    });
    return this.#bringingUp;
  }

  async #tryToStart(): Promise<void> {
    const { clock, random, logger, signal } = this.#options;
    for (; !signal.aborted && !this.isEmbedded; this.#failureCount++) {
      if (this.#failureCount > 0) {
        const attempt = this.#failureCount - 1;
        const pauseMillis = backoffMillis(attempt, RESTART_MILLIS_MIN, RESTART_MILLIS_MAX, random);
        await sleep(clock, pauseMillis, signal).catch(() => {});
        if (signal.aborted) return;
      }
      try {
        if (this.#takesOver && (await anyAnswers(this.#address, PROBE_MILLIS))) {
          logger.info({ url: this.#url }, "a broker answers at IGGY_URL");
          return;
        }
        if (signal.aborted) return;
        await this.start();
        return;
      } catch (error) {
        if (this.#takesOver && isImsError(error, "broker.address-in-use")) {
          logger.info({ url: this.#url }, "another process started a broker at IGGY_URL; using that one");
          return;
        }
        logger.error({ error: describeError(error) }, "the embedded broker did not start; trying again");
      }
    }
  }

  get #url(): string {
    return maskUrl(this.#options.settings.iggyUrl);
  }
}
