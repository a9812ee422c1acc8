import { once } from "node:events";
import { WebSocket } from "ws";

/** A WebSocket client that keeps what it receives, for tests. */
export class SocketClient {
  readonly frames: string[] = [];
  readonly pings: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #arrived: (() => void)[] = [];
  #nextId = 1;

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data) => {
      this.frames.push(data.toString());
      this.#wake();
    });
    socket.on("ping", (payload) => {
      this.pings.push(payload.toString());
      this.#wake();
    });
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
  }

  static async open(url: string, options: { autoPong?: boolean } = {}): Promise<SocketClient> {
    const client = new SocketClient(new WebSocket(url, { perMessageDeflate: false, ...options }));
    await once(client.socket, "open");
    return client;
  }

  /** The status with which an upgrade is refused. */
  static async refusal(url: string): Promise<number> {
    const socket = new WebSocket(url);
    socket.on("error", () => {});
    const [request, response] = await once(socket, "unexpected-response");
    (request as { destroy(): void }).destroy();
    return (response as { statusCode: number }).statusCode;
  }

  /** Sends a control message and returns the reply to it. */
  async control(method: string, params?: unknown): Promise<unknown> {
    const id = this.#nextId++;
    this.socket.send(JSON.stringify({ method, params, id }));
    const mark = `"id":${id}}`;
    await this.until(() => this.frames.some((frame) => frame.endsWith(mark)));
    const at = this.frames.findIndex((frame) => frame.endsWith(mark));
    return JSON.parse(this.frames.splice(at, 1)[0]!);
  }

  /** Everything that was sent to this client before this call has arrived when it resolves. */
  async settled(): Promise<void> {
    await this.control("LIST_SUBSCRIPTIONS");
  }

  /** Resolves when the condition holds; it is looked at after every frame. Rejects when the socket closes first. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error("closed while waiting for frames");
      await new Promise<void>((resolve) => this.#arrived.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }

  #wake(): void {
    const waiting = this.#arrived;
    this.#arrived = [];
    for (const resolve of waiting) resolve();
  }
}
