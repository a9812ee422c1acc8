import type { Clock } from "@ims/common";
import type { FileSystem } from "@ims/segment-log";

/** The part of a pino logger that the broker uses. */
export interface BrokerLogger {
  debug(context: object, message: string): void;
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Bounds of one broker. Every one has a declared outcome when it is reached. */
export interface BrokerLimits {
  /** Connections beyond this are closed at once. Default 1,024. */
  readonly connectionCountMax?: number;
  /** Connections from one address beyond this are closed at once. Default 512. */
  readonly addressConnectionCountMax?: number;
  /** A TLS handshake that takes longer ends its connection, milliseconds. Default 10,000. */
  readonly handshakeTimeoutMillis?: number;
  /**
   * A connection that is not logged in and has sent no whole request for so long is closed, looked at once per timeout.
   * Milliseconds, default 30,000.
   */
  readonly loginTimeoutMillis?: number;
  /** Frames above this close their connection. Default 64 MiB, the reference server's bound; 256 at least. */
  readonly frameBytesMax?: number;
  /** Requests taken from one connection and not yet answered; reading pauses there. Default 256. */
  readonly inFlightCountMax?: number;
  /** Bytes of requests taken from one connection and not yet answered; reading pauses there. Default 16 MiB. */
  readonly inFlightBytesMax?: number;
  /** Bytes of replies waiting for one socket; no further request is taken up above it. Default 8 MiB. */
  readonly outboundBytesMax?: number;
  /** Record bytes of one poll reply; a poll that wants more gets fewer messages. Default 32 MiB. */
  readonly pollBytesMax?: number;
  /** Memory for the newest records of all partitions together. Default 64 MiB. */
  readonly hotTailBytesMax?: number;
  /** File descriptors for message segments. Default 256. */
  readonly openFileCountMax?: number;
  /** Time between syncs of partitions that do not sync every batch, milliseconds. Default 1,000. */
  readonly syncIntervalMillis?: number;
  /**
   * How long a start waits for a data folder that another broker holds: in a restart the old one frees its port first
   * and its folder once everything is on disk. Milliseconds, default 5,000.
   */
  readonly lockWaitMillis?: number;
  /**
   * How long a consumer group's partition waits for its old owner's commit before it moves to the new one without it.
   * Milliseconds, default 30,000.
   */
  readonly rebalanceTimeoutMillis?: number;
  /**
   * A member of a consumer group that sends nothing for 1.2 times this loses its session, looked at once per interval.
   * Milliseconds, default 30,000.
   */
  readonly heartbeatIntervalMillis?: number;
  /**
   * Failed logins of one user from one address, and a quarter of those from one address. Above it logins are answered
   * 58 (try again) without a look at the password, until some are forgiven, two per second. Default 20.
   */
  readonly loginFailureBurst?: number;
  /** Passwords that may wait to be checked or hashed; more are answered 58. Default 256. */
  readonly passwordChecksMax?: number;
}

export interface BrokerOptions extends BrokerLimits {
  /** Default 127.0.0.1. Other than loopback needs own credentials or `allowDefaultCredentials`. */
  readonly host?: string;
  /** 0 takes any free port; see `Broker.port`. */
  readonly port: number;
  /** Folder of this broker alone; created when missing, locked while the broker runs. */
  readonly dataDir: string;
  /** Name of the root user of a new data folder; an existing folder keeps its own. 3 to 50 bytes. Default `iggy`. */
  readonly username?: string;
  /** Its password, likewise. 3 to 100 bytes. Default `iggy`. */
  readonly password?: string;
  readonly allowDefaultCredentials?: boolean;
  /** Absent: plain TCP. Version 1.2 at least; a broker with TLS takes no plain connections. */
  readonly tls?: BrokerTls;
  /** Work of new password hashes, for scrypt. Default 2^15 blocks of 1 KiB. */
  readonly passwordCost?: { readonly log2N?: number; readonly r?: number; readonly p?: number };
  readonly clock?: Clock;
  readonly logger?: BrokerLogger;
  /** Disk access; tests pass a memory file system. Default: the machine's. */
  readonly fileSystem?: FileSystem;
}

/** Files in PEM form; the certificate is followed by those that vouch for it, the key has no passphrase. */
export interface BrokerTls {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What can cross the border to a worker thread. */
export type BrokerWorkerOptions = Omit<BrokerOptions, "clock" | "fileSystem">;

/** How a broker ended. */
export interface BrokerEnd {
  /** Set when it ended without being asked to; absent after `close`. */
  readonly error?: Error;
}

/** A running broker. */
export interface Broker {
  readonly host: string;
  /** The port in use, also when 0 was asked for. */
  readonly port: number;
  /**
   * Resolves when the broker no longer serves, whether it was closed or its thread died; never rejects. After an end
   * with an error its port and folder are free for another one.
   */
  readonly ended: Promise<BrokerEnd>;
  /** Stops taking requests, writes and syncs everything, frees the port and the folder. Safe to call twice. */
  close(): Promise<void>;
}

/** What a broker says of itself. */
export interface BrokerStatus {
  /** Open connections, with and without login. */
  readonly connectionCount: number;
  /** Partitions that have files. */
  readonly partitionCount: number;
  /** Partitions that are read only for now, because the disk refused their last append or sync. */
  readonly refusingPartitionCount: number;
  /** Whether the disk refused the last change of the metadata. */
  readonly refusesMetadata: boolean;
}

/** A broker of this process, in the thread of its caller or in one of its own. */
export interface LocalBroker extends Broker {
  /**
   * Reads the files of `tls` again and uses them for new connections; the present ones stay. Rejects with
   * `broker.tls-file` or `broker.tls-mismatch`, and what was in use stays so. Does nothing without TLS.
   */
  reloadTls(): Promise<void>;
  /** @throws ImsError (rejected) `broker.worker-failed` when the broker had a thread of its own that has ended */
  status(): Promise<BrokerStatus>;
}
