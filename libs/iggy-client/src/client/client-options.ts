import type { Clock } from "@ims/common";

/** The part of a pino logger that the client uses. */
export interface ClientLog {
  debug(context: object, message: string): void;
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Where a server is and how to reach it; what `parseConnectionString` gives. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** Absent = plain TCP. Certificates are always validated. */
  readonly tls?: { readonly domain?: string; readonly caFile?: string };
}

export interface ConnectionSettings extends ServerAddress {
  readonly credentials:
    | { readonly kind: "password"; readonly username: string; readonly password: string }
    | { readonly kind: "token"; readonly token: string };
  /** Pause between heartbeat pings; 0 = none. Default 5000. */
  readonly heartbeatMillis: number;
  /** First pause before dialing again; doubles up to `reconnectMillisMax`. Default 100. */
  readonly reconnectMillis: number;
  readonly reconnectMillisMax: number;
  /** Attempts in a row before giving up; `Infinity` = never. */
  readonly reconnectAttemptsMax: number;
  readonly noDelay: boolean;
}

export interface ConnectOptions {
  readonly clock?: Clock;
  /** Uniform in [0, 1); for jitter and client ids. */
  readonly random?: () => number;
  readonly logger?: ClientLog;
  /** Bounds the wait for the first session; default: none, the `signal` ends it. */
  readonly connectTimeoutMillis?: number;
  readonly signal?: AbortSignal;
  /** Wait for one reply, retries of transient refusals included. Default 30,000. */
  readonly requestTimeoutMillis?: number;
  /** Requests on the wire at once; at most 64, above which servers drop requests silently. Default 64. */
  readonly inFlightMax?: number;
  /** Requests waiting for a place on the wire or for a session. Default 1024. */
  readonly queueMax?: number;
  /** Largest accepted reply. Default 64 MiB. */
  readonly frameBytesMax?: number;
}
