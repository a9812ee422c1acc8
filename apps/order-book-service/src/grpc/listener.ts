import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { fail } from "../errors.js";

/** `host:port`, an IPv6 host in brackets. */
const ADDRESS = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;
const PORT_MAX = 65_535;

/** A port that takes connections. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections; those that are open stay. */
  close(): void;
}

/**
 * Listens with small writes sent at once. The gRPC library leaves Nagle's algorithm on for servers, which keeps a state
 * back until the client has acknowledged the one before: up to 40 ms.
 * @param address `host:port`, port 0 for any free one
 * @throws ImsError `book-service.address`
 */
export async function listen(address: string, onConnection: (socket: Socket) => void): Promise<Listener> {
  const [, bracketed, plain, digits] = ADDRESS.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > PORT_MAX) {
    throw fail("book-service.address", `"${address}" is no host:port, such as 127.0.0.1:9051 or [::1]:9051`);
  }
  const server = createServer({ noDelay: true }, onConnection);
  await listening(server, host, port, address);
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

function listening(server: Server, host: string, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error) =>
      reject(fail("book-service.address", `cannot listen on ${address}`, { cause }));
    server.once("error", refused);
    server.listen({ host, port }, () => {
      server.off("error", refused);
      resolve();
    });
  });
}
