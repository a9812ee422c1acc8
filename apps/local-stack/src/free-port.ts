import { createServer } from "node:net";

/** The wished port of the loopback address if nothing listens there, else any free one. */
export async function freePort(wished: number): Promise<number> {
  return (await listenOnce(wished, "127.0.0.1")) ?? (await listenOnce(0, "127.0.0.1"))!;
}

/** Where a gRPC server may listen: on `[::1]`, where clients look first, or `127.0.0.1` on a machine without IPv6. */
export async function freeAddress(wished: number): Promise<string> {
  const port = (await listenOnce(wished, "::1")) ?? (await listenOnce(0, "::1"));
  return port === undefined ? `127.0.0.1:${await freePort(wished)}` : `[::1]:${port}`;
}

function listenOnce(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}
