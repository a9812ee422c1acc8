import { resolve } from "node:path";
import {
  choiceSetting,
  defineSettings,
  findConfigFile,
  integerSetting,
  LOG_LEVELS,
  type LogLevel,
  loadSettings,
  portSetting,
  type SettingReport,
  type SettingsDefinition,
  type SettingsSources,
  type SettingsValues,
  servicePort,
  textSetting,
} from "@ims/common";
import { brokerUrlSetting } from "./broker-url-setting.js";
import { type ClientEntry, clientsSetting } from "./client-entries.js";
import { type FeedEntry, feedsSetting } from "./feed-entries.js";
import { workspaceRoot } from "./workspace-root.js";

/** How the service gets its broker; see `broker/find-broker.ts`. */
export type BrokerMode = "auto" | "embedded" | "external";

/** Where the service runs: LOCAL and CI admit clients without token and of schema version 1. */
export type Environment = "LOCAL" | "CI" | "CLUSTER";

/** Effective values of one service, after flags, environment and file were merged. */
export interface ServiceSettings {
  readonly iggyUrl: string;
  readonly brokerMode: BrokerMode;
  /** Absolute folder; the embedded broker keeps its data in `broker` below it. */
  readonly dataDir: string;
  readonly environment: Environment;
  /** Address of this machine on which the health server listens. */
  readonly httpHost: string;
  /** Port of the health server, 0 for any; undefined chooses by environment and exchange. */
  readonly httpPort?: number | undefined;
  readonly logLevel: LogLevel;
  /** Access token that every login must carry; undefined admits anyone, except in CLUSTER. */
  readonly accessToken?: string | undefined;
  /** Clients that may log in, each with a token of its own; `accessToken` plays no part then. */
  readonly clients?: readonly ClientEntry[] | undefined;
  /** Feeds that run without any client. */
  readonly feeds?: readonly FeedEntry[] | undefined;
  /** Partitions of the topics `trades` and `bars` when this service creates them. */
  readonly partitionCount: number;
  readonly subscriptionsPerClientMax: number;
  readonly sessionCountMax: number;
  /** Clients are told to send a heartbeat this often. */
  readonly heartbeatMillis: number;
  /** A session without a request for this long ends. */
  readonly sessionExpiryMillis: number;
  /** A started batch of records waits at most this long for more. */
  readonly publishLingerMillis: number;
  /** Records after which a batch is sent. */
  readonly publishBatchCount: number;
  /** Size of a batch. */
  readonly publishBatchKibibytes: number;
  /** Memory of all records that wait for the broker. */
  readonly publishBufferMebibytes: number;
  /** How long the venue may be left unread for a slow broker before records are given up. */
  readonly publishBlockMillis: number;
  /** The same for clients of schema version 1, which send no heartbeats. */
  readonly version1ExpiryMillis: number;
  /** Requests of one client a second, over a longer time; ten times as many at once. */
  readonly requestsPerSecondMax: number;
}

