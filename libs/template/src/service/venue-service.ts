import { type Clock, describeError, type ExchangeId, type Logger, sleep } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import type { ImsDataIntegration } from "@ims/traits";
import type { DependencyContainer } from "tsyringe";
import type { BrokerKeeper, BrokerKeeperOptions } from "../broker/broker-keeper.js";
import { findBroker } from "../broker/find-broker.js";
import { ControlLoop } from "../control/control-loop.js";
import { fail } from "../errors.js";
import { HealthServer } from "../health/health-server.js";
import { ReadinessLog } from "../health/readiness-log.js";
import { ServiceCounters } from "../health/service-counters.js";
import { ServiceHealth } from "../health/service-health.js";
import { ClientOutboxes } from "../publishing/client-outboxes.js";
import { InstrumentList } from "../publishing/instrument-list.js";
import { InstrumentRefresh } from "../publishing/instrument-refresh.js";
import { MarketDataProducers } from "../publishing/market-data-producers.js";
import { SbeSink } from "../publishing/sbe-sink.js";
import { httpPortOf, type ServiceSettings } from "../settings/service-settings.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { composeBrokerSide } from "./compose-service.js";
import type { DataService } from "./data-service.js";
import { CLOCK, EXCHANGE, INTEGRATION, LOGGER, SETTINGS } from "./tokens.js";

/** Everything but the embedded broker; what is not flushed by then is reported as lost. */
const SHUTDOWN_MILLIS_MAX = 8500;
const VENUE_SHUTDOWN_MILLIS_MAX = 2000;
const CONTROL_STOP_MILLIS_MAX = 1000;
const FLUSH_MILLIS_MAX = 5000;
/** At least so long; together with the rest below ten seconds. */
const BROKER_STOP_MILLIS_MIN = 1000;

/**
 * One service, from its first probe for a broker to its last flushed message.
 *
 * Starting: health server and broker first, since what is wrong there ends the start; then the broker session and the
 * venue's symbol list, in whichever order they come, for as long as they take. Ready: both are there and the control
 * topic is read. Stopping goes the other way: venue, then buffered messages, then the session, then the embedded broker.
 */
