import { type Clock, ExchangeId, systemClock } from "@ims/common";
import { fail } from "../errors/client-errors.js";
import { resolveExchange } from "./client-settings.js";
import { CLIENT_VERSION } from "./client-version.js";

export const DEFAULT_IGGY_URL = "iggy://iggy:iggy@localhost:8090";

/** Ids below 100 are reserved by the protocol; random ones stay clear of those that people choose by hand. */
const CLIENT_ID_MIN = 100;
const CLIENT_ID_MAX = 65_535;
const RANDOM_CLIENT_ID_MIN = 1000;
const RANDOM_CLIENT_ID_MAX = 65_000;

export interface ConnectOptions {
  /** Address of the broker. Default: `IGGY_URL` of the environment, else `iggy://iggy:iggy@localhost:8090`. */
  readonly url?: string | undefined;
  /** Id or name of the exchange whose service is asked. Default `binancespot`. */
  readonly exchange?: ExchangeId | string | undefined;
  /** 100 to 65535; one login per id. Default: a random one. */
  readonly clientId?: number | undefined;
  /** Name and version that the service's logs show; at most 32 and 16 bytes. */
  readonly clientName?: string | undefined;
  readonly clientVersion?: string | undefined;
  /** Needed where the service admits only known clients; at most 64 bytes. */
  readonly accessToken?: string | undefined;
  /** Longest wait for a reply of the service. Default 5000. */
  readonly requestTimeoutMillis?: number | undefined;
  /** Longest wait for the broker. Default 5000. */
  readonly connectTimeoutMillis?: number | undefined;
  /** Messages that one iteration holds back at most before reading stops. Default 10,000. */
  readonly queueCapacity?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Uniform in [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Ends a connect that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** {@link ConnectOptions} checked and complete. */
export interface ClientSettings {
  readonly url: string;
  readonly exchange: ExchangeId;
  readonly clientId: number;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly accessToken: string;
  readonly requestTimeoutMillis: number;
  readonly connectTimeoutMillis: number;
  readonly queueCapacity: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Fills in the defaults.
 * @throws ImsError `client.invalid-argument`, `client.unknown-exchange`
 */
export function resolveOptions(options: ConnectOptions): ClientSettings {
  const random = options.random ?? Math.random;
  const clientId =
    options.clientId ??
    RANDOM_CLIENT_ID_MIN + Math.floor(random() * (RANDOM_CLIENT_ID_MAX - RANDOM_CLIENT_ID_MIN + 1));
  return {
    url: options.url ?? (process.env.IGGY_URL || DEFAULT_IGGY_URL),
    exchange: resolveExchange(options.exchange ?? ExchangeId.BinanceSpot),
    clientId: wholeNumber("clientId", clientId, CLIENT_ID_MIN, CLIENT_ID_MAX),
    clientName: options.clientName ?? "ims-client",
    clientVersion: options.clientVersion ?? CLIENT_VERSION,
    accessToken: options.accessToken ?? "",
    requestTimeoutMillis: wholeNumber(
      "requestTimeoutMillis",
      options.requestTimeoutMillis ?? 5000,
      1,
      3_600_000,
    ),
    connectTimeoutMillis: wholeNumber(
      "connectTimeoutMillis",
      options.connectTimeoutMillis ?? 5000,
      1,
      3_600_000,
    ),
    queueCapacity: wholeNumber("queueCapacity", options.queueCapacity ?? 10_000, 1, 10_000_000),
    clock: options.clock ?? systemClock,
    random,
  };
}

/** @throws ImsError `client.invalid-argument` */
export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw fail(
    "client.invalid-argument",
    `${name} is ${value}, expected a whole number from ${min} to ${max}`,
    {
      context: { name, value, min, max },
    },
  );
}
