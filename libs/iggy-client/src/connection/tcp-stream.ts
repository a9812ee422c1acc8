import { connect, type Socket } from "node:net";
import type { ByteStream } from "./byte-stream.js";

const SLAB_BYTES_MIN = 64 * 1024;
const SLAB_BYTES_MAX = 1024 * 1024;
/** Slabs hold about so many of the largest reads: fewer, and frames often straddle two of them. */
const READS_PER_SLAB = 4;
/** Less room than this is not worth a read. */
const ROOM_BYTES_MIN = 16 * 1024;

/**
 * A TCP connection whose bytes land one behind the other in large blocks of memory, so that frames made of several
 * reads need no copy. Blocks grow and shrink with what arrives; whoever keeps a view keeps its block.
 */
export class TcpStream implements ByteStream {
  readonly socket: Socket;
  private slab = slabOf(SLAB_BYTES_MIN);
  private usedBytes = 0;
  private largestRead = 0;
  private readonly listeners = new Set<(chunk: Uint8Array) => void>();

  /** Begins to connect; the socket's own events tell the outcome. */
  constructor(host: string, port: number) {
    this.socket = connect({
      host,
      port,
      onread: { buffer: () => this.room(), callback: (byteCount) => this.receive(byteCount) },
    });
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  write(bytes: Uint8Array): boolean {
    return this.socket.write(bytes);
  }

  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  setNoDelay(noDelay: boolean): void {
    this.socket.setNoDelay(noDelay);
  }

  on(event: "data", listener: (chunk: Uint8Array) => void): void;
  on(event: "drain" | "close", listener: () => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: string, listener: (...args: never[]) => void): void {
    if (event === "data") this.listeners.add(listener as (chunk: Uint8Array) => void);
    else this.socket.on(event, listener as (...args: unknown[]) => void);
  }

  off(event: "data", listener: (chunk: Uint8Array) => void): void;
  off(event: "drain" | "close", listener: () => void): void;
  off(event: "error", listener: (error: Error) => void): void;
  off(event: string, listener: (...args: never[]) => void): void {
    if (event === "data") this.listeners.delete(listener as (chunk: Uint8Array) => void);
    else this.socket.off(event, listener as (...args: unknown[]) => void);
  }

  /** Where the next read goes. */
  private room(): Uint8Array {
    if (this.slab.length - this.usedBytes < ROOM_BYTES_MIN) {
      const wanted = 2 ** Math.ceil(Math.log2(this.largestRead * READS_PER_SLAB + 1));
      this.slab = slabOf(Math.min(SLAB_BYTES_MAX, Math.max(SLAB_BYTES_MIN, wanted)));
      this.usedBytes = 0;
      this.largestRead = 0;
    }
    return this.slab.subarray(this.usedBytes);
  }

  private receive(byteCount: number): boolean {
    const chunk = this.slab.subarray(this.usedBytes, this.usedBytes + byteCount);
    this.usedBytes += byteCount;
    if (byteCount > this.largestRead) this.largestRead = byteCount;
    for (const listener of this.listeners) listener(chunk);
    return true;
  }
}

/** Plain views: the slices of a Buffer share its memory, those of other arrays are copies. */
function slabOf(byteCount: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(byteCount).buffer);
}