export class VenueService implements DataService {
  readonly exchange: ExchangeId;
  readonly ready: Promise<void>;
  readonly closed: Promise<Error | undefined>;
  healthUrl = "";
  undeliveredCount = 0;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #health: ServiceHealth;
  readonly #healthServer: HealthServer;
  readonly #readinessLog: ReadinessLog;
  readonly #integration: ImsDataIntegration;
  readonly #stop = new AbortController();
  #resolveClosed!: (failure: Error | undefined) => void;
  #failure: Error | undefined;
  #settleReady!: { resolve(): void; reject(error: Error): void };
  #broker: BrokerKeeper | undefined;
  #client: IggyClient | undefined;
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly container: DependencyContainer,
    private readonly brokerSearch: Pick<
      BrokerKeeperOptions,
      "random" | "startEmbeddedBroker" | "firstSessionMillis" | "absenceMillis"
    >,
  ) {
    this.exchange = container.resolve<ExchangeId>(EXCHANGE);
    this.#clock = container.resolve<Clock>(CLOCK);
    this.#logger = container.resolve<Logger>(LOGGER);
    this.#integration = container.resolve<ImsDataIntegration>(INTEGRATION);
    this.#health = container.resolve(ServiceHealth);
    this.#healthServer = new HealthServer(this.#health, (error) =>
      this.#logger.error({ error: describeError(error) }, "the health server failed to answer"),
    );
    this.#readinessLog = new ReadinessLog(() => this.#health.readiness(), this.#clock, this.#logger);
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    // Who starts a service and does not wait for it must not be ended by it.
    this.ready.catch(() => {});
  }

  /** Resolves when the rest needs only time; rejects, with everything taken back, when it needs a person. */
  async start(): Promise<void> {
    const settings = this.container.resolve<ServiceSettings>(SETTINGS);
    const { signal } = this.#stop;
    try {
      this.healthUrl = await this.#healthServer.listen(
        httpPortOf(settings, this.exchange),
        settings.httpHost,
      );
      this.#readinessLog.start();
      // Loads while the broker is looked for; the integration keeps what it gets.
      this.#integration.symbols(signal).catch(() => {});
      const broker = await findBroker({
        settings,
        clock: this.#clock,
        ...this.brokerSearch,
        logger: this.#logger,
        signal,
      });
      if (signal.aborted) {
        await broker.close();
        throw signal.reason;
      }
      this.#broker = broker;
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#health.brokerFound(this.#broker);
    this.#running = this.#run(this.#broker).catch((error: unknown) => this.#failed(error));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => this.#resolveClosed(this.#failure));
    return this.#closing;
  }

  async #run(broker: BrokerKeeper): Promise<void> {
    const { signal } = this.#stop;
    const client = await broker.connect();
    if (signal.aborted) {
      await client.close();
      return;
    }
    this.#client = client;
    composeBrokerSide(this.container, client);
    const topology = this.container.resolve(StreamTopology);
    await this.#prepareTopology(client, topology);
    if (signal.aborted) return;
    const outboxes = this.container.resolve(ClientOutboxes);
    const producers = this.container.resolve(MarketDataProducers);
    const list = this.container.resolve(InstrumentList);
    this.container.resolve(SbeSink).attach({ producers, outboxes, instruments: list });
    const instruments = this.container.resolve(InstrumentRefresh);
    instruments.start(signal);
    this.#health.brokerConnected(this.container);
    const reading = new Promise<void>((resolve) => {
      const loop = this.container.resolve(ControlLoop);
      this.#running = loop.run(signal, resolve).catch((error: unknown) => this.#failed(error));
    });
    await Promise.all([reading, instruments.loaded]);
    if (signal.aborted) return;
    this.#health.ready();
    this.#settleReady.resolve();
  }

  /** Now, and at every later session before anything is sent on it. */
  async #prepareTopology(client: IggyClient, topology: StreamTopology): Promise<void> {
    client.onSession(() => topology.ensure());
    client.on("disconnected", (error) =>
      this.#logger.warn({ error: describeError(error) }, "the broker connection is lost; connecting again"),
    );
    client.on("connected", () => this.#logger.info("the broker connection is back"));
    while (!this.#stop.signal.aborted && topology.sessionCount === 0) {
      try {
        await topology.ensure();
      } catch (error) {
        this.#logger.warn({ error: describeError(error) }, "streams could not be prepared; trying again");
        await sleep(this.#clock, 500, this.#stop.signal).catch(() => {});
      }
    }
  }

  #failed(error: unknown): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    this.#settleReady.reject(reason);
    if (this.#stop.signal.aborted) return;
    this.#failure = reason;
    this.#logger.error({ error: describeError(reason) }, "the service cannot go on");
    void this.close();
  }

  async #close(): Promise<void> {
    const startMillis = this.#clock.monotonicMillis();
    const leftMillis = () => Math.max(0, SHUTDOWN_MILLIS_MAX - (this.#clock.monotonicMillis() - startMillis));
    this.#health.stopping();
    this.#readinessLog.stop();
    this.#settleReady.reject(fail("service.stopped", "The service was closed before it was ready"));
    await this.#within(VENUE_SHUTDOWN_MILLIS_MAX, "the venue's shutdown", () => this.#integration.shutdown());
    this.#stop.abort(fail("service.stopped", "The service is stopping"));
    await this.#within(CONTROL_STOP_MILLIS_MAX, "the control topic", async () => this.#running);
    if (this.#client) {
      await this.#flush(Math.min(FLUSH_MILLIS_MAX, leftMillis()));
      await this.#within(leftMillis(), "the broker session", () => this.#client!.close());
    }
    const brokerMillis = Math.max(BROKER_STOP_MILLIS_MIN, leftMillis());
    await this.#within(brokerMillis, "the embedded broker", () => this.#broker?.close());
    await this.#healthServer.close();
    await this.container.dispose();
    this.#logger.info({ millis: Math.round(this.#clock.monotonicMillis() - startMillis) }, "stopped");
  }

  async #flush(timeoutMillis: number): Promise<void> {
    if (!this.#health.isBrokerSideReady) return;
    this.container.resolve(InstrumentRefresh).stop();
    this.container.resolve(SbeSink).detach();
    const producers = this.container.resolve(MarketDataProducers);
    const outboxes = this.container.resolve(ClientOutboxes);
    const counters = this.container.resolve(ServiceCounters);
    const lostBefore = counters.recordsFailed + counters.repliesLost;
    const [, flushed] = await Promise.all([
      this.#within(timeoutMillis, "flushing records", () => producers.close(timeoutMillis)),
      outboxes.flush(timeoutMillis),
    ]);
    if (!flushed) this.#logger.error("replies or private copies could not be delivered before the end");
    outboxes.close();
    this.undeliveredCount = counters.recordsFailed + counters.repliesLost - lostBefore;
    if (this.undeliveredCount > 0) {
      const fields = {
        undelivered: this.undeliveredCount,
        openGaps: this.container.resolve(SbeSink).openGapCount,
      };
      this.#logger.error(fields, "the broker did not take everything before the end");
    }
  }

  /** A part that hangs or fails must not keep the rest from stopping. */
  async #within(millis: number, what: string, stop: () => Promise<unknown> | undefined): Promise<void> {
    const timeout = new AbortController();
    try {
      const late = await Promise.race([
        Promise.resolve(stop()).then(() => false),
        sleep(this.#clock, millis, timeout.signal).then(() => true),
      ]);
      if (late) this.#logger.error({ what, millis }, "did not stop in time");
    } catch (error) {
      this.#logger.error({ what, error: describeError(error) }, "failed to stop");
    } finally {
      timeout.abort();
    }
  }
}
