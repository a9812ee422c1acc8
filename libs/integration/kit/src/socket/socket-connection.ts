import type { Clock, TimerHandle } from "@ims/common";
import { retryAfterMillis } from "../http/retry-after.js";
import type { SocketConnector, SocketWire } from "./socket-wire.js";

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
  readonly dial: SocketConnector;
  readonly clock: Clock;
  readonly connectTimeoutMillis: number;
  readonly silenceMillis: number;
  readonly frameBytesMax: number;
  readonly onOpen: () => void;
  /** @param receiveMicros when it was read, microseconds since 1970 */
  readonly onFrame: (frame: Uint8Array, receiveMicros: number) => void;
  /** What {@link onFrame} threw. The frame is lost, the connection stays. */
  readonly onFrameFailed: (error: unknown) => void;
}

/** The watch looks three times within the longest silence: quiet once, a ping is sent; quiet again, it is over. */
const LOOKS_PER_SILENCE = 3;

/** One dial and the connection it gives. {@link ended} always resolves, once; after it nothing is called. */
export class SocketConnection {
  readonly ended: Promise<ConnectionEnd>;
  readonly #options: SocketConnectionOptions;
  readonly #socket: SocketWire;
  #timer: TimerHandle;
  #openedAtMillis: number | undefined;
  #reason: string | undefined;
  #retryAfterMillis = 0;
  #over = false;
  private heard = false;
  private probing = false;
  /** When the wire last told of a read; 0: it does not tell. */
  private readMicros = 0;

  constructor(options: SocketConnectionOptions) {
    this.#options = options;
    this.#timer = options.clock.setTimer(options.connectTimeoutMillis, () =>
      this.drop(`no connection within ${options.connectTimeoutMillis} ms`),
    );
    let closed: (code: number) => void = () => {};
    this.ended = new Promise((resolve) => {
      closed = (code) => resolve(this.#end(code));
    });
    try {
      this.#socket = options.dial(options.url, options.frameBytesMax, {
        onOpen: () => this.#onOpen(),
        onRead: () => {
          this.readMicros = options.clock.nowMicros();
        },
        onMessage: (frame) => this.#onMessage(frame),
        onSign: () => this.#onSign(),
        onError: (message) => this.drop(message),
        onRefused: (status, retryAfter) => this.#onRefused(status, retryAfter),
        onClosed: closed,
      });
    } catch (error) {
      this.#timer.cancel();
      throw error;
    }
  }

  get isOpen(): boolean {
    return !this.#over && this.#socket.isOpen;
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

  #onMessage(frame: Uint8Array): void {
    if (this.#over) return;
    this.heard = true;
    try {
      this.#options.onFrame(frame, this.readMicros || this.#options.clock.nowMicros());
    } catch (error) {
      // Thrown out of the socket's event it would end the process.
      this.#options.onFrameFailed(error);
    }
  }

  #onSign(): void {
    this.heard = true;
  }

  #onRefused(status: number, retryAfter: string | undefined): void {
    if (status === 429 || status === 418) {
      this.#retryAfterMillis = retryAfterMillis(retryAfter, this.#options.clock.nowMicros(), 60_000);
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
