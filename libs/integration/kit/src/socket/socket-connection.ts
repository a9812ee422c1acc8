import type { IncomingMessage } from "node:http";
import type { Clock, TimerHandle } from "@ims/common";
import WebSocket from "ws";
import { retryAfterMillis } from "../http/retry-after.js";

export interface ConnectionEnd {
  /** For people. */
  readonly reason: string;
  /** How long it was up; 0 if it never was. */
  readonly upMillis: number;
  /** Pause that the venue asked for when it refused the handshake, else 0. */
  readonly retryAfterMillis: number;
}

export interface SocketConnectionOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly connectTimeoutMillis: number;
  readonly silenceMillis: number;
  readonly frameBytesMax: number;
  readonly onOpen: () => void;
  readonly onFrame: (frame: Uint8Array) => void;
  /** What {@link onFrame} threw. The frame is lost, the connection stays. */
  readonly onFrameFailed: (error: unknown) => void;
}

/** The watch looks three times within the longest silence: quiet once, a ping is sent; quiet again, it is over. */
const LOOKS_PER_SILENCE = 3;

/** One dial and the connection it gives. {@link ended} always resolves, once; after it nothing is called. */
export class SocketConnection {
  readonly ended: Promise<ConnectionEnd>;
  readonly #options: SocketConnectionOptions;
  readonly #socket: WebSocket;
  #timer: TimerHandle;
  #openedAtMillis: number | undefined;
  #reason: string | undefined;
  #retryAfterMillis = 0;
  #over = false;
  private heard = false;
  private probing = false;

  constructor(options: SocketConnectionOptions) {
    this.#options = options;
    const socket = new WebSocket(options.url, {
      perMessageDeflate: false,
      maxPayload: options.frameBytesMax,
      // Frames are read as bytes; text that is not UTF-8 only ever becomes a refused record.
      skipUTF8Validation: true,
    });
    this.#socket = socket;
    this.#timer = options.clock.setTimer(options.connectTimeoutMillis, () =>
      this.drop(`no connection within ${options.connectTimeoutMillis} ms`),
    );
    this.ended = new Promise((resolve) => socket.on("close", (code) => resolve(this.#end(code))));
    socket.on("open", () => this.#onOpen());
    socket.on("message", (data) => this.#onMessage(data as Buffer));
    socket.on("ping", () => this.#onSign());
    socket.on("pong", () => this.#onSign());
    socket.on("error", (error) => this.drop(error.message || String(error)));
    socket.on("unexpected-response", (_request, reply) => this.#onRefused(reply));
  }

  get isOpen(): boolean {
    return !this.#over && this.#socket.readyState === WebSocket.OPEN;
  }

  send(text: string): boolean {
    if (!this.isOpen) return false;
    this.#socket.send(text);
    return true;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#onSign();
    this.#socket.resume();
  }

  /** Ends the connection at once; frames not yet delivered are dropped. The first reason stands. */
  drop(reason: string): void {
    if (this.#over) return;
    this.#reason ??= reason;
    this.#over = true;
    this.#timer.cancel();
    this.#socket.terminate();
  }

  #end(code: number): ConnectionEnd {
    this.#over = true;
    this.#timer.cancel();
    const { clock } = this.#options;
    return {
      reason: this.#reason ?? `closed by the venue with code ${code}`,
      upMillis: this.#openedAtMillis === undefined ? 0 : clock.monotonicMillis() - this.#openedAtMillis,
      retryAfterMillis: this.#retryAfterMillis,
    };
  }

  #onOpen(): void {
    if (this.#over) return;
    this.#timer.cancel();
    this.#openedAtMillis = this.#options.clock.monotonicMillis();
    this.heard = true;
    this.#watch();
    this.#options.onOpen();
  }

  #onMessage(frame: Buffer): void {
    if (this.#over) return;
    this.heard = true;
    try {
      this.#options.onFrame(frame);
    } catch (error) {
      // Thrown out of the socket's event it would end the process.
      this.#options.onFrameFailed(error);
    }
  }

  #onSign(): void {
    this.heard = true;
  }

  #onRefused(reply: IncomingMessage): void {
    const status = reply.statusCode ?? 0;
    if (status === 429 || status === 418) {
      const header = reply.headers["retry-after"];
      this.#retryAfterMillis = retryAfterMillis(header, this.#options.clock.nowMicros(), 60_000);
    }
    this.drop(`the venue refused the connection with HTTP ${status}`);
  }

  #watch(): void {
    this.#timer = this.#options.clock.setTimer(this.#options.silenceMillis / LOOKS_PER_SILENCE, () => {
      if (this.heard || this.#socket.isPaused) {
        this.heard = false;
        this.probing = false;
      } else if (!this.probing) {
        this.probing = true;
        this.#socket.ping();
      } else {
        this.drop(`nothing heard for ${this.#options.silenceMillis} ms, not even a pong`);
        return;
      }
      this.#watch();
    });
  }
}
