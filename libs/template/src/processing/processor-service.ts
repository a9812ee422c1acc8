import {
  type Clock,
  createLogger,
  describeError,
  type Logger,
  type SettingReport,
  sleep,
  systemClock,
} from "@ims/common";
import { type Broker, type BrokerOptions, startBrokerWorker } from "@ims/iggy-broker";
import type { IggyClient } from "@ims/iggy-client";
import type { Processor } from "@ims/traits";
import type { BrokerKeeper } from "../broker/broker-keeper.js";
import { findBroker } from "../broker/find-broker.js";
import { fail } from "../errors.js";
import { HealthServer } from "../health/health-server.js";
import type { RunningService } from "../service/run-process.js";
import type { Companion, CompanionHost } from "./companion.js";
import { ProcessorHealth } from "./processor-health.js";
import { loadProcessorSettings, type ProcessorSettings } from "./processor-settings.js";
import { type ProcessorSource, SourceRunner, type SourceSettings } from "./source-runner.js";

export interface ProcessorLaunchOptions {
  readonly processor: Processor;
  /** Topics that it reads; one that does not exist yet is waited for. */
  readonly sources: readonly ProcessorSource[];
  /** Where a task without a checkpoint begins. Default `first`. */
  readonly start?: SourceSettings["start"];
  /** Pause before a failed task is taken up again; doubles up to a minute. Default 500. */
  readonly retryMillis?: number;
  /** Begins what the processor does beside its tasks; the tasks begin when it resolves. */
  readonly companion?: (host: CompanionHost) => Promise<Companion>;
  /** Port of the health server unless configured. */
  readonly defaultPort: number;
  /** Aborting it closes the service, also while it still waits. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly logger?: Logger;
  readonly settingReports?: readonly SettingReport[];
  readonly firstSessionMillis?: number;
  readonly brokerAbsenceMillis?: number;
  /** Starts the embedded broker; the default runs it in a worker thread. */
  readonly startEmbeddedBroker?: (options: BrokerOptions) => Promise<Broker>;
}

export interface ProcessorOptions extends ProcessorLaunchOptions {
  /** Overrides of single settings, above flags, environment and file. */
  readonly settings?: Partial<ProcessorSettings>;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: NodeJS.ProcessEnv;
  readonly configFile?: string;
}

/** A running processor. */
export interface ProcessorService extends RunningService {
  /** Resolves when all sources are read. Rejects if it is closed before. */
  readonly ready: Promise<void>;
  readonly healthUrl: string;
  /** Resolves when it has ended; with the error if it ended itself because it could not go on. */
  readonly closed: Promise<Error | undefined>;
  /** Always 0: what is not stored is made again from the last checkpoint. */
  readonly undeliveredCount: number;
  /** Stores the last checkpoints (at most 8 s), leaves the groups, ends the session and stops the embedded broker. */
  close(): Promise<void>;
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const STOP_MILLIS_MAX = 8000;
const READY_LOOK_MILLIS = 20;

/**
 * Starts a processor inside the calling process. Resolves once what can be wrong for good was right: configuration,
 * health port, embedded broker; {@link ProcessorService.ready} tells when it reads.
 *
 * @throws `config.invalid`, `processor.bad-name`, `service.port-in-use`, `service.broker-not-local`, and `broker.*` of
 *   the embedded broker
 */
export async function startProcessor(options: ProcessorOptions): Promise<ProcessorService> {
  const { settings, flags = {}, env = process.env, configFile, ...rest } = options;
  const loaded = loadProcessorSettings({}, { flags, env, file: configFile });
  return launchProcessor({ ...loaded.service, ...settings }, { settingReports: loaded.describe(), ...rest });
}

/** The same with settings that were read already. */
export async function launchProcessor(
  settings: ProcessorSettings,
  options: ProcessorLaunchOptions,
): Promise<ProcessorService> {
  const { name } = options.processor;
  if (!NAME.test(name)) throw fail("processor.bad-name", `${JSON.stringify(name)} names a processor`);
  options.signal?.throwIfAborted();
  const service = new Service(settings, options);
  const onAbort = () => void service.close();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await service.start();
  } catch (error) {
    options.signal?.removeEventListener("abort", onAbort);
    throw error;
  }
  return service;
}

class Service implements ProcessorService {
  readonly ready: Promise<void>;
  readonly closed: Promise<Error | undefined>;
  healthUrl = "";
  readonly undeliveredCount = 0;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #health: ProcessorHealth;
  readonly #healthServer: HealthServer;
  readonly #stop = new AbortController();
  #sources: SourceRunner[] = [];
  #companion: Companion | undefined;
  #broker: BrokerKeeper | undefined;
  #client: IggyClient | undefined;
  #running: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;
  #settleReady!: { resolve(): void; reject(error: Error): void };
  #resolveClosed!: (failure: Error | undefined) => void;

