import type { Clock } from "@ims/common";
import type { Dialer } from "../connection/byte-stream.js";

/** The part of a pino logger that the client uses. */
export interface ClientLog {
  debug(context: object, message: string): void;
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Where a server is and how to reach it; what `parseConnectionString` gives. */
export interface ServerAddress {
  /** Name or IP address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Absent = plain TCP. Certificates are always validated. */
  readonly tls?: { readonly domain?: string; readonly caFile?: string };
}

/** Everything that a connection string says. */
export interface ConnectionSettings extends ServerAddress {
  /** Further addresses of the same servers; they are tried in turn with the first one, with the same TLS. */
  readonly otherAddresses?: readonly ServerAddress[];
  readonly credentials:
    | { readonly kind: "password"; readonly username: string; readonly password: string }
    | { readonly kind: "token"; readonly token: string };
  /** Pause between heartbeat pings; 0 = none. Default 5000. */
  readonly heartbeatMillis: number;
  /** First pause after all addresses were tried in vain; doubles up to `reconnectMillisMax`. Default 100. */
  readonly reconnectMillis: number;
  readonly reconnectMillisMax: number;
  /** Rounds through all addresses before giving up; `Infinity` = never. */
  readonly reconnectAttemptsMax: number;
  /** Least time between the beginning of a session and the next dialing. Default 0. */
  readonly reestablishMillis?: number;
  /** Bounds the opening of one connection. Default 10,000. */
  readonly dialTimeoutMillis?: number;
  /** See {@link ConnectOptions.requestTimeoutMillis}, which has the last word. */
  readonly requestTimeoutMillis?: number;
  /** Go to the node that leads the cluster after every login. Default true. */
  readonly followLeader?: boolean;
  readonly noDelay: boolean;
}

/** Options of one call. */
export interface CallOptions {
  /**
   * Bounds the whole call: waiting for a session, for its turn and for the answer, repetitions included. Default: the
   * client's `requestTimeoutMillis`.
   */
  readonly timeoutMillis?: number;
}

export interface ConnectOptions {
  readonly clock?: Clock;
  /** Uniform in [0, 1); for jitter and client ids. */
  readonly random?: () => number;
  readonly logger?: ClientLog;
  /** Bounds the wait for the first session; default: none, the `signal` ends it. */
  readonly connectTimeoutMillis?: number;
  readonly signal?: AbortSignal;
  /**
   * Bounds every call that has no time of its own, and the wait for any one reply: a server that leaves one out for so
   * long loses the connection. Default 30,000.
   */
  readonly requestTimeoutMillis?: number;
  /** Requests on the wire at once; at most 64, above which servers drop requests silently. Default 64. */
  readonly inFlightMax?: number;
  /** Calls under way at once, waiting or on the wire; one more fails with `iggy-client.queue-full`. Default 1024. */
  readonly queueMax?: number;
  /** Largest accepted reply. Default 64 MiB. */
  readonly frameBytesMax?: number;
  /** Opens the byte stream to an address; default: TCP or, where the address says so, TLS. */
  readonly dial?: Dialer;
}
