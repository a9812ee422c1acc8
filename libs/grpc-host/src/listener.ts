import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { fail } from "./errors.js";

/** `host:port`, an IPv6 host in brackets. */
const ADDRESS = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;
const PORT_MAX = 65_535;

/** Where troubles are told that no caller waits for. */
export interface ListenerLogger {
  warn(details: object, message: string): void;
}

export interface ListenOptions {
  /** `host:port`, an IPv6 host in brackets; port 0 for any free one. */
  readonly address: string;
  /** Name of the setting that holds the address, for errors. */
  readonly setting: string;
  /** A connection beyond this many is closed at once; the first is logged. */
  readonly connectionsMax: number;
  readonly logger: ListenerLogger;
  onConnection(socket: Socket): void;
}

/** A port that takes connections. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections; those that are open stay. */
  stop(): void;
}

/**
 * Listens with small writes sent at once. The gRPC library leaves Nagle's algorithm on for servers, which keeps a
 * message back until the client has acknowledged the one before: up to 40 ms.
 * @throws ImsError `grpc.address`
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { address, connectionsMax, logger, onConnection, setting } = options;
  const [, bracketed, plain, digits] = ADDRESS.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > PORT_MAX) {
    const detail = `${setting} is "${address}", which is no host:port, such as 127.0.0.1:9051 or [::1]:9051`;
    throw fail("grpc.address", detail);
  }
  const server = createServer({ noDelay: true }, onConnection);
  server.maxConnections = connectionsMax;
  server.once("drop", () =>
    logger.warn({ connectionsMax }, "as many connections as may be are open; more are closed"),
  );
  await listening(server, host, port, `cannot listen on ${address} (${setting})`);
  server.on("error", (error) => logger.warn({ error: error.message }, "a connection could not be taken"));
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() };
}

function listening(server: Server, host: string, port: number, trouble: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error) => reject(fail("grpc.address", trouble, { cause }));
    server.once("error", refused);
    server.listen({ host, port }, () => {
      server.off("error", refused);
      resolve();
    });
  });
}
