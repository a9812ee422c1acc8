import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fail } from "../errors.js";
import type { HealthReport, ServiceStatus } from "./health-report.js";

const HOST = "127.0.0.1";

export interface HealthSource {
  /** Cheap: asked by every probe. */
  status(): ServiceStatus;
  report(): HealthReport;
}

/**
 * `/health` (JSON, 200 when ready and 503 otherwise), `/readyz` (the same without a body to build) and `/livez` (200
 * while the process answers at all). Loopback only.
 */
export class HealthServer {
  #server: Server | undefined;

  constructor(private readonly source: HealthSource) {}

  /**
   * Listens and returns the address of `/health`.
   * @param port 0 takes any free port
   * @throws `service.port-in-use`, `service.health-server-failed`
   */
  async listen(port: number): Promise<string> {
    const server = createServer((request, response) => this.#answer(request, response));
    // Probes are short: a peer that dawdles must not hold a connection.
    server.headersTimeout = 5000;
    server.requestTimeout = 5000;
    server.maxConnections = 100;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        const code = error.code === "EADDRINUSE" ? "service.port-in-use" : "service.health-server-failed";
        reject(fail(code, `The health server cannot listen on ${HOST}:${port}`, { cause: error }));
      });
      server.listen(port, HOST, resolve);
    });
    this.#server = server;
    return `http://${HOST}:${(server.address() as AddressInfo).port}/health`;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    if (request.method !== "GET" && request.method !== "HEAD") {
      send(response, 405, { error: "only GET and HEAD are answered" });
      return;
    }
    const path = (request.url ?? "/").split("?", 1)[0];
    const status = this.source.status();
    const code = status === "ready" ? 200 : 503;
    if (path === "/livez") send(response, 200, { status: "alive" });
    else if (path === "/readyz") send(response, code, { status });
    else if (path === "/health") send(response, code, this.source.report());
    else send(response, 404, { error: "try /health, /readyz or /livez" });
  }
}

function send(response: ServerResponse, code: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(code, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  // For HEAD node leaves the body out.
  response.end(text);
}
