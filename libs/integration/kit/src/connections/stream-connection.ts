import type { Clock, TimerHandle } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import type { Pacer } from "../rate/pacer.js";
import { SocketSession } from "../socket/socket-session.js";
import type { SocketConnector } from "../socket/socket-wire.js";
import type { ControlDialect, ControlReply } from "./control-dialect.js";
import { SubscriptionKeeper } from "./subscription-keeper.js";

/** Turns the frames of one connection into records. */
export interface FrameReader {
  /** @param receiveMicros when the frame was read, microseconds since 1970 */
  decode(frame: Uint8Array, receiveMicros: number): void;
}

/** What the reader of a connection has to tell it. */
export interface FrameEvents {
  /** The venue's answer to a control message. */
  onReply(reply: ControlReply): void;
  /** The venue is about to end this connection. */
  onEndAnnounced(): void;
  /** Sends one text frame that belongs to no subscription, such as an answer to the venue's question; false when down. */
  send(text: string): boolean;
}

/** A text frame that is sent again and again. The answer reaches the frame reader as any other frame. */
export interface Heartbeat {
  readonly everyMillis: number;
  readonly text: string;
}

/** Limits of a venue, and times that an operator may choose. */
export interface ConnectionLimits {
  /** Incoming messages per second and connection that the venue allows. */
  readonly controlMessagesPerSecond: number;
  /** How long the venue may take to acknowledge a control message. Default 10 s. */
  readonly acknowledgeTimeoutMillis?: number | undefined;
  readonly connectTimeoutMillis?: number | undefined;
  /** Silence after which a connection is taken for dead; it is probed with a ping at half of it. */
  readonly silenceMillis?: number | undefined;
  /** Age at which the venue ends connections; `Infinity` where it names none. */
  readonly lifeMillis: number;
}

export interface StreamConnectionOptions {
  readonly url: string;
  readonly limits: ConnectionLimits;
  readonly dialect: ControlDialect;
  readonly createReader: (events: FrameEvents) => FrameReader;
  /** What is sent first on every new connection, before any subscription. */
  readonly greeting?: (() => readonly string[]) | undefined;
  readonly heartbeat?: Heartbeat | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly connectionBudget: Pacer;
  readonly dial?: SocketConnector | undefined;
}

/** What a connection tells whoever opened it. */
export interface StreamConnectionEvents {
  onOpen(): void;
  /** After each frame: the sink may have become full. */
  onFrameDone(): void;
  /** The connection was lost: what its streams sent meanwhile is lost with it. */
  onDown(): void;
  onAcknowledged(streams: readonly string[]): void;
  /** The venue does not give this stream. */
  onRefused(stream: string, reason: string): void;
  /** The venue will end the connection shortly. */
  onEndAnnounced(): void;
}

/** One connection that carries streams: socket, subscriptions and reader joined. */
export class StreamConnection {
  readonly #session: SocketSession;
  readonly #keeper: SubscriptionKeeper;
  readonly #clock: Clock;
  readonly #heartbeat: Heartbeat | undefined;
  #heartbeatTimer: TimerHandle | undefined;
  #paused = false;

  constructor(options: StreamConnectionOptions, events: StreamConnectionEvents) {
    const { clock, limits, logger, random } = options;
    this.#clock = clock;
    this.#heartbeat = options.heartbeat;
    const reader = options.createReader({
      onReply: (reply) => this.#keeper.onReply(reply),
      onEndAnnounced: () => events.onEndAnnounced(),
      send: (text) => this.#session.send(text),
    });
    this.#keeper = new SubscriptionKeeper({
      clock,
      random,
      logger,
      dialect: options.dialect,
      send: (text) => this.#session.send(text),
      isPaused: () => this.#paused,
      onUnresponsive: () => this.#session.reconnect("the venue does not do as asked"),
      onAcknowledged: (streams) => events.onAcknowledged(streams),
      onRefused: (stream, reason) => events.onRefused(stream, reason),
      controlMessagesPerSecond: limits.controlMessagesPerSecond,
      acknowledgeTimeoutMillis: limits.acknowledgeTimeoutMillis ?? 10_000,
    });
    this.#session = new SocketSession({
      url: options.url,
      ...(options.dial && { dial: options.dial }),
      clock,
      random,
      logger,
      connectTimeoutMillis: limits.connectTimeoutMillis,
      silenceMillis: limits.silenceMillis,
      lifeMillis: limits.lifeMillis,
      connectionBudget: options.connectionBudget,
      handlers: {
        onOpen: () => {
          for (const text of options.greeting?.() ?? []) this.#session.send(text);
          this.#scheduleHeartbeat();
          events.onOpen();
          this.#keeper.connectionUp();
        },
        onFrame: (frame, receiveMicros) => {
          reader.decode(frame, receiveMicros);
          events.onFrameDone();
        },
        onDown: () => {
          this.#heartbeatTimer?.cancel();
          this.#keeper.connectionDown();
          events.onDown();
        },
      },
    });
    this.#session.start();
  }

  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  get reconnectCount(): number {
    return this.#session.reconnectCount;
  }

  /** Whether it is up and carries everything that it should. */
  get isComplete(): boolean {
    return this.isOpen && this.#keeper.isComplete;
  }

  want(stream: string): void {
    this.#keeper.want(stream);
  }

  unwant(stream: string): void {
    this.#keeper.unwant(stream);
  }

  renew(stream: string): void {
    this.#keeper.renew(stream);
  }

  isAcknowledged(stream: string): boolean {
    return this.isOpen && this.#keeper.isAcknowledged(stream);
  }

  mayCarry(stream: string): boolean {
    return this.#keeper.mayCarry(stream);
  }

  pause(): void {
    this.#paused = true;
    this.#session.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#session.resume();
  }

  /** Another connection takes over: when this one ends, none is dialled for it. */
  retire(): void {
    this.#session.retire();
  }

  async close(): Promise<void> {
    this.#heartbeatTimer?.cancel();
    this.#keeper.connectionDown();
    await this.#session.close();
  }

  #scheduleHeartbeat(): void {
    const heartbeat = this.#heartbeat;
    if (!heartbeat) return;
    this.#heartbeatTimer?.cancel();
    this.#heartbeatTimer = this.#clock.setTimer(heartbeat.everyMillis, () => {
      if (this.#session.send(heartbeat.text)) this.#scheduleHeartbeat();
    });
  }
}
