import { type Clock, describeError, sleep } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import { Backoff, type BackoffOptions } from "../backoff/backoff.js";
import type { Pacer } from "../rate/pacer.js";
import { type ConnectionEnd, SocketConnection } from "./socket-connection.js";
import type { SocketConnector } from "./socket-wire.js";
import { dialSocket } from "./web-socket.js";

export interface SocketSessionHandlers {
  /** A new connection is up; {@link SocketSession.send} works until {@link onDown}. */
  onOpen(): void;
  /**
   * One text or binary message. The bytes belong to the socket: read them during the call. What it throws is logged.
   *
   * @param receiveMicros when it was read, microseconds since 1970
   */
  onFrame(frame: Uint8Array, receiveMicros: number): void;
  /** The connection is gone, and what was sent on it with it. Not called after {@link SocketSession.close}. */
  onDown(): void;
}

export interface SocketSessionOptions {
  readonly url: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly handlers: SocketSessionHandlers;
  /** Default 10,000. */
  readonly connectTimeoutMillis?: number;
  /** Longest silence, frames and pings included, before the connection is dropped. Default 30,000. */
  readonly silenceMillis?: number;
  /** Larger messages end the connection. Default 4 MiB. */
  readonly frameBytesMax?: number;
  /** Shared by all sessions to one venue: connection attempts are taken from it. */
  readonly connectionBudget?: Pacer;
  /** A connection that lasted so long counts as a success, and the next delay starts small. Default 10,000. */
  readonly stableMillis?: number;
  readonly backoff?: BackoffOptions;
  /** Age at which the venue closes connections: such an end is logged as expected. Default: none. */
  readonly lifeMillis?: number;
  /** How connections are made. Default {@link dialSocket}. */
  readonly dial?: SocketConnector;
}

/** Venues end connections somewhat around the age they name. */
const LIFE_TOLERANCE_MILLIS = 60_000;

/**
 * One WebSocket that is kept up for ever: dials, watches for silence, and dials again with growing jittered delays.
 * It knows nothing of what the frames say.
 */
export class SocketSession {
  readonly #options: SocketSessionOptions;
  readonly #backoff: Backoff;
  readonly #closing = new AbortController();
  #connection: SocketConnection | undefined;
  #running: Promise<void> | undefined;
  #paused = false;
  #retired = false;
  #connectCount = 0;
  #failedFrameCount = 0;

  constructor(options: SocketSessionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random, options.backoff);
  }

  get isOpen(): boolean {
    return this.#connection?.isOpen ?? false;
  }

  /** Connections that came up after the first one. */
  get reconnectCount(): number {
    return Math.max(0, this.#connectCount - 1);
  }

  /** Starts dialling; a second call does nothing. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Sends one text frame; false if the connection is down, and then nothing was sent. */
  send(text: string): boolean {
    return this.#connection?.send(text) ?? false;
  }

  /** Stops reading, also on later connections; what was already read still arrives. */
  pause(): void {
    this.#paused = true;
    this.#connection?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#connection?.resume();
  }

  /** Drops the present connection; a new one is dialled as after any loss. */
  reconnect(reason: string): void {
    this.#connection?.drop(reason);
  }

  /** The present connection is the last one: when it ends, none is dialled. */
  retire(): void {
    this.#retired = true;
  }

  /** Ends it: after the promise no handler is called, and no socket and no timer is left. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the session is closed"));
    this.#connection?.drop("closed");
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { clock, connectionBudget } = this.#options;
    while (!signal.aborted && !this.#retired) {
      try {
        await connectionBudget?.wait(signal);
        if (signal.aborted) return;
        const end = await this.#connect();
        if (signal.aborted || this.#retired) return;
        await sleep(clock, this.#pauseAfter(end), signal);
      } catch (error) {
        if (signal.aborted) return;
        // Only a URL that cannot be dialled gets here; owners check theirs first.
        this.#options.logger.error({ error: describeError(error) }, "the socket cannot be dialled");
        await sleep(clock, this.#backoff.nextMillis(), signal).catch(() => {});
      }
    }
  }

  async #connect(): Promise<ConnectionEnd> {
    const { clock, handlers, logger, url } = this.#options;
    let wasOpen = false;
    const connection = new SocketConnection({
      url,
      dial: this.#options.dial ?? dialSocket,
      clock,
      connectTimeoutMillis: this.#options.connectTimeoutMillis ?? 10_000,
      silenceMillis: this.#options.silenceMillis ?? 30_000,
      frameBytesMax: this.#options.frameBytesMax ?? 4 * 1024 * 1024,
      onOpen: () => {
        wasOpen = true;
        this.#connectCount++;
        if (this.#paused) connection.pause();
        logger.info({ url }, "connected");
        handlers.onOpen();
      },
      onFrame: handlers.onFrame,
      onFrameFailed: (error) => this.#frameFailed(error),
    });
    this.#connection = connection;
    const end = await connection.ended;
    this.#connection = undefined;
    if (this.#closing.signal.aborted) return end;
    const { reason, upMillis } = end;
    if (upMillis > (this.#options.lifeMillis ?? Number.POSITIVE_INFINITY) - LIFE_TOLERANCE_MILLIS) {
      logger.info({ url, reason, upMillis }, "disconnected at the age at which the venue ends connections");
    } else {
      logger.warn({ url, reason, upMillis }, wasOpen ? "disconnected" : "not connected");
    }
    if (wasOpen) handlers.onDown();
    return end;
  }

  /** A defect that hits one frame tends to hit many: the log takes the first and then every power of two. */
  #frameFailed(error: unknown): void {
    const total = ++this.#failedFrameCount;
    if ((total & (total - 1)) !== 0) return;
    const { logger, url } = this.#options;
    logger.error({ url, error: describeError(error), total }, "a frame could not be handled");
  }

  #pauseAfter(end: ConnectionEnd): number {
    if (end.upMillis >= (this.#options.stableMillis ?? 10_000)) this.#backoff.reset();
    return Math.max(this.#backoff.nextMillis(), end.retryAfterMillis);
  }
}
