import { isIPv4 } from "node:net";
import { FRAME_BYTES_MAX, HEADER_BYTES } from "@ims/iggy-protocol";
import type { BrokerLimits, BrokerLogger, BrokerOptions, BrokerTls } from "./broker-options.js";
import { fail } from "./errors.js";
import type { ConnectionLimits } from "./server/connection.js";
import {
  checkCredentials,
  DEFAULT_PASSWORD,
  DEFAULT_USERNAME,
  type RootCredentials,
} from "./session/credentials.js";
import { DEFAULT_PASSWORD_COST, isWithin, type PasswordCost } from "./session/password-hash.js";
import { LogTail } from "./snapshot/log-tail.js";

/** Options with every default filled in and checked. */
export interface ResolvedOptions extends Readonly<Required<BrokerLimits>> {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly credentials: RootCredentials;
  /** Whether the root user may have the default name and password. */
  readonly allowDefaultCredentials: boolean;
  readonly passwordCost: PasswordCost;
  readonly tls: BrokerTls | undefined;
  readonly limits: ConnectionLimits;
  readonly logger: LogTail;
}

const DEFAULT_LIMITS: Required<BrokerLimits> = {
  connectionCountMax: 1024,
  addressConnectionCountMax: 512,
  handshakeTimeoutMillis: 10_000,
  loginTimeoutMillis: 30_000,
  frameBytesMax: FRAME_BYTES_MAX,
  inFlightCountMax: 256,
  inFlightBytesMax: 16 * 2 ** 20,
  outboundBytesMax: 8 * 2 ** 20,
  pollBytesMax: 32 * 2 ** 20,
  hotTailBytesMax: 64 * 2 ** 20,
  openFileCountMax: 256,
  syncIntervalMillis: 1000,
  lockWaitMillis: 5000,
  rebalanceTimeoutMillis: 30_000,
  heartbeatIntervalMillis: 30_000,
  loginFailureBurst: 20,
  passwordChecksMax: 256,
};

/** Smallest value of each limit where it is not 1. */
const LIMIT_MIN: Partial<Record<keyof BrokerLimits, number>> = {
  frameBytesMax: HEADER_BYTES,
  hotTailBytesMax: 0,
  lockWaitMillis: 0,
};

const silentLogger: BrokerLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** @throws ImsError `broker.invalid-option` */
export function resolveOptions(options: BrokerOptions): ResolvedOptions {
  const limits = resolveLimits(options);
  const { port, dataDir, host = "127.0.0.1" } = options;
  const { username = DEFAULT_USERNAME, password = DEFAULT_PASSWORD } = options;
  checkRange("port", port, 0, 65_535);
  if (dataDir === "") throw fail("broker.invalid-option", "the data folder has no name");
  const credentials = { username, password };
  checkCredentials(credentials);
  const passwordCost = { ...DEFAULT_PASSWORD_COST, ...options.passwordCost };
  if (!isWithin(passwordCost)) {
    throw fail("broker.invalid-option", "passwordCost asks for too much or too little work", {
      context: { ...passwordCost },
    });
  }
  if (options.tls !== undefined && !(options.tls.certFile && options.tls.keyFile)) {
    throw fail("broker.invalid-option", "TLS needs both a certificate file and a key file");
  }
  const { frameBytesMax, inFlightCountMax, inFlightBytesMax, outboundBytesMax } = limits;
  return {
    ...limits,
    host,
    port,
    dataDir,
    credentials,
    allowDefaultCredentials: options.allowDefaultCredentials ?? isLoopback(host),
    passwordCost,
    tls: options.tls,
    limits: { frameBytesMax, inFlightCountMax, inFlightBytesMax, outboundBytesMax },
    logger: new LogTail(options.logger ?? silentLogger),
  };
}

function resolveLimits(options: BrokerLimits): Required<BrokerLimits> {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof BrokerLimits)[];
  const resolved: Record<string, number> = {};
  for (const name of names) {
    const value = options[name] ?? DEFAULT_LIMITS[name];
    checkRange(name, value, LIMIT_MIN[name] ?? 1, Number.MAX_SAFE_INTEGER);
    resolved[name] = value;
  }
  return { ...DEFAULT_LIMITS, ...resolved };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw fail("broker.invalid-option", `${name} is ${value}; allowed are whole numbers from ${min} to ${max}`);
}
