import { connect, type Socket } from "node:net";
import {
  COMMANDS,
  type Credentials,
  encodeRequestFrame,
  FrameReader,
  Operation,
  PROTOCOL_VERSION,
  type ReplyOutcome,
  readReply,
} from "@ims/iggy-protocol";

interface RequestFields {
  readonly code?: number;
  readonly request?: number;
  /** Absent: not stamped. */
  readonly requestChecksum?: bigint;
}

/** A socket that speaks whole frames, for tests: what came and was not taken yet is in `frames`. */
export class FrameClient {
  readonly frames: Uint8Array[] = [];
  closed = false;
  session = 0n;
  private readonly reader = new FrameReader(256 * 2 ** 20);
  private waiters: (() => void)[] = [];
  private request = 0;

  private constructor(
    readonly socket: Socket,
    readonly client: bigint,
  ) {
    socket.on("data", (chunk) => {
      this.reader.push(chunk);
      for (let frame = this.reader.next(); frame !== undefined; frame = this.reader.next())
        this.frames.push(frame);
      this.notify();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed = true;
      this.notify();
    });
  }

  static connect(port: number, client = 0x1234n): Promise<FrameClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true }, () => {
        socket.off("error", reject);
        resolve(new FrameClient(socket, client));
      });
      socket.once("error", reject);
    });
  }

  /** Over a socket that is connected already. */
  static over(socket: Socket, client: bigint): FrameClient {
    return new FrameClient(socket, client);
  }

  /** Connects and logs in, as iggy / iggy unless told otherwise. */
  static async login(
    port: number,
    client = 0x1234n,
    credentials: Credentials = { kind: "password", username: "iggy", password: "iggy" },
  ): Promise<FrameClient> {
    const peer = await FrameClient.connect(port, client);
    const outcome = await peer.logIn(credentials);
    if (outcome.kind === "success") return peer;
    await peer.end();
    throw new Error(refusalText(outcome));
  }

  /** Registers on this connection; the session is kept for later requests. */
  async logIn(credentials: Credentials): Promise<ReplyOutcome> {
    const body = COMMANDS.login.codec.encodeRequest({
      protocolVersion: PROTOCOL_VERSION,
      sdkName: "test",
      sdkVersion: "1.0",
      credentials,
      context: new Uint8Array(0),
    });
    this.session = 0n;
    const outcome = await this.ask(Operation.Register, body, { request: 0 });
    if (outcome.kind === "success") this.session = COMMANDS.login.codec.decodeReply(outcome.payload).session;
    return outcome;
  }

  /** Sends one request and takes the next frame. */
  async ask(operation: number, body: Uint8Array, fields: RequestFields = {}): Promise<ReplyOutcome> {
    this.write(operation, body, fields);
    return readReply(await this.next());
  }

  /** As {@link ask}, for a command of the table; refusals are thrown as text. */
  async call<Request, Reply>(
    command: {
      readonly operation: number;
      readonly code: number;
      readonly codec: {
        encodeRequest(request: Request): Uint8Array;
        decodeReply(payload: Uint8Array): Reply;
      };
    },
    request: Request,
  ): Promise<Reply> {
    const outcome = await this.ask(command.operation, command.codec.encodeRequest(request), {
      code: command.code,
    });
    if (outcome.kind === "success") return command.codec.decodeReply(outcome.payload);
    throw new Error(refusalText(outcome));
  }

  write(operation: number, body: Uint8Array, fields: RequestFields = {}): void {
    const request = fields.request ?? ++this.request;
    const code = operation === Operation.NonReplicated ? fields.code : 0;
    const { requestChecksum } = fields;
    this.socket.write(
      encodeRequestFrame(
        { client: this.client, request, operation, session: this.session, code, requestChecksum },
        body,
      ),
    );
  }

  /** Takes the oldest frame, waiting for one if need be. */
  async next(): Promise<Uint8Array> {
    while (this.frames.length === 0) {
      if (this.closed) throw new Error("the connection was closed");
      await this.change();
    }
    return this.frames.shift()!;
  }

  /** Resolves with the next frame, close or error. */
  change(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  async waitClosed(): Promise<void> {
    while (!this.closed) await this.change();
  }

  async end(): Promise<void> {
    if (!this.closed) this.socket.destroy();
    await this.waitClosed();
  }

  private notify(): void {
    for (const wake of this.waiters.splice(0)) wake();
  }
}

/** `status 41`, `result 1009`, `evicted 9`. */
function refusalText(outcome: Exclude<ReplyOutcome, { readonly kind: "success" }>): string {
  return outcome.kind === "refused"
    ? `${outcome.channel} ${outcome.code}`
    : `evicted ${outcome.eviction.reason}`;
}
