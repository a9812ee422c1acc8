import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP relay to a local port. `cut` ends it like the death of the process behind it: nothing more gets through. */
export class CuttableLink {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(targetPort: number): Promise<CuttableLink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const link = new CuttableLink(server, (server.address() as AddressInfo).port);
    server.on("connection", (near) => link.join(near, connect(targetPort, "127.0.0.1")));
    return link;
  }

  cut(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => {});
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
