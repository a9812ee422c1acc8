import type { Clock } from "@ims/common";
import { type Pacer, type SocketConnector, SocketSession } from "@ims/integration-kit";
import type { IntegrationLogger } from "@ims/traits";
import { FrameDecoder, type FrameDecoderOptions } from "../decode/frame-decoder.js";
import type { BinanceMarket } from "../market/binance-market.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import { SubscriptionKeeper } from "./subscription-keeper.js";

/** Turns the frames of one connection into records. */
export interface FrameReader {
  decode(frame: Uint8Array, receiveMicros: number): void;
}

export type FrameReaderFactory = (options: FrameDecoderOptions) => FrameReader;

export interface BinanceConnectionOptions {
  readonly url: string;
  readonly market: BinanceMarket;
  readonly limits: BinanceOptions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly connectionBudget: Pacer;
  readonly decoding: Omit<FrameDecoderOptions, "onReply" | "onServerShutdown">;
  /** Default: as JSON. */
  readonly createDecoder?: FrameReaderFactory | undefined;
  readonly dial?: SocketConnector | undefined;
}

/** What a connection tells whoever opened it. */
export interface BinanceConnectionEvents {
  onOpen(): void;
  /** After each frame: the sink may have become full. */
  onFrameDone(): void;
  /** The connection was lost: what its streams sent meanwhile is lost with it. */
  onDown(): void;
  onAcknowledged(streams: readonly string[]): void;
  /** The venue does not give this stream. */
  onRefused(stream: string, reason: string): void;
  /** [WebSocket Streams, serverShutdown] unsolicited, shortly before the venue closes the connection itself. */
  onServerShutdown(): void;
}

/** One combined-stream connection: socket, subscriptions and decoder joined. */
export class BinanceConnection {
  readonly #session: SocketSession;
  readonly #keeper: SubscriptionKeeper;
  #paused = false;

  constructor(options: BinanceConnectionOptions, events: BinanceConnectionEvents) {
    const { clock, limits, logger, market, random } = options;
    const decoding: FrameDecoderOptions = {
      ...options.decoding,
      onReply: (reply) => this.#keeper.onReply(reply),
      onServerShutdown: () => events.onServerShutdown(),
    };
    const decoder: FrameReader = options.createDecoder?.(decoding) ?? new FrameDecoder(decoding);
    this.#keeper = new SubscriptionKeeper({
      clock,
      random,
      logger,
      send: (text) => this.#session.send(text),
      isPaused: () => this.#paused,
      onUnresponsive: () => this.#session.reconnect("the venue does not do as asked"),
      onAcknowledged: (streams) => events.onAcknowledged(streams),
      onRefused: (stream, reason) => events.onRefused(stream, reason),
      controlMessagesPerSecond: market.controlMessagesPerSecond,
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
      lifeMillis: market.connectionLifeMillis,
      connectionBudget: options.connectionBudget,
      handlers: {
        onOpen: () => {
          events.onOpen();
          this.#keeper.connectionUp();
        },
        onFrame: (frame) => {
          decoder.decode(frame, clock.nowMicros());
          events.onFrameDone();
        },
        onDown: () => {
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
    this.#keeper.connectionDown();
    await this.#session.close();
  }
}
