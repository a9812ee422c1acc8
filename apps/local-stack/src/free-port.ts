import { createServer } from "node:net";

/** The wished port of the loopback address if nothing listens there, else any free one. */
export async function freePort(wished: number): Promise<number> {
  return (await listenOnce(wished)) ?? (await listenOnce(0))!;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}
