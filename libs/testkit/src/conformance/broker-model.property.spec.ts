import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { SimulatedClock } from "@ims/common";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { COMMANDS, FrameReader, frameBody, PROTOCOL_VERSION } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ServerModel } from "../model/server-model.js";
import { SeededRandom } from "../random/seeded-random.js";
import { forEachSeed, seedTimeoutMillis } from "../rig/seeds.js";
import { type DrawnRequest, frameOf, RandomRequests } from "../spec-support/random-requests.js";
import { replySummary } from "../spec-support/reply-summary.js";

const SEEDS = 40;
const LOGIN: DrawnRequest = {
  command: COMMANDS.login,
  body: COMMANDS.login.codec.encodeRequest({
    protocolVersion: PROTOCOL_VERSION,
    sdkName: "testkit",
    sdkVersion: "0",
    credentials: { kind: "password", username: "iggy", password: "iggy" },
    context: new Uint8Array(0),
  }),
};

/** Sends frames to a real server, one after the other. */
class RawConnection {
  private readonly reader = new FrameReader();
  private session = 0n;
  private request = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly client: bigint,
  ) {}

  static async open(port: number, client: bigint): Promise<RawConnection> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await once(socket, "connect");
    const connection = new RawConnection(socket, client);
    const reply = await connection.ask(LOGIN, 0);
    connection.session = COMMANDS.login.codec.decodeReply(frameBody(reply).subarray(4)).session;
    return connection;
  }

  async ask(drawn: DrawnRequest, request = ++this.request): Promise<Uint8Array> {
    const { client, session } = this;
    this.socket.write(frameOf(drawn, { client, session, request }));
    for (;;) {
      const frame = this.reader.next();
      if (frame) return frame.slice();
      const [chunk] = (await once(this.socket, "data")) as [Buffer];
      this.reader.push(chunk);
    }
  }

  async close(): Promise<void> {
    this.socket.end();
    await once(this.socket, "close");
  }
}

describe("the embedded broker and the model", () => {
  let broker: Broker;

  beforeAll(async () => {
    broker = await startBroker({ port: 0, dataDir: "/broker", fileSystem: new MemoryFileSystem() });
  });
  afterAll(() => broker.close());

  it(
    "answer any requests of two clients alike",
    async () => {
      const commands = new Set<string>();
      await forEachSeed("broker and model", SEEDS, async (seed) => {
        const random = new SeededRandom(seed);
        const requests = new RandomRequests(random.fork());
        const model = new ServerModel({ clock: new SimulatedClock() });
        const clients = [1n, 2n].map((id) => BigInt(seed) * 10n + id);
        const real = await Promise.all(clients.map((client) => RawConnection.open(broker.port, client)));
        const modelled = clients.map((client) => {
          const connection = model.connect();
          connection.handle(frameOf(LOGIN, { client, session: 0n, request: 0 }));
          return connection;
        });
        for (let number = 1; number <= 120; number++) {
          const drawn = requests.draw();
          const who = random.between(0, 1);
          commands.add(drawn.command.name);
          const frame = frameOf(drawn, { client: clients[who]!, session: 1n, request: number });
          const expected = replySummary(drawn.command, modelled[who]!.handle(frame));
          const found = replySummary(drawn.command, await real[who]!.ask(drawn, number));
          if (found !== expected) {
            throw new Error(
              `request ${number}, ${drawn.command.name}, of client ${who}: the broker said ${found}, the model ${expected}`,
            );
          }
        }
        for (const [index, stream] of ["a", "b", "x", "y", "g", "h"].entries()) {
          const body = COMMANDS.deleteStream.codec.encodeRequest({ stream });
          await real[0]!.ask({ command: COMMANDS.deleteStream, body }, 1000 + index);
        }
        await Promise.all(real.map((connection) => connection.close()));
      });
      expect(commands.size).toBeGreaterThan(20);
    },
    seedTimeoutMillis(SEEDS),
  );
});
