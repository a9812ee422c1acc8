import { type Clock, systemClock } from "@ims/common";
import { BlockPool, type FileSystem, nodeFileSystem } from "@ims/segment-log";
import type { BrokerEnd, BrokerOptions, BrokerStatus, LocalBroker } from "./broker-options.js";
import type { Catalog } from "./catalog/catalog.js";
import { CatalogRecords } from "./catalog/catalog-records.js";
import { MetadataStore } from "./catalog/metadata-store.js";
import type { TopicSettings } from "./catalog/topic-settings.js";
import { GroupCoordinator } from "./groups/group-coordinator.js";
import { PartitionStore } from "./partitions/partition-store.js";
import { RepeatingTimer } from "./repeating-timer.js";
import { type ResolvedOptions, resolveOptions } from "./resolve-options.js";
import { Listener } from "./server/listener.js";
import { readTlsIdentity } from "./server/tls-identity.js";
import { expireTokens } from "./session/expire-tokens.js";
import { LoginThrottle } from "./session/login-throttle.js";
import { PasswordChecker } from "./session/password-checker.js";
import { ensureRootUser } from "./session/root-user.js";
import { SessionTable } from "./session/session-table.js";
import { openDataDir } from "./storage/data-dir.js";

/** Memory of requests and reads that is kept for the next ones. */
const BLOCK_BYTES_KEPT = 32 * 2 ** 20;

/** A member of a group is given up after this many heartbeats without a sign of life (wire.md section 4.6). */
const HEARTBEATS_MISSED_MAX = 1.2;
const TOKEN_CLEANING_MILLIS = 60_000;
/** Between looks for segments that are too old or too much (server-behaviour.md section 4.1). */
const RETENTION_MILLIS = 60_000;
const LOGIN_FAILURES_FORGIVEN_PER_SECOND = 2;
/** Addresses and users whose failed logins are counted. */
const LOGIN_ORIGINS_MAX = 4096;

/** Undoes what was set up, last first. Invariant: each step runs at most once. */
class Teardown {
  private readonly steps: (() => Promise<void>)[] = [];
  private running: Promise<void> | undefined;

  add(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  run(): Promise<void> {
    this.running ??= this.runAll();
    return this.running;
  }

  private async runAll(): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      await step().catch((error: unknown) => {
        failure ??= { error };
      });
    }
    if (failure !== undefined) throw failure.error;
  }
}

/**
 * Starts a single-node broker that speaks Apache Iggy's protocol 0.11 in this thread; resolves when it listens.
 * @throws ImsError of BROKER_ERRORS, and `log.*` or `journal.*` of segment-log for damaged files
 */
export async function startBroker(options: BrokerOptions): Promise<LocalBroker> {
  const resolved = resolveOptions(options);
  const clock = options.clock ?? systemClock;
  const teardown = new Teardown();
  try {
    const { listener, status } = await bringUp(
      resolved,
      clock,
      options.fileSystem ?? nodeFileSystem,
      teardown,
    );
    const { host, dataDir } = resolved;
    const { port } = listener;
    resolved.logger.info({ host, port, dataDir, tls: resolved.tls !== undefined }, "the broker listens");
    let tellEnd: (end: BrokerEnd) => void = () => undefined;
    const ended = new Promise<BrokerEnd>((resolve) => {
      tellEnd = resolve;
    });
    const { tls, logger } = resolved;
    const reloadTls = async () => {
      if (tls !== undefined) listener.useIdentity(await readTlsIdentity(tls, clock, logger));
    };
    const close = () => teardown.run().finally(() => tellEnd({}));
    return { host, port, ended, reloadTls, status: async () => status(), close };
  } catch (error) {
    await teardown.run().catch(() => undefined);
    throw error;
  }
}

