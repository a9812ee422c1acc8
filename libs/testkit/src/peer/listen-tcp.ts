import { createServer, type Socket } from "node:net";

export interface TcpListener {
  readonly port: number;
  /** Stops listening; open connections stay until whoever serves them ends them. */
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1, or on the given one, and hands every connection over. */
export async function listenTcp(accept: (socket: Socket) => void, port = 0): Promise<TcpListener> {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    accept(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
