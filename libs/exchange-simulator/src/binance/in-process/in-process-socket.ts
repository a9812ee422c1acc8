import type { Clock, TimerHandle } from "@ims/common";
import type { Peer, PeerEvents } from "../socket/peer.js";
import type { BinanceVenue } from "../venue.js";

/**
 * What a socket within the process tells its client. Nothing is called before `dial` returned, nor after
 * {@link onClosed}.
 */
export interface VenueSocketEvents {
  onOpen(): void;
  /** One message: text in UTF-8, or binary. The bytes may be shared with other clients: read them, do not write. */
  onMessage(frame: Uint8Array): void;
  /** A ping or pong of the venue. */
  onSign(): void;
  onError(message: string): void;
  /** The upgrade was refused with this HTTP status. */
  onRefused(status: number, retryAfter: string | undefined): void;
  /** Once, whoever ended it; 1006 without a close frame. */
  onClosed(code: number): void;
}

/** A simulated venue, as far as sockets within the process need it. */
export type SocketHost = Pick<BinanceVenue, "isClosed" | "upgrade">;

/** The client's end of a socket within the process. What is sent arrives through a timer of the clock, in order. */
export interface VenueSocket {
  readonly isOpen: boolean;
  readonly isPaused: boolean;
  send(text: string | Uint8Array): void;
  ping(payload?: string): void;
  /** Only needed where pings are not answered by themselves. */
  pong(payload: string): void;
  pause(): void;
  resume(): void;
  /** With a close frame. */
  close(code?: number): void;
  terminate(): void;
}

export interface InProcessSocketOptions {
  readonly clock: Clock;
  /** How long everything a client does takes to arrive. */
  readonly latencyMillis: number;
  readonly autoPong: boolean;
  readonly frameBytesMax: number;
  /** Of the handshake. */
  readonly apiKey?: string | undefined;
}

const NO_CLOSE_FRAME = 1006;
const MESSAGE_TOO_BIG = 1009;

type Outgoing = { readonly kind: "message" | "ping" | "pong"; readonly text: string };

/** Both ends of one WebSocket without a network: bytes go straight from the venue to the client. */
export class InProcessSocket implements Peer, VenueSocket {
  #state: "opening" | "open" | "closed" = "opening";
  #peerEvents: PeerEvents | undefined;
  #paused = false;
  #frozen = false;
  #told = false;
  #delivering = false;
  #incoming: { readonly bytes: Uint8Array; readonly sent: () => void }[] = [];
  #incomingBytes = 0;
  #outgoing: Outgoing[] = [];
  #timer: TimerHandle | undefined;