  constructor(
    private readonly settings: ProcessorSettings,
    private readonly options: ProcessorLaunchOptions,
  ) {
    const { clock = systemClock, processor, settingReports = [] } = options;
    this.#clock = clock;
    this.#logger = options.logger ?? createLogger({ name: processor.name, level: settings.logLevel });
    this.#health = new ProcessorHealth({
      processor,
      clock,
      settingReports,
      sources: () => this.#sources,
      companion: () => this.#companion,
      broker: () => ({
        connected: this.#client?.connected ?? false,
        embedded: this.#broker?.isEmbedded ?? false,
      }),
    });
    this.#healthServer = new HealthServer(this.#health, (error) =>
      this.#logger.error({ error: describeError(error) }, "the health server failed to answer"),
    );
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    // Who starts a service and does not wait for it must not be ended by it.
    this.ready.catch(() => {});
  }

  async start(): Promise<void> {
    const { settings, options } = this;
    const { signal } = this.#stop;
    try {
      this.healthUrl = await this.#healthServer.listen(
        settings.httpPort ?? options.defaultPort,
        settings.httpHost,
      );
      const broker = await findBroker({
        settings,
        clock: this.#clock,
        random: options.random ?? Math.random,
        logger: this.#logger,
        signal,
        startEmbeddedBroker: options.startEmbeddedBroker ?? startBrokerWorker,
        firstSessionMillis: options.firstSessionMillis ?? 10_000,
        absenceMillis: options.brokerAbsenceMillis ?? 5000,
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
    this.#running = this.#run(this.#broker).catch((error: unknown) => this.#failed(error));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => this.#resolveClosed(this.#failure));
    return this.#closing;
  }

  async #run(broker: BrokerKeeper): Promise<void> {
    const { processor, retryMillis, sources, start } = this.options;
    const { signal } = this.#stop;
    const client = await broker.connect();
    if (signal.aborted) {
      await client.close();
      return;
    }
    this.#client = client;
    const host = { client, clock: this.#clock, logger: this.#logger, signal };
    const companion = await this.options.companion?.(host);
    if (signal.aborted) {
      await companion?.close();
      return;
    }
    this.#companion = companion;
    const { checkpointMillis, processorGroup: group } = this.settings;
    const dependencies = {
      client,
      processor,
      clock: this.#clock,
      logger: this.#logger,
      onFailed: (error: Error) => this.#failed(error),
    };
    this.#sources = sources.map(
      (source) =>
        new SourceRunner(dependencies, source, {
          checkpointMillis,
          ...(group === undefined ? {} : { group }),
          ...(start === undefined ? {} : { start }),
          ...(retryMillis === undefined ? {} : { retryMillis }),
        }),
    );
    await Promise.all(this.#sources.map((source) => source.start()));
    while (!signal.aborted && !this.#sources.every((source) => source.isReady)) {
      await sleep(this.#clock, READY_LOOK_MILLIS, signal).catch(() => {});
    }
    if (signal.aborted) return;
    this.#health.phase = "ready";
    this.#settleReady.resolve();
  }

  #failed(error: unknown): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    this.#settleReady.reject(reason);
    if (this.#stop.signal.aborted) return;
    this.#failure = reason;
    this.#logger.error({ error: describeError(reason) }, "the processor cannot go on");
    void this.close();
  }

  async #close(): Promise<void> {
    const startMillis = this.#clock.monotonicMillis();
    this.#health.phase = "stopping";
    this.#settleReady.reject(fail("service.stopped", "The processor was closed before it was ready"));
    this.#stop.abort(fail("service.stopped", "The processor is stopping"));
    await this.#within("the last checkpoints", Promise.all(this.#sources.map((source) => source.stop())));
    await this.#within("the companion", this.#companion?.close());
    await this.#within("the broker session", this.#client?.close());
    await this.#within("the start", this.#running);
    await this.#within("the embedded broker", this.#broker?.close());
    await this.#healthServer.close();
    this.#logger.info({ millis: Math.round(this.#clock.monotonicMillis() - startMillis) }, "stopped");
  }

  /** A part that hangs or fails must not keep the rest from stopping. */
  async #within(what: string, stopping: Promise<unknown> | undefined): Promise<void> {
    const patience = new AbortController();
    try {
      const late = await Promise.race([
        Promise.resolve(stopping).then(() => false),
        sleep(this.#clock, STOP_MILLIS_MAX, patience.signal).then(() => true),
      ]);
      if (late) this.#logger.error({ what, millis: STOP_MILLIS_MAX }, "did not stop in time");
    } catch (error) {
      this.#logger.error({ what, error: describeError(error) }, "failed to stop");
    } finally {
      patience.abort();
    }
  }
}
