import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "@ims/common";
import type { BlockPool } from "@ims/segment-log";
import type { BrokerLogger } from "../broker-options.js";
import { fail } from "../errors.js";
import type { BrokerContext, ConnectedClient } from "../handlers/broker-context.js";
import { Admission } from "./admission.js";
import { Connection, type ConnectionLimits } from "./connection.js";
import { RequestDispatcher } from "./request-dispatcher.js";
import { TlsHandshakes } from "./tls-handshakes.js";
import type { TlsIdentity } from "./tls-identity.js";

/** Peers that vanished without a word are noticed after this and the probes of the system. */
const KEEP_ALIVE_MILLIS = 60_000;

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly connectionCountMax: number;
  readonly addressConnectionCountMax: number;
  readonly handshakeTimeoutMillis: number;
  /** Undefined: plain TCP. */
  readonly identity: TlsIdentity | undefined;
  readonly limits: ConnectionLimits;
  readonly logger: BrokerLogger;
  readonly clock: Clock;
  /** Memory for requests that arrive in pieces. */
  readonly blocks: BlockPool;
}

/** Accepts connections and gives each a dispatcher. */
export class Listener {
  private readonly connections = new Map<Connection, RequestDispatcher>();
  /** Came before {@link serve}. */
  private readonly waiting = new Set<Socket>();
  private readonly admission: Admission;
  private readonly handshakes: TlsHandshakes | undefined;
  private context: BrokerContext | undefined;
  private nextNumber = 1;

  private constructor(
    private readonly server: Server,
    private readonly options: ListenerOptions,
  ) {
    const { identity, handshakeTimeoutMillis: timeoutMillis, clock, logger } = options;
    this.admission = new Admission(options);
    if (identity !== undefined)
      this.handshakes = new TlsHandshakes({ identity, timeoutMillis, clock, logger });
    server.on("connection", (socket) => this.admit(socket));
    server.on("error", (error) => options.logger.error({ error: error.message }, "the listener failed"));
  }

  /** @throws ImsError `broker.address-in-use`, `broker.address-unavailable` */
  static async listen(options: ListenerOptions): Promise<Listener> {
    const { host, port } = options;
    const server = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MILLIS,
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (cause: NodeJS.ErrnoException) => {
        const isTaken = cause.code === "EADDRINUSE";
        const code = isTaken ? "broker.address-in-use" : "broker.address-unavailable";
        const why = isTaken ? "another process listens there" : cause.message;
        reject(fail(code, `cannot listen on ${host}:${port}: ${why}`, { cause, context: { host, port } }));
      });
      server.listen({ host, port }, () => {
        server.removeAllListeners("error");
        resolve();
      });
    });
    return new Listener(server, options);
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address !== null ? address.port : this.options.port;
  }

  /** Every open connection that is served. */
  get clients(): ConnectedClient[] {
    return [...this.connections.values()].map((dispatcher) => dispatcher.client);
  }

  /** Ends the sessions of group members that have been silent for so long. */
  evictSilent(silenceMillis: number): void {
    for (const dispatcher of this.connections.values()) {
      if (dispatcher.evictIfSilent(silenceMillis)) {
        this.options.logger.warn(
          { address: dispatcher.client.address },
          "a member of a consumer group was silent for too long and lost its session",
        );
      }
    }
  }

  /** Closes connections that are not logged in and have been silent for so long. */
  closeSilentStrangers(silenceMillis: number): void {
    for (const [connection, dispatcher] of this.connections) {
      if (!dispatcher.isSilentStranger(silenceMillis)) continue;
      this.options.logger.debug(
        { address: dispatcher.client.address },
        "a connection was closed because it did not log in",
      );
      connection.destroy();
    }
  }

  /** For TLS connections from now on. */
  useIdentity(identity: TlsIdentity): void {
    this.handshakes?.use(identity);
  }

  /** Begins to serve, the connections that came before included. */
  serve(context: BrokerContext): void {
    this.context = context;
    for (const socket of this.takeWaiting()) this.accept(socket);
  }

  /** Frees the port and ends every connection once its requests are answered. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.handshakes?.close();
    for (const socket of this.takeWaiting()) socket.destroy();
    await Promise.all([...this.connections.keys()].map((connection) => connection.end()));
    await closed;
  }

  private takeWaiting(): Socket[] {
    const sockets = [...this.waiting];
    this.waiting.clear();
    return sockets;
  }

  private admit(socket: Socket): void {
    if (socket.destroyed) return;
    const bound = this.admission.admit(socket);
    if (bound !== undefined) {
      const { logger, [bound]: max } = this.options;
      logger.warn({ [bound]: max }, "a connection was refused because too many are open");
      socket.destroy();
      return;
    }
    if (this.handshakes === undefined) this.accept(socket);
    else this.handshakes.begin(socket, (secured) => this.accept(secured));
  }

  private accept(socket: Socket): void {
    const { limits, logger, clock, blocks } = this.options;
    if (socket.destroyed) return;
    if (this.context === undefined) {
      socket.on("error", () => socket.destroy());
      this.waiting.add(socket);
      socket.once("close", () => this.waiting.delete(socket));
      return;
    }
    const connection = new Connection(socket, limits, logger, clock, blocks);
    const { remoteAddress = "", remotePort = 0 } = socket;
    const dispatcher = new RequestDispatcher(
      this.context,
      connection,
      this.nextNumber++,
      remoteAddress,
      remotePort,
    );
    this.connections.set(connection, dispatcher);
    connection.start(dispatcher, () => this.connections.delete(connection));
  }
}