  constructor(
    venue: SocketHost,
    url: string,
    private readonly events: VenueSocketEvents,
    private readonly options: InProcessSocketOptions,
    private readonly gone: (socket: InProcessSocket) => void,
  ) {
    this.#timer = options.clock.setTimer(options.latencyMillis, () => this.#open(venue, url));
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get unsentBytes(): number {
    return this.#incomingBytes;
  }

  listen(events: PeerEvents): void {
    this.#peerEvents = events;
  }

  /** Both ends send with this name: the venue with a callback, the client without. */
  send(text: string | Uint8Array, sent?: () => void): void {
    if (this.#state !== "open") return;
    if (!sent) {
      this.#out({ kind: "message", text: typeof text === "string" ? text : Buffer.from(text).toString() });
      return;
    }
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    if (bytes.length > this.options.frameBytesMax) {
      this.#end(MESSAGE_TOO_BIG);
      return;
    }
    if (this.#paused || this.#delivering || this.#incoming.length > 0) {
      this.#incoming.push({ bytes, sent });
      this.#incomingBytes += bytes.length;
      return;
    }
    sent();
    this.#delivering = true;
    try {
      this.events.onMessage(bytes);
    } finally {
      this.#delivering = false;
    }
    if (this.#incoming.length > 0) this.#deliver();
  }

  sendBinary(bytes: Uint8Array, sent: () => void): void {
    this.send(bytes, sent);
  }

  /** From the client; the venue's own pings come through {@link signal}. */
  ping(payload = ""): void {
    if (this.#state === "open") this.#out({ kind: "ping", text: payload });
  }

  /** A ping of the venue. */
  signal(payload: string): void {
    if (this.#state !== "open") return;
    this.events.onSign();
    if (this.options.autoPong) this.#out({ kind: "pong", text: payload });
  }

  pong(payload: string): void {
    if (this.#state === "open") this.#out({ kind: "pong", text: payload });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  close(code = 1000): void {
    this.#end(code);
  }

  terminate(): void {
    this.#end(NO_CLOSE_FRAME);
  }

  freeze(): void {
    this.#frozen = true;
  }

  /** Ends both ends at once, without a timer: the venue closes. */
  destroy(): void {
    if (this.#told) return;
    this.#end(NO_CLOSE_FRAME);
    this.#timer?.cancel();
    this.#tell(NO_CLOSE_FRAME);
  }

  #open(venue: SocketHost, url: string): void {
    this.#timer = undefined;
    if (venue.isClosed) {
      this.events.onError("connection refused");
      this.#end(NO_CLOSE_FRAME);
      return;
    }
    const upgrade = venue.upgrade(url, this.options.apiKey);
    if (!upgrade.accept) {
      this.events.onRefused(upgrade.status, upgrade.retryAfterSeconds?.toString());
      this.#end(NO_CLOSE_FRAME);
      return;
    }
    this.#state = "open";
    upgrade.accept(new VenueEnd(this));
    this.events.onOpen();
  }

  #out(message: Outgoing): void {
    this.#outgoing.push(message);
    this.#timer ??= this.options.clock.setTimer(this.options.latencyMillis, () => {
      this.#timer = undefined;
      const arrived = this.#outgoing;
      this.#outgoing = [];
      for (const each of arrived) this.#arrive(each);
    });
  }

  #arrive({ kind, text }: Outgoing): void {
    if (this.#state !== "open" || this.#frozen) return;
    if (kind === "message") this.#peerEvents?.message(text);
    else if (kind === "pong") this.#peerEvents?.pong(text);
    else {
      this.#peerEvents?.ping();
      if (this.isOpen) this.events.onSign();
    }
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#incoming.length > 0 && !this.#paused && this.#state === "open") {
        const { bytes, sent } = this.#incoming.shift()!;
        this.#incomingBytes -= bytes.length;
        sent();
        this.events.onMessage(bytes);
      }
    } finally {
      this.#delivering = false;
    }
  }

  #end(code: number): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#timer?.cancel();
    this.#outgoing = [];
    const waiting = this.#incoming;
    this.#incoming = [];
    this.#incomingBytes = 0;
    for (const { sent } of waiting) sent();
    this.#timer = this.options.clock.setTimer(0, () => this.#tell(code));
  }

  #tell(code: number): void {
    this.#timer = undefined;
    this.#told = true;
    this.#peerEvents?.closed();
    this.gone(this);
    this.events.onClosed(code);
  }
}

/** The venue's end: the same socket, whose `ping` goes the other way. */
class VenueEnd implements Peer {
  constructor(private readonly socket: InProcessSocket) {}

  get isOpen(): boolean {
    return this.socket.isOpen;
  }

  get unsentBytes(): number {
    return this.socket.unsentBytes;
  }

  listen(events: PeerEvents): void {
    this.socket.listen(events);
  }

  send(text: string | Uint8Array, sent: () => void): void {
    this.socket.send(text, sent);
  }

  sendBinary(bytes: Uint8Array, sent: () => void): void {
    this.socket.send(bytes, sent);
  }

  ping(payload: string): void {
    this.socket.signal(payload);
  }

  close(code: number): void {
    this.socket.close(code);
  }

  terminate(): void {
    this.socket.terminate();
  }

  freeze(): void {
    this.socket.freeze();
  }
}
