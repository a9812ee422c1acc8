import {
  type AnyCommand,
  COMMANDS,
  commandOf,
  decodeRequestHeader,
  EvictionReason,
  encodeEviction,
  encodeReplyFrame,
  FrameKind,
  frameBody,
  frameKind,
  IggyErrorCode,
  isCompatibleProtocol,
  isInternalOperation,
  isMetadataOperation,
  Operation,
  PROTOCOL_VERSION,
  REPLICATED_CODES,
  type RequestHeader,
  readLoginVersion,
  refusalBody,
  successBody,
  xxh3,
} from "@ims/iggy-protocol";
import type { Caller } from "./model-command.js";
import { Refusal, statusRefusal } from "./refusal.js";
import type { ServerModel } from "./server-model.js";

/** Known, and available in no server of this version. */
const FLUSH_CODE = 102;
const SERVER_VERSION = "0.9.0-edge.5";

/** One connection to the model: a session at most, and requests one after the other. */
export class ModelConnection {
  private session: { readonly client: bigint; readonly number: bigint } | undefined;

  constructor(private readonly model: ServerModel) {}

  get hasSession(): boolean {
    return this.session !== undefined;
  }

  /** Carries out a frame; the frame to answer with, or `undefined` where the server keeps silent. */
  handle(frame: Uint8Array): Uint8Array | undefined {
    if (frameKind(frame) !== FrameKind.Request) return undefined;
    const header = decodeRequestHeader(frame);
    if (header.client === 0n) return undefined;
    try {
      return this.dispatch(header, frameBody(frame));
    } catch (error) {
      if (error instanceof Refusal) return refusalFrame(header, error);
      throw error;
    }
  }

  /** As when the server evicts or the connection ends: the session, and its place in groups. */
  endSession(): void {
    const { session } = this;
    this.session = undefined;
    if (session) this.model.release(session.client, this);
  }

  private dispatch(header: RequestHeader, body: Uint8Array): Uint8Array | undefined {
    const { operation, requestChecksum } = header;
    const isRegister = operation === Operation.Register;
    if (isRegister && (header.request !== 0n || header.session !== 0n)) return undefined;
    if (requestChecksum !== 0n && requestChecksum !== xxh3(body)) {
      throw statusRefusal(IggyErrorCode.InvalidFormat);
    }
    if (isRegister) return this.register(header, body);
    if (operation === Operation.NonReplicated) return this.read(header, body);
    if (isInternalOperation(operation)) {
      throw new Refusal("eviction", EvictionReason.InvalidRequestOperation);
    }
    if (header.request === 0n || header.session === 0n) return undefined;
    if (operation === Operation.Logout) {
      this.endSession();
      return reply(header, Operation.Logout, new Uint8Array(0));
    }
    const command = commandOf(header);
    if (!command) return undefined;
    if (!this.session) throw new Refusal("eviction", EvictionReason.NoSession);
    return isMetadataOperation(operation)
      ? this.changeMetadata(command, header, body)
      : this.run(command, header, body);
  }

  private read(header: RequestHeader, body: Uint8Array): Uint8Array {
    const { code } = header;
    if (REPLICATED_CODES.has(code) || code === FLUSH_CODE)
      throw statusRefusal(IggyErrorCode.FeatureUnavailable);
    const run = this.model.commands.get(code);
    if (code !== COMMANDS.ping.code && !this.session) throw statusRefusal(IggyErrorCode.Unauthenticated);
    if (!run) throw statusRefusal(IggyErrorCode.InvalidCommand);
    return reply(header, Operation.NonReplicated, run(body, this.caller(header)));
  }

  /** One at a time, and each number once: what was done before is answered as it was then. */
  private changeMetadata(
    command: AnyCommand,
    header: RequestHeader,
    body: Uint8Array,
  ): Uint8Array | undefined {
    const ledger = this.model.ledgerOf(this.session!.client);
    const known = ledger.look(header.request, header.requestChecksum);
    if (known.kind === "reply") return known.frame;
    if (known.kind === "silence") return undefined;
    if (known.kind === "applied") throw new Refusal("result", IggyErrorCode.RequestAlreadyApplied);
    let frame: Uint8Array;
    try {
      frame = this.run(command, header, body);
    } catch (error) {
      if (!(error instanceof Refusal) || error.channel !== "result") throw error;
      frame = refusalFrame(header, error)!;
    }
    this.model.nextLogPosition();
    ledger.keep(header.request, header.requestChecksum, frame);
    return frame;
  }

  private run(command: AnyCommand, header: RequestHeader, body: Uint8Array): Uint8Array {
    const run = this.model.commands.get(command.code);
    if (!run) throw statusRefusal(IggyErrorCode.InvalidCommand);
    return reply(header, command.replyOperation, run(body, this.caller(header)));
  }

  private caller({ client }: RequestHeader): Caller {
    return { client, bound: this.session?.client ?? client };
  }

  private register(header: RequestHeader, body: Uint8Array): Uint8Array {
    const version = readLoginVersion(body);
    if (version === undefined) throw new Refusal("eviction", EvictionReason.MalformedLogin);
    if (!isCompatibleProtocol(version)) throw new Refusal("eviction", EvictionReason.IncompatibleProtocol);
    this.checkCredentials(body);
    if (!this.session) {
      this.session = { client: header.client, number: this.model.nextLogPosition() };
      this.model.take(header.client, this);
    }
    const payload = COMMANDS.login.codec.encodeReply({
      userId: 0,
      session: this.session.number,
      serverProtocolVersion: PROTOCOL_VERSION,
      serverVersion: SERVER_VERSION,
    });
    return reply(header, Operation.Register, payload);
  }

  private checkCredentials(body: Uint8Array): void {
    const { username = "iggy", password = "iggy" } = this.model.options;
    let credentials: ReturnType<typeof COMMANDS.login.codec.decodeRequest>["credentials"];
    try {
      ({ credentials } = COMMANDS.login.codec.decodeRequest(body));
    } catch {
      throw new Refusal("eviction", EvictionReason.MalformedLogin);
    }
    if (credentials.kind === "token") throw new Refusal("eviction", EvictionReason.InvalidToken);
    if (credentials.username !== username || credentials.password !== password) {
      throw new Refusal("eviction", EvictionReason.InvalidCredentials);
    }
  }
}

function reply({ client, request }: RequestHeader, operation: number, payload: Uint8Array): Uint8Array {
  // Partition operations answer a number of at least 1; all others echo what came.
  const echoed = operation >= Operation.SendMessages && request === 0n ? 1n : request;
  return encodeReplyFrame({ client, request: echoed, operation }, successBody(operation, payload));
}

/** The frame of a refusal, or `undefined` for silence. */
export function refusalFrame(header: RequestHeader, { channel, code }: Refusal): Uint8Array | undefined {
  const { client, request, operation } = header;
  switch (channel) {
    case "silence":
      return undefined;
    case "status":
      return encodeReplyFrame({ client, request, operation, status: code }, new Uint8Array(0));
    case "result": {
      const committed = commandOf(header)?.replyOperation ?? operation;
      return encodeReplyFrame({ client, request, operation: committed }, refusalBody(code));
    }
    case "eviction": {
      const gate = code === EvictionReason.IncompatibleProtocol ? PROTOCOL_VERSION : 0;
      return encodeEviction({
        client,
        reason: code,
        serverProtocolVersion: gate,
        serverProtocolVersionMin: gate,
      });
    }
  }
}
