import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import type { SimulatedClock } from "@ims/common";
import {
  type AnyCommand,
  type ClusterMetadata,
  COMMANDS,
  type CommandCodec,
  commandOf,
  decodeRequestHeader,
  encodeEviction,
  encodeReplyFrame,
  FrameReader,
  frameBody,
  PROTOCOL_VERSION,
  type RequestHeader,
  refusalBody,
  successBody,
} from "@ims/iggy-protocol";

/** One request that the peer received, with the ways to answer it. */
export class PeerRequest {
  readonly header: RequestHeader;
  readonly command: AnyCommand | undefined;

  constructor(
    readonly connection: PeerConnection,
    readonly frame: Uint8Array,
  ) {
    this.header = decodeRequestHeader(frame);
    this.command = commandOf(this.header);
  }

  get name(): string {
    return this.command?.name ?? "unknown";
  }

  decode(): unknown {
    return this.command?.codec.decodeRequest(frameBody(this.frame));
  }

  /** The frame of a success, to be written whole or in parts. */
  replyFrame(reply?: unknown): Uint8Array {
    const codec = this.command!.codec as CommandCodec<unknown, unknown>;
    const { client, request } = this.header;
    const operation = this.command!.replyOperation;
    return encodeReplyFrame({ client, request, operation }, successBody(operation, codec.encodeReply(reply)));
  }

  reply(reply?: unknown): void {
    this.connection.write(this.replyFrame(reply));
  }

  refuseByStatus(status: number): void {
    const { client, request, operation } = this.header;
    this.connection.write(encodeReplyFrame({ client, request, operation, status }, new Uint8Array(0)));
  }

  refuseByResult(code: number): void {
    const { client, request } = this.header;
    const operation = this.command!.replyOperation;
    this.connection.write(encodeReplyFrame({ client, request, operation }, refusalBody(code)));
  }

  evict(
    reason: number,
    versions: { serverProtocolVersion?: number; serverProtocolVersionMin?: number } = {},
  ): void {
    this.connection.write(encodeEviction({ client: this.header.client, reason, ...versions }));
  }
}

export class PeerConnection {
  readonly requests: PeerRequest[] = [];
  closed = false;

  constructor(readonly socket: Socket) {}

  write(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  drop(): void {
    this.socket.destroy();
  }
}

/** Returns true when it dealt with the request itself; otherwise the peer answers as a plain server would. */
export type PeerScript = (request: PeerRequest) => boolean | undefined;

const SINGLE_NODE: ClusterMetadata = { name: "single-node", nodes: [] };

/**
 * A server that answers as the test says. Unscripted, it lets everybody in and stores nothing: logins, pings, logouts
 * and sends succeed, reads find nothing.
 */
export class ScriptedPeer {
  readonly connections: PeerConnection[] = [];
  script: PeerScript = () => undefined;
  nextOffset = 0;
  /** What the peer says of its cluster; by default it is alone. */
  cluster: ClusterMetadata | undefined;
  private nextSession = 1n;
  private listening!: Server;
  port = 0;

  private tls: TlsOptions | undefined;

  static async start(script?: PeerScript, tls?: TlsOptions): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer();
    peer.tls = tls;
    if (script) peer.script = script;
    await peer.listen(0);
    return peer;
  }

  get url(): string {
    return `iggy://iggy:iggy@127.0.0.1:${this.port}?heartbeat_interval=0`;
  }

  /** Every request of every connection so far, but for the reading of the cluster after each login. */
  get requests(): PeerRequest[] {
    return this.connections.flatMap(({ requests }) => requests).filter(isOfCaller);
  }

  named(name: string): PeerRequest[] {
    return this.connections.flatMap(({ requests }) => requests).filter((request) => request.name === name);
  }

  listen(port: number): Promise<void> {
    const accept = (socket: Socket) => this.accept(socket);
    this.listening = this.tls ? createTlsServer(this.tls, accept) : createServer(accept);
    return new Promise((resolve, reject) => {
      this.listening.once("error", reject);
      this.listening.listen(port, "127.0.0.1", () => {
        this.port = (this.listening.address() as { port: number }).port;
        resolve();
      });
    });
  }

  /** Stops listening and drops every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.listening.close(() => resolve()));
    for (const connection of this.connections) connection.drop();
    await closed;
  }

  answer(request: PeerRequest): void {
    switch (request.name) {
      case "session.login":
        request.reply({
          userId: 0,
          session: this.nextSession++,
          serverProtocolVersion: PROTOCOL_VERSION,
          serverVersion: "0.9.0",
        });
        return;
      case "message.send": {
        const { messageCount } = COMMANDS.sendMessages.codec.decodeRequest(frameBody(request.frame));
        request.reply([{ streamId: 0, topicId: 0, partitionId: 0, baseOffset: this.nextOffset }]);
        this.nextOffset += messageCount;
        return;
      }
      case "message.poll":
        request.reply({ partitionId: 0, currentOffset: 0, messageCount: 0, batches: new Uint8Array(0) });
        return;
      case "system.cluster-metadata":
        request.reply(this.cluster ?? SINGLE_NODE);
        return;
      case "stream.list":
        request.reply([]);
        return;
      case "stream.get":
      case "topic.get":
      case "offset.get":
        request.reply(null);
        return;
      default:
        request.reply(undefined);
    }
  }

  private accept(socket: Socket): void {
    const connection = new PeerConnection(socket);
    this.connections.push(connection);
    const reader = new FrameReader();
    socket.on("data", (chunk: Buffer) => {
      reader.push(chunk);
      for (let frame = reader.next(); frame; frame = reader.next()) {
        const request = new PeerRequest(connection, frame.slice());
        connection.requests.push(request);
        if (!this.script(request)) this.answer(request);
      }
    });
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => {
      connection.closed = true;
    });
  }
}

function isOfCaller({ name }: PeerRequest): boolean {
  return name !== "system.cluster-metadata";
}

/** Resolves once the condition holds; looks again after every turn of the event loop, until the test's own timeout. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
}

/**
 * Moves simulated time in small steps until the condition holds. Real sockets get several turns of the event loop per
 * step, so that simulated deadlines do not pass while a reply is on its way.
 */
export async function advanceUntil(clock: SimulatedClock, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await clock.advance(10);
    for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** The same sequence in every run. */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}
