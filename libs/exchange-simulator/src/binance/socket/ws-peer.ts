import type { RawData, WebSocket } from "ws";
import type { Peer, PeerEvents } from "./peer.js";

const TEXT_FRAME = { binary: false, compress: false } as const;

/** The venue's end of a real socket. */
export class WsPeer implements Peer {
  constructor(private readonly socket: WebSocket) {}

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get unsentBytes(): number {
    return this.socket.bufferedAmount;
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
    this.socket.send(text, TEXT_FRAME, sent);
  }

  ping(payload: string): void {
    this.socket.ping(payload);
  }

  /** A far end that does not answer the close frame is cut off by the WebSocket library. */
  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  freeze(): void {
    this.socket.pause();
  }
}
