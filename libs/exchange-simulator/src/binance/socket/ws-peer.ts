import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { Peer, PeerEvents } from "./peer.js";
import { joinTextFrames, textFrameLength } from "./text-frames.js";

const BINARY_FRAME = { binary: true, compress: false } as const;
/** So much is written out before the turn of the event loop is over. */
const GATHERED_BYTES_MAX = 256 * 1024;

/**
 * The venue's end of a real socket. Messages of one turn of the event loop go out as one write of one piece: a write for
 * each, or a list of many small pieces, costs more than the market itself when it sends a hundred thousand a second.
 */
export class WsPeer implements Peer {
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #callbacks: (() => void)[] = [];

  /** @param transport what the WebSocket writes its frames to; messages go there directly */
  constructor(
    private readonly socket: WebSocket,
    private readonly transport: Duplex,
  ) {}

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get unsentBytes(): number {
    return this.socket.bufferedAmount + this.#gatheredBytes;
  }

  listen(events: PeerEvents): void {
    const { socket } = this;
    socket.on("message", (data: RawData) => events.message(data.toString()));
    socket.on("ping", () => events.ping());
    socket.on("pong", (payload: Buffer) => events.pong(payload.toString()));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => events.closed());
  }

  send(text: string | Uint8Array, sent: () => void): void {
    const payload = typeof text === "string" ? Buffer.from(text) : text;
    if (this.#gatheredBytes === 0) process.nextTick(this.#writeOut);
    this.#gathered.push(payload);
    this.#callbacks.push(sent);
    this.#gatheredBytes += textFrameLength(payload);
    if (this.#gatheredBytes > GATHERED_BYTES_MAX) this.#writeOut();
  }

  sendBinary(bytes: Uint8Array, sent: () => void): void {
    this.#writeOut();
    this.socket.send(bytes, BINARY_FRAME, sent);
  }

  ping(payload: string): void {
    this.#writeOut();
    this.socket.ping(payload);
  }

  /** A far end that does not answer the close frame is cut off by the WebSocket library. */
  close(code: number, reason: string): void {
    this.#writeOut();
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  freeze(): void {
    this.#writeOut();
    this.socket.pause();
  }

  readonly #writeOut = (): void => {
    if (this.#gatheredBytes === 0) return;
    const callbacks = this.#callbacks;
    const told = () => {
      for (const sent of callbacks) sent();
    };
    // Behind a close frame nothing may follow.
    if (this.isOpen) this.transport.write(joinTextFrames(this.#gathered, this.#gatheredBytes), told);
    else process.nextTick(told);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#callbacks = [];
  };
}
