import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { fail } from "../errors/simulator-errors.js";

/** A control message with the most streams of one connection has about 40 kB. */
const MESSAGE_BYTES_MAX = 128 * 1024;

/** An HTTP status to refuse with, or what to do with the socket once it is open. */
export type UpgradeDecision =
  | { readonly status: number; readonly retryAfterSeconds?: number }
  | ((socket: WebSocket, transport: Duplex) => void);

export interface ServerHandlers {
  /** Must answer and must not throw. */
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage): UpgradeDecision;
}

/** HTTP and WebSocket on one loopback port. */
export class LoopbackServer {
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    clientTracking: true,
  });

  private constructor(
    readonly host: string,
    handlers: ServerHandlers,
  ) {
    this.#http = createServer((request, response) => handlers.request(request, response));
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(handlers, request, socket, head));
    this.#http.on("clientError", (_error, socket) => socket.destroy());
  }

  /**
   * @throws ImsError `simulator.invalid-option` for a host that is not a loopback address,
   * `simulator.address-in-use`, `simulator.listen-failed`
   */
  static async listen(host: string, port: number, handlers: ServerHandlers): Promise<LoopbackServer> {
    if (!/^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/.test(host)) {
      throw fail("simulator.invalid-option", `host "${host}" is not a loopback address`);
    }
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw fail("simulator.invalid-option", `port ${port} is not a whole number from 0 to 65535`);
    }
    const server = new LoopbackServer(host, handlers);
    await new Promise<void>((resolve, reject) => {
      server.#http.once("error", (error: NodeJS.ErrnoException) => {
        const isTaken = error.code === "EADDRINUSE";
        const code = isTaken ? "simulator.address-in-use" : "simulator.listen-failed";
        const why = isTaken ? "another process listens there" : error.message;
        reject(fail(code, `cannot listen on ${host}:${port}: ${why}`, { cause: error }));
      });
      server.#http.listen(port, host, resolve);
    });
    return server;
  }

  get port(): number {
    const address = this.#http.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** `127.0.0.1:1234`, with brackets around an IPv6 address. */
  get authority(): string {
    return `${this.host.includes(":") ? `[${this.host}]` : this.host}:${this.port}`;
  }

  /** Cuts every connection and gives the port back. */
  async close(): Promise<void> {
    const closings = [...this.#sockets.clients].map(
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    for (const socket of this.#sockets.clients) socket.terminate();
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#http.closeAllConnections();
    await Promise.all([...closings, closed]);
  }

  #upgrade(handlers: ServerHandlers, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const decision = handlers.upgrade(request);
    if (typeof decision === "function") {
      this.#sockets.handleUpgrade(request, socket, head, (opened) => decision(opened, socket));
      return;
    }
    const retry =
      decision.retryAfterSeconds === undefined ? "" : `Retry-After: ${decision.retryAfterSeconds}\r\n`;
    socket.end(
      `HTTP/1.1 ${decision.status} Refused\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  }
}
