import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { describeError, type ServiceStatus } from "@ims/common";
import { fail } from "../errors.js";
import { parseStatusQuery, type StatusQuery } from "./status-query.js";

/** Longest path and query that is looked at. */
const URL_LENGTH_MAX = 2048;

export interface HealthSource {
  /** Cheap: asked by every probe. */
  status(): ServiceStatus;
  /** A data service gives a `HealthReport` and a `StatusReport` of `@ims/common`. */
  health(): object;
  statusReport(query: StatusQuery): object;
  /** Prometheus text. */
  metrics(): string;
  configuration(): object;
}

/**
 * What operators ask of a service over HTTP:
 * - `/livez`: 200 while the process answers at all;
 * - `/readyz`: 200 when clients can be served and required feeds are fresh, else 503;
 * - `/health`: a short report in JSON, with the code of `/readyz`;
 * - `/status`: every feed in JSON, in pages;
 * - `/metrics`: Prometheus text;
 * - `/config`: the effective settings, without secrets.
 */
export class HealthServer {
  #server: Server | undefined;
  /** Listens for this machine alone. */
  #isLocal = true;

  /** @param onError told when an answer could not be made */
  constructor(
    private readonly source: HealthSource,
    private readonly onError: (error: unknown) => void = () => {},
  ) {}

  /**
   * Listens and returns the address of `/health`.
   * @param port 0 takes any free port
   * @param host an address of this machine
   * @throws `service.port-in-use`, `service.health-server-failed`
   */
  async listen(port: number, host = "127.0.0.1"): Promise<string> {
    this.#isLocal = isLoopbackName(isIPv6(host) ? `[${host}]` : host);
    const server = createServer((request, response) => this.#answer(request, response));
    // Probes are short: a peer that dawdles must not hold a connection.
    server.headersTimeout = 5000;
    server.requestTimeout = 5000;
    server.maxConnections = 100;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        const code = error.code === "EADDRINUSE" ? "service.port-in-use" : "service.health-server-failed";
        reject(fail(code, `The health server cannot listen on ${host}:${port}`, { cause: error }));
      });
      server.listen(port, host, resolve);
    });
    server.on("error", this.onError);
    this.#server = server;
    const name = isIPv6(host) ? `[${host}]` : host;
    return `http://${name}:${(server.address() as AddressInfo).port}/health`;
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
    try {
      this.#route(request, response);
    } catch (error) {
      this.onError(error);
      if (!response.headersSent)
        sendJson(response, 500, { error: `the answer could not be made: ${describeError(error)}` });
      else response.destroy();
    }
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const { headers, method, url = "/" } = request;
    // A web page may point a name of its own at this machine, and would read the answer.
    if (this.#isLocal && !isLoopbackName(headers.host)) {
      sendJson(response, 403, { error: "only names of this machine are answered, such as localhost" });
      return;
    }
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      sendJson(response, 405, { error: "only GET and HEAD are answered" });
      return;
    }
    if (url.length > URL_LENGTH_MAX) {
      sendJson(response, 414, { error: `addresses have at most ${URL_LENGTH_MAX} characters` });
      return;
    }
    const at = url.indexOf("?");
    const path = at < 0 ? url : url.slice(0, at);
    const { source } = this;
    const readyCode = () => (source.status() === "ready" ? 200 : 503);
    if (path === "/livez") sendJson(response, 200, { status: "alive" });
    else if (path === "/readyz") sendJson(response, readyCode(), { status: source.status() });
    else if (path === "/health") sendJson(response, readyCode(), source.health());
    else if (path === "/status") this.#status(response, new URLSearchParams(at < 0 ? "" : url.slice(at + 1)));
    else if (path === "/metrics")
      send(response, 200, "text/plain; version=0.0.4; charset=utf-8", source.metrics());
    else if (path === "/config") sendJson(response, 200, source.configuration());
    else sendJson(response, 404, { error: "try /health, /status, /metrics, /config, /readyz or /livez" });
  }

  #status(response: ServerResponse, parameters: URLSearchParams): void {
    const query = parseStatusQuery(parameters);
    if (typeof query === "string") sendJson(response, 400, { error: query });
    else sendJson(response, 200, this.source.statusReport(query));
  }
}

/** @param name as the Host header has it, with or without a port */
function isLoopbackName(name: string | undefined): boolean {
  return name !== undefined && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(name);
}

function sendJson(response: ServerResponse, code: number, body: object): void {
  send(response, code, "application/json", `${JSON.stringify(body)}\n`);
}

function send(response: ServerResponse, code: number, type: string, text: string): void {
  response.writeHead(code, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  // For HEAD node leaves the body out.
  response.end(text);
}
