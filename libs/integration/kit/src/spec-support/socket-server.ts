import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { EventQueue } from "./event-queue.js";

/** A WebSocket server on a free local port; what arrives is queued for the test. */
export class SocketServer {
  readonly connections = new EventQueue<WebSocket>();
  readonly messages = new EventQueue<string>();
  readonly closes = new EventQueue<void>();
  readonly pings = new EventQueue<void>();
  readonly url: string;

  private constructor(private readonly server: WebSocketServer) {
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (socket) => {
      socket.on("message", (data) => this.messages.push(data.toString()));
      socket.on("ping", () => this.pings.push());
      socket.on("close", () => this.closes.push());
      socket.on("error", () => {});
      this.connections.push(socket);
    });
  }

  static async start(options: { autoPong?: boolean } = {}): Promise<SocketServer> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0, ...options });
    await once(server, "listening");
    return new SocketServer(server);
  }

  get clientCount(): number {
    return this.server.clients.size;
  }

  async close(): Promise<void> {
    for (const client of this.server.clients) client.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
