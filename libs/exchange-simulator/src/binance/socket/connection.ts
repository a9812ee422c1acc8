import type { Clock } from "@ims/common";
import type { RawData, WebSocket } from "ws";
import type { TimeUnit } from "../frames/time-text.js";
import type { StreamRoute } from "../markets/market.js";
import { KeepAlive, type KeepAliveTimes } from "./keep-alive.js";
import { MessageRate } from "./message-rate.js";
import type { StreamAddress } from "./stream-address.js";

/** What a connection tells its market. */
export interface ConnectionEvents {
  control(connection: Connection, text: string): void;
  closed(connection: Connection): void;
  policyClosed(connection: Connection, reason: string): void;
}

export interface ConnectionLimits extends KeepAliveTimes {
  readonly messagesPerSecond: number;
}

/** Close code for a broken rule; RFC 6455, 7.4.1. */
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** One WebSocket client: its options, its subscriptions, and the venue's watch over it. */
export class Connection {
  combined: boolean;
  readonly timeUnit: TimeUnit;
  readonly route: StreamRoute | undefined;
  /** In the order of subscription, those that will stay silent included. */
  readonly subscriptions = new Set<string>();
  readonly #rate: MessageRate;
  readonly #keepAlive: KeepAlive;
  #pendingSends = 0;
  #waiters: { readonly bytesMax: number; readonly resolve: () => void }[] = [];
  #closed = false;

  constructor(
    private readonly socket: WebSocket,
    address: StreamAddress,
    clock: Clock,
    limits: ConnectionLimits,
    private readonly events: ConnectionEvents,
  ) {
    this.combined = address.combined;
    this.timeUnit = address.timeUnit;
    this.route = address.route;
    this.#rate = new MessageRate(clock, limits.messagesPerSecond);
    this.#keepAlive = new KeepAlive(clock, limits, {
      ping: (payload) => {
        if (this.isOpen) socket.ping(payload);
      },
      pongMissing: () => this.drop(),
      lifeOver: () => this.close(GOING_AWAY, "connection lifetime reached"),
    });
    socket.on("message", (data: RawData) => {
      if (this.#admit()) events.control(this, data.toString());
    });
    socket.on("ping", () => this.#admit());
    socket.on("pong", (payload: Buffer) => {
      if (this.#admit()) this.#keepAlive.pong(payload.toString());
    });
    socket.on("error", () => this.drop());
    socket.on("close", () => this.#end());
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Bytes accepted and not yet handed to the system. */
  get unsentBytes(): number {
    return this.socket.bufferedAmount;
  }

  /** Sends one text frame; text already in UTF-8 goes out as it is. */
  send(text: string | Uint8Array): void {
    if (!this.isOpen) return;
    this.#pendingSends++;
    this.socket.send(text, TEXT_FRAME, this.#onSent);
  }

  /** Resolves when at most so many bytes are unsent, or the connection has ended. */
  unsentBelow(bytesMax: number): Promise<void> {
    if (this.#closed || this.#pendingSends === 0 || this.unsentBytes <= bytesMax) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ bytesMax, resolve }));
  }

  /** Resolves when everything sent was handed to the system, or the connection has ended. */
  flushed(): Promise<void> {
    if (this.#closed || this.#pendingSends === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ bytesMax: -1, resolve }));
  }

  /** Closes for a broken rule, as the venue does. */
  closeForPolicy(reason: string): void {
    if (!this.isOpen) return;
    this.events.policyClosed(this, reason);
    this.close(POLICY_VIOLATION, reason);
  }

  /** Closes with a close frame; a peer that does not answer it is cut off by the WebSocket library. */
  close(code: number, reason: string): void {
    if (this.isOpen) this.socket.close(code, reason);
  }

  /** Cuts the connection without a close frame. */
  drop(): void {
    this.socket.terminate();
  }

  #admit(): boolean {
    if (!this.isOpen) return false;
    if (this.#rate.admit()) return true;
    this.closeForPolicy("Too many requests");
    return false;
  }

  readonly #onSent = (): void => {
    this.#pendingSends--;
    if (this.#waiters.length === 0) return;
    const unsent = this.unsentBytes;
    this.#waiters = this.#waiters.filter(({ bytesMax, resolve }) => {
      if (this.#pendingSends > 0 && unsent > bytesMax) return true;
      resolve();
      return false;
    });
  };

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#keepAlive.stop();
    for (const { resolve } of this.#waiters) resolve();
    this.#waiters = [];
    this.events.closed(this);
  }
}

const TEXT_FRAME = { binary: false, compress: false } as const;