/** Settings of every service; a venue's own are read together with them. */
export const SERVICE_SETTINGS = defineSettings({
  iggyUrl: {
    schema: brokerUrlSetting().default("iggy://iggy:iggy@localhost:8090"),
    env: "IGGY_URL",
    flag: "iggy-url",
    description: "address and credentials of the broker",
  },
  brokerMode: {
    schema: choiceSetting("auto", "embedded", "external").default("auto"),
    env: "IMS_BROKER",
    flag: "broker",
    description: "connect to a broker, start one in this process, or whichever fits",
  },
  dataDir: {
    schema: textSetting().default(".ims"),
    env: "IMS_DATA_DIR",
    flag: "data-dir",
    description: "folder for data of this service; relative to the workspace root",
  },
  environment: {
    schema: choiceSetting("LOCAL", "CI", "CLUSTER").default("LOCAL"),
    env: "ENV",
    flag: "env",
    description: "where the service runs; decides the default port and who is admitted",
  },
  httpHost: {
    schema: textSetting({ lengthMax: 255 }).default("127.0.0.1"),
    env: "IMS_HTTP_HOST",
    flag: "http-host",
    description: "address on which the health server listens; 0.0.0.0 for all",
  },
  httpPort: {
    schema: portSetting({ anyAllowed: true }).optional(),
    env: "IMS_HTTP_PORT",
    flag: "http-port",
    description: "port of the health server; 0 takes any free one",
  },
  logLevel: {
    schema: choiceSetting(...LOG_LEVELS).default("info"),
    env: "LOG_LEVEL",
    flag: "log-level",
    description: "least important log line to print",
  },
  accessToken: {
    schema: textSetting({ lengthMax: 64 }).optional(),
    env: "IMS_ACCESS_TOKEN",
    description: "token that every client must log in with",
    secret: true,
  },
  clients: {
    schema: clientsSetting().optional(),
    env: "IMS_CLIENTS",
    description: "JSON list of the clients that may log in, with hashed tokens",
    secret: true,
  },
  feeds: {
    schema: feedsSetting().optional(),
    env: "IMS_FEEDS",
    flag: "feeds",
    description: "feeds that run without any client, such as trades:*;bars@1m:BTCUSDT",
  },
  partitionCount: {
    schema: integerSetting({ min: 1, max: 1000 }).default(4),
    env: "IMS_PARTITIONS",
    flag: "partitions",
    description: "partitions of new market-data topics",
  },
  subscriptionsPerClientMax: {
    schema: integerSetting({ min: 1, max: 100_000 }).default(1000),
    env: "IMS_SUBSCRIPTIONS_PER_CLIENT",
    flag: "subscriptions-per-client",
    description: "limit of subscriptions of one client",
  },
  sessionCountMax: {
    schema: integerSetting({ min: 1, max: 65_000 }).default(1000),
    env: "IMS_SESSIONS",
    flag: "sessions",
    description: "limit of clients logged in at the same time",
  },
  heartbeatMillis: {
    schema: integerSetting({ min: 100, max: 3_600_000 }).default(10_000),
    env: "IMS_HEARTBEAT_MILLIS",
    flag: "heartbeat-millis",
    description: "how often clients are told to send a heartbeat",
  },
  sessionExpiryMillis: {
    schema: integerSetting({ min: 200, max: 86_400_000 }).default(30_000),
    env: "IMS_SESSION_EXPIRY_MILLIS",
    flag: "session-expiry-millis",
    description: "how long a session lives without any request",
  },
  publishLingerMillis: {
    schema: integerSetting({ min: 0, max: 60_000 }).default(1),
    env: "IMS_PUBLISH_LINGER_MILLIS",
    flag: "publish-linger-millis",
    description: "how long a started batch of records waits for more",
  },
  publishBatchCount: {
    schema: integerSetting({ min: 1, max: 1_000_000 }).default(1000),
    env: "IMS_PUBLISH_BATCH_COUNT",
    flag: "publish-batch-count",
    description: "records after which a batch is sent",
  },
  publishBatchKibibytes: {
    // The largest book message fills half of the smallest batch.
    schema: integerSetting({ min: 256, max: 512 }).default(256),
    env: "IMS_PUBLISH_BATCH_KIB",
    flag: "publish-batch-kib",
    description: "size of a batch of records",
  },
  publishBufferMebibytes: {
    schema: integerSetting({ min: 16, max: 1024 }).default(32),
    env: "IMS_PUBLISH_BUFFER_MIB",
    flag: "publish-buffer-mib",
    description: "memory of all records that wait for the broker",
  },
  publishBlockMillis: {
    schema: integerSetting({ min: 0, max: 3_600_000 }).default(30_000),
    env: "IMS_PUBLISH_BLOCK_MILLIS",
    flag: "publish-block-millis",
    description: "how long the venue is left unread for a slow broker before records are given up",
  },
  version1ExpiryMillis: {
    schema: integerSetting({ min: 200, max: 31_536_000_000 }).default(86_400_000),
    env: "IMS_VERSION_1_EXPIRY_MILLIS",
    flag: "version-1-expiry-millis",
    description: "how long a session of schema version 1 lives without any request",
  },
  requestsPerSecondMax: {
    schema: integerSetting({ min: 1, max: 1_000_000 }).default(200),
    env: "IMS_REQUESTS_PER_SECOND",
    flag: "requests-per-second",
    description: "limit of requests of one client, ten times as many at once",
  },
});

/** Settings of the service and of its venue, and where each came from. */
export interface LoadedServiceSettings<Venue extends SettingsDefinition> {
  readonly service: ServiceSettings;
  readonly venue: SettingsValues<Venue>;
  describe(): SettingReport[];
}

/**
 * Reads the service's settings and the venue's, from `ims.config.json` of the workspace root unless a file is named.
 * @throws `config.invalid` naming every mistake of both
 */
export function loadServiceSettings<Venue extends SettingsDefinition>(
  venue: Venue,
  sources: SettingsSources = {},
): LoadedServiceSettings<Venue> {
  const root = workspaceRoot();
  const loaded = loadSettings<SettingsDefinition>(
    { ...SERVICE_SETTINGS, ...venue },
    { ...sources, file: "file" in sources ? sources.file : findConfigFile(root) },
  );
  const values = loaded.values as SettingsValues<typeof SERVICE_SETTINGS & Venue>;
  return {
    service: { ...values, dataDir: resolve(root, values.dataDir) },
    venue: values,
    describe: () => loaded.describe(),
  };
}

/** Port of the health server: as set, else 7070 in a cluster, else 7070 plus the exchange's number. */
export function httpPortOf(settings: ServiceSettings, exchange: number): number {
  if (settings.httpPort !== undefined) return settings.httpPort;
  return servicePort(exchange, settings.environment === "CLUSTER");
}
