import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * A TCP relay to a local port that a test can stall: connections stay, and nothing more gets through in either
 * direction until they are released.
 */
export class StallingLink {
  readonly #sockets = new Set<Socket>();
  #isStalled = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param targetPort asked at each connection */
  static async open(targetPort: () => number): Promise<StallingLink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const link = new StallingLink(server, (server.address() as AddressInfo).port);
    server.on("connection", (near) => link.#join(near, connect(targetPort(), "127.0.0.1")));
    return link;
  }

  stall(): void {
    this.#isStalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  release(): void {
    this.#isStalled = false;
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.on("data", (chunk) => {
        to.write(chunk);
      });
      if (this.#isStalled) from.pause();
    }
  }
}
