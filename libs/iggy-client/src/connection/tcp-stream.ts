import { connect, type Socket } from "node:net";
import type { ByteStream } from "./byte-stream.js";
import { ReceiveMemory } from "./receive-memory.js";

/** A TCP connection whose bytes land in {@link ReceiveMemory}. */
export class TcpStream implements ByteStream {
  readonly socket: Socket;
  readonly memory = new ReceiveMemory();
  private readonly listeners = new Set<(chunk: Uint8Array) => void>();

  /** Begins to connect; the socket's own events tell the outcome. */
  constructor(host: string, port: number) {
    this.socket = connect({
      host,
      port,
      onread: { buffer: () => this.memory.room(), callback: (byteCount) => this.receive(byteCount) },
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

  private receive(byteCount: number): boolean {
    const chunk = this.memory.taken(byteCount);
    for (const listener of this.listeners) listener(chunk);
    return true;
  }
}