async function bringUp(
  options: ResolvedOptions,
  clock: Clock,
  fileSystem: FileSystem,
  teardown: Teardown,
): Promise<{ listener: Listener; status: () => BrokerStatus }> {
  const { logger } = options;
  const blocks = new BlockPool(BLOCK_BYTES_KEPT);
  // The port first: it costs nothing, and a broker that cannot have it must not wait for a recovery.
  const identity = options.tls && (await readTlsIdentity(options.tls, clock, logger));
  const listener = await Listener.listen({ ...options, identity, clock, blocks });
  teardown.add(() => listener.close());
  const dataDir = await openDataDir(fileSystem, options.dataDir, {
    clock,
    logger,
    waitMillis: options.lockWaitMillis,
  });
  teardown.add(() => dataDir.release());
  const metadata = await MetadataStore.open({ fileSystem, directory: dataDir.metadataDirectory, logger });
  teardown.add(() => metadata.close());
  const partitions = await openPartitions(
    options,
    clock,
    fileSystem,
    blocks,
    dataDir.partitionsDirectory,
    metadata.catalog,
  );
  teardown.add(() => partitions.close());
  const passwords = new PasswordChecker(options.passwordCost, options.passwordChecksMax);
  await ensureRootUser(metadata, passwords, options);
  const groups = new GroupCoordinator({ clock, rebalanceTimeoutMillis: options.rebalanceTimeoutMillis });
  teardown.add(async () => groups.close());
  const logins = new LoginThrottle({
    clock,
    burst: options.loginFailureBurst,
    perSecond: LOGIN_FAILURES_FORGIVEN_PER_SECOND,
    rememberedMax: LOGIN_ORIGINS_MAX,
  });
  repeat(clock, teardown, options.syncIntervalMillis, () => partitions.sync());
  repeat(clock, teardown, RETENTION_MILLIS, async () => partitions.applyRetention(metadata.catalog.topics()));
  repeat(clock, teardown, options.heartbeatIntervalMillis, async () =>
    listener.evictSilent(HEARTBEATS_MISSED_MAX * options.heartbeatIntervalMillis),
  );
  repeat(clock, teardown, options.loginTimeoutMillis, async () =>
    listener.closeSilentStrangers(options.loginTimeoutMillis),
  );
  repeat(clock, teardown, TOKEN_CLEANING_MILLIS, () => expireTokens(metadata, clock, logger));
  listener.serve({
    catalog: metadata.catalog,
    metadata,
    records: new CatalogRecords(partitions),
    partitions,
    sessions: new SessionTable(({ client }) => groups.leaveAll(client)),
    groups,
    passwords,
    logins,
    clock,
    logger,
    pollBytesMax: options.pollBytesMax,
    dataDir: options.dataDir,
    snapshots: { config: configOf(options), logLines: () => options.logger.lines },
    startedAtMicros: clock.nowMicros(),
    endpoint: () => ({ host: options.host, port: listener.port }),
    clients: () => listener.clients,
  });
  // Closed again as the first step, before the stores that its requests use.
  teardown.add(() => listener.close());
  const status = () => ({
    connectionCount: listener.clients.length,
    partitionCount: partitions.count,
    refusingPartitionCount: partitions.refusingCount,
    refusesMetadata: metadata.isRefusing,
  });
  return { listener, status };
}

/** The options in force, without those that are secret or no values. */
function configOf(options: ResolvedOptions): Readonly<Record<string, unknown>> {
  const { credentials: _credentials, limits: _limits, logger: _logger, ...config } = options;
  return config;
}

function repeat(clock: Clock, teardown: Teardown, intervalMillis: number, work: () => Promise<void>): void {
  const timer = new RepeatingTimer(clock, intervalMillis, work);
  teardown.add(() => timer.stop());
}

async function openPartitions(
  options: ResolvedOptions,
  clock: Clock,
  fileSystem: FileSystem,
  blocks: BlockPool,
  directory: string,
  catalog: Catalog,
): Promise<PartitionStore> {
  const { logger, hotTailBytesMax, openFileCountMax } = options;
  const store = new PartitionStore({
    directory,
    fileSystem,
    clock,
    logger,
    blocks,
    hotTailBytesMax,
    openFileCountMax,
  });
  const settingsOf = new Map<number, TopicSettings>();
  for (const topic of catalog.topics()) {
    for (const { storageId } of topic.partitions) settingsOf.set(storageId, topic.settings);
  }
  try {
    await store.openExisting(settingsOf);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}
