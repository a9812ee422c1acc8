import { randomBytes, randomFillSync } from "node:crypto";
import { connect, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecure } from "node:tls";
import type { SocketConnector, SocketWire, SocketWireEvents } from "./socket-wire.js";
import {
  CloseCode,
  encodeClientFrame,
  type FrameHandler,
  Opcode,
  WebSocketFault,
  WebSocketFrames,
} from "./web-socket-frames.js";
import {
  handshakeRequest,
  readHandshakeReply,
  type WebSocketTarget,
  webSocketTarget,
} from "./web-socket-handshake.js";

const MEMORY_BYTES = 64 * 1024;
/** Memory that one large message needed is let go of behind it. */
const KEPT_BYTES_MAX = 1024 * 1024;
/** Less room than this is not worth a read. */
const ROOM_BYTES_MIN = 16 * 1024;

/** Real sockets. */
export const dialSocket: SocketConnector = (url, frameBytesMax, events, headers) =>
  new WebSocketWire(webSocketTarget(url), frameBytesMax, events, headers ?? {});

/**
 * A WebSocket client for streams of small messages. The socket reads into memory that is used again and again, and
 * messages are handed out where they lie there; no extension is offered, so nothing has to be unpacked.
 */
class WebSocketWire implements SocketWire, FrameHandler {
  private readonly socket: Socket;
  private readonly frames: WebSocketFrames;
  private readonly key = randomBytes(16).toString("base64");
  private readonly mask = new Uint8Array(4);
  private memory = new Uint8Array(MEMORY_BYTES);
  /** Octets at the start of {@link memory} that are not handled yet. */
  private used = 0;
  private state: "dialling" | "open" | "ending" = "dialling";
  private closeCode: number = CloseCode.Abnormal;

  constructor(
    target: WebSocketTarget,
    messageBytesMax: number,
    private readonly events: SocketWireEvents,
    headers: Readonly<Record<string, string>>,
  ) {
    this.frames = new WebSocketFrames(messageBytesMax, this);
    const request = handshakeRequest(target, this.key, headers);
    this.socket = dial(target, {
      buffer: () => this.room(),
      callback: (byteCount) => {
        this.take(byteCount);
        return true;
      },
    });
    this.socket.setNoDelay(true);
    this.socket.once(target.isSecure ? "secureConnect" : "connect", () => this.socket.write(request));
    this.socket.on("error", (error) => this.fail(describe(error)));
    this.socket.once("close", () => {
      this.stop();
      events.onClosed(this.closeCode);
    });
  }

  get isOpen(): boolean {
    return this.state === "open";
  }

  get isPaused(): boolean {
    return this.socket.isPaused();
  }

  send(text: string): void {
    this.write(Opcode.Text, Buffer.from(text, "utf8"));
  }

  ping(): void {
    this.write(Opcode.Ping, new Uint8Array(0));
  }

  /** Without effect before it is open, since the answer to the handshake has to be read. */
  pause(): void {
    if (this.state === "open") this.socket.pause();
  }

  resume(): void {
    if (this.state !== "ending") this.socket.resume();
  }

  terminate(): void {
    this.stop();
    this.socket.destroy();
  }

  onMessage(message: Uint8Array): void {
    this.events.onMessage(message);
  }

  onPing(payload: Uint8Array): void {
    this.write(Opcode.Pong, payload);
    this.events.onSign();
  }

  onPong(): void {
    this.events.onSign();
  }

  onClose(code: number): void {
    this.closeCode = code;
    this.finish(code === CloseCode.None ? undefined : code);
  }

  /** Where the next read goes. */
  private room(): Uint8Array {
    const wanted = Math.max(this.frames.frameBytes, this.used + ROOM_BYTES_MIN);
    const isOutsized = this.memory.length > KEPT_BYTES_MAX && wanted <= MEMORY_BYTES;
    if (wanted > this.memory.length || isOutsized) {
      const memory = new Uint8Array(Math.max(wanted, MEMORY_BYTES));
      memory.set(this.memory.subarray(0, this.used));
      this.memory = memory;
    }
    return this.memory.subarray(this.used);
  }

  private take(byteCount: number): void {
    if (this.state === "ending") return;
    const end = this.used + byteCount;
    let at = 0;
    this.used = end;
    if (this.state === "dialling") {
      at = this.shakeHands();
      if (at === 0) return;
    }
    try {
      this.events.onRead?.();
      at = this.frames.read(this.memory, at, end);
    } catch (error) {
      if (!(error instanceof WebSocketFault)) throw error;
      this.fail(error.message, error.code);
      return;
    }
    if (at > 0) this.memory.copyWithin(0, at, end);
    this.used = end - at;
  }

  /** Where the frames begin; 0: not yet, or never. */
  private shakeHands(): number {
    const reply = readHandshakeReply(this.memory, this.used, this.key);
    if (reply === undefined) return 0;
    if (reply.kind === "accepted") {
      this.state = "open";
      this.events.onOpen();
      return reply.behind;
    }
    if (reply.kind === "refused") {
      this.stop();
      this.events.onRefused(reply.status, reply.retryAfter);
      this.socket.destroy();
    } else this.fail(reply.reason);
    return 0;
  }

  /** Only the first fault is told. @param code tells the peer of it, where it reads frames */
  private fail(message: string, code?: number): void {
    if (this.state === "ending") return;
    const isOpen = this.isOpen;
    if (isOpen && code !== undefined) this.finish(code);
    this.stop();
    this.events.onError(message);
    if (!isOpen || code === undefined) this.socket.destroy();
  }

  /** Says goodbye and closes; nothing more is read. */
  private finish(code: number | undefined): void {
    const payload = code === undefined ? new Uint8Array(0) : Uint8Array.of(code >> 8, code & 0xff);
    this.write(Opcode.Close, payload);
    this.stop();
    this.socket.destroySoon();
  }

  private stop(): void {
    this.state = "ending";
    this.frames.isStopped = true;
  }

  private write(opcode: Opcode, payload: Uint8Array): void {
    if (this.state !== "open") return;
    this.socket.write(encodeClientFrame(opcode, payload, randomFillSync(this.mask)));
  }
}

function dial({ host, isSecure, port, serverName }: WebSocketTarget, onread: OnReadOpts): Socket {
  if (!isSecure) return connect({ host, port, onread });
  // The types of Node do not know that secure sockets have it, too.
  const options: ConnectionOptions & { onread: OnReadOpts } = { host, port, onread };
  if (serverName !== undefined) options.servername = serverName;
  return connectSecure(options);
}

/** Errors of several addresses at once have no words of their own. */
function describe(error: Error & { code?: string }): string {
  return error.message || error.code || String(error);
}
