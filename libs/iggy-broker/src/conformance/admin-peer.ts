import {
  COMMANDS,
  encodeRequestFrame,
  Operation,
  PROTOCOL_VERSION,
  type ReplyOutcome,
  readReply,
} from "@ims/iggy-protocol";
import { ReplayPeer } from "./replay-peer.js";

const CLIENT = 0xc0ff_ee00n;

/** A connection beside those of the recording, logged in as iggy / iggy. */
export class AdminPeer {
  private request = 0n;
  private session = 0n;

  private constructor(private readonly peer: ReplayPeer) {}

  static async connect(port: number, waitMillis: number): Promise<AdminPeer> {
    const admin = new AdminPeer(await ReplayPeer.connect(port, waitMillis));
    const body = COMMANDS.login.codec.encodeRequest({
      protocolVersion: PROTOCOL_VERSION,
      sdkName: "conformance",
      sdkVersion: "1",
      credentials: { kind: "password", username: "iggy", password: "iggy" },
      context: new Uint8Array(0),
    });
    const outcome = await admin.ask(Operation.Register, body);
    if (outcome.kind !== "success") throw new Error(`the login of iggy / iggy was ${outcome.kind}`);
    admin.session = COMMANDS.login.codec.decodeReply(outcome.payload).session;
    return admin;
  }

  /** @throws Error when it is refused */
  async call<Request>(
    command: {
      readonly name: string;
      readonly operation: number;
      readonly codec: { encodeRequest(request: Request): Uint8Array };
    },
    request: Request,
  ): Promise<void> {
    this.request++;
    const outcome = await this.ask(command.operation, command.codec.encodeRequest(request));
    if (outcome.kind !== "success") throw new Error(`${command.name} was ${outcome.kind}`);
  }

  end(): Promise<void> {
    return this.peer.end();
  }

  private async ask(operation: number, body: Uint8Array): Promise<ReplyOutcome> {
    const { request, session } = this;
    this.peer.send(encodeRequestFrame({ client: CLIENT, request, operation, session }, body));
    const frame = await this.peer.takeAny();
    if (frame === undefined) throw new Error("the broker did not answer");
    return readReply(frame);
  }
}
