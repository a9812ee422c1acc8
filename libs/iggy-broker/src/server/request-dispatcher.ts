import { describeError } from "@ims/common";
import {
  committedOperation,
  decodeRequestHeader,
  EvictionReason,
  encodeEviction,
  encodeReplyFrame,
  encodeReplyHeader,
  FrameKind,
  frameBody,
  frameKind,
  IggyErrorCode,
  isPartitionOperation,
  Operation,
  PROTOCOL_VERSION,
  REPLICATED_CODES,
  type RequestHeader,
  refusalBody,
  successBody,
  xxh3,
} from "@ims/iggy-protocol";
import type { BrokerContext } from "../handlers/broker-context.js";
import { sendMessages, storeFailureStatus } from "../handlers/message-commands.js";
import { METADATA_COMMANDS } from "../handlers/metadata-commands.js";
import { deleteOffset, storeOffset } from "../handlers/offset-commands.js";
import { READ_COMMANDS } from "../handlers/read-commands.js";
import { Refusal, statusRefusal } from "../handlers/refusal.js";
import { register } from "../session/register.js";
import type { Session } from "../session/session-table.js";

/** Where replies go. */
export interface ReplySink {
  /** Writes the pieces of one frame. */
  send(pieces: readonly Uint8Array[]): void;
  /** Counts a request as in flight beyond its turn; call the result once when it is answered. */
  hold(byteCount: number): () => void;
}

const NOTHING = new Uint8Array(0);
const PING = 1;
const LEGACY_LOGINS = new Set([38, 44]);
/** With a session these do nothing when they come as reads (wire.md section 8). */
const SESSION_CODES = new Set([39, 40, 45]);
/** Reads of the protocol that this broker does not offer, flush among them. */
const UNOFFERED_CODES = new Set([11, 21, 22, 31, 32, 41, 102, 600, 601, 606]);
/** SemVer window of the gate: any patch of our minor version. */
const PROTOCOL_VERSION_MIN = PROTOCOL_VERSION & ~0x3ff;

/**
 * Takes the requests of one connection in order and answers every one. Where the reference server stays silent on
 * malformed requests, this answers an error.
 */
export class RequestDispatcher {
  private session: Session | undefined;
  private closed = false;

  constructor(
    private readonly context: BrokerContext,
    private readonly sink: ReplySink,
    private readonly connectionNumber: number,
    private readonly address: string,
  ) {}

  /** Resolves when the next request may be taken; a send may still be on its way to the disk then. Never rejects. */
  async handle(frame: Uint8Array): Promise<void> {
    // Other known kinds are traffic between servers and are skipped, as nothing in them asks for a reply.
    if (frameKind(frame) !== FrameKind.Request) return;
    const header = decodeRequestHeader(frame);
    try {
      await this.route(header, frameBody(frame));
    } catch (error) {
      this.refuse(header, error);
    }
  }

  /** The connection is gone: its session ends. */
  close(): void {
    this.closed = true;
    this.endSession();
  }

  private async route(header: RequestHeader, body: Uint8Array): Promise<void> {
    const { operation, requestChecksum } = header;
    if (requestChecksum !== 0n && requestChecksum !== xxh3(body))
      throw statusRefusal(IggyErrorCode.InvalidFormat);
    if (header.client === 0n) throw statusRefusal(IggyErrorCode.InvalidCommand);
    if (operation === Operation.Register) return this.login(header, body);
    if (operation === Operation.NonReplicated) return this.read(header, body);
    if (operation === Operation.Logout) return this.logout(header);
    if (operation >= Operation.CreateTopicWithAssignments && operation <= Operation.TruncatePartition) {
      return this.evict(header, EvictionReason.InvalidRequestOperation);
    }
    const session = this.requireSession(header);
    if (session === undefined) return this.evict(header, EvictionReason.NoSession);
    if (isPartitionOperation(operation)) return this.partitionOperation(header, body);
    return this.metadataOperation(header, body, session);
  }

  private async login(header: RequestHeader, body: Uint8Array): Promise<void> {
    if (header.request !== 0n || header.session !== 0n) throw statusRefusal(IggyErrorCode.InvalidCommand);
    const outcome = await register(this.context, body, header.client, this.session, () => {
      this.session = undefined;
    });
    if (outcome.kind === "evicted") return this.evict(header, outcome.reason);
    this.session = outcome.session;
    if (this.closed) this.endSession();
    this.answer(header, successBody(Operation.Register, outcome.payload), outcome.session.number);
  }

  private logout(header: RequestHeader): void {
    if (header.request === 0n || header.session === 0n) throw statusRefusal(IggyErrorCode.InvalidCommand);
    this.endSession();
    this.answer(header, NOTHING);
  }

  private async read(header: RequestHeader, body: Uint8Array): Promise<void> {
    const { code } = header;
    if (LEGACY_LOGINS.has(code)) return this.evict(header, EvictionReason.MalformedLogin);
    if (this.session === undefined && code !== PING) throw statusRefusal(IggyErrorCode.Unauthenticated);
    if (SESSION_CODES.has(code)) return this.answer(header, NOTHING);
    const command = READ_COMMANDS.get(code);
    if (command === undefined) {
      const isKnown = REPLICATED_CODES.has(code) || UNOFFERED_CODES.has(code);
      throw statusRefusal(isKnown ? IggyErrorCode.FeatureUnavailable : IggyErrorCode.InvalidCommand);
    }
    const facts = { number: this.connectionNumber, address: this.address, userId: this.session?.userId ?? 0 };
    const payload = await command(this.context, body, facts);
    if (payload instanceof Uint8Array) this.answer(header, payload);
    else this.answerPieces(header, payload);
  }

  private async partitionOperation(header: RequestHeader, body: Uint8Array): Promise<void> {
    switch (header.operation) {
      case Operation.SendMessages:
        return this.send(header, body);
      case Operation.StoreConsumerOffset:
        await storeOffset(this.context, body);
        break;
      case Operation.DeleteConsumerOffset:
        await deleteOffset(this.context, body);
        break;
      default:
        throw statusRefusal(IggyErrorCode.InvalidCommand);
    }
    this.answer(header, successBody(header.operation, NOTHING));
  }

  /** The turn ends when the batch has its offsets; the reply follows when it is stored. */
  private async send(header: RequestHeader, body: Uint8Array): Promise<void> {
    const { payload, stored } = await sendMessages(this.context, body);
    const release = this.sink.hold(header.size);
    stored.then(
      () => {
        release();
        this.answer(header, payload);
      },
      (error: unknown) => {
        release();
        this.context.logger.error({ error: describeError(error) }, "a batch could not be stored");
        this.deny(header, storeFailureStatus(error));
      },
    );
  }

  private async metadataOperation(header: RequestHeader, body: Uint8Array, session: Session): Promise<void> {
    const command = METADATA_COMMANDS.get(header.operation);
    if (command === undefined) {
      const isKnown =
        header.operation >= Operation.CreateStream && header.operation <= Operation.LeaveConsumerGroup;
      throw statusRefusal(isKnown ? IggyErrorCode.FeatureUnavailable : IggyErrorCode.InvalidCommand);
    }
    const decide = command(this.context, body);
    const { metadata, partitions, sessions } = this.context;
    // Three requests are rewritten before they enter the log; what the log refuses carries the rewritten operation too.
    const operation = committedOperation(header.operation);
    await metadata.exclusive(async () => {
      const admission = sessions.admit(session, header.request, header.requestChecksum);
      if (admission.kind === "repeated") return this.sink.send([admission.reply]);
      if (admission.kind === "applied") {
        return this.answer(header, refusalBody(IggyErrorCode.RequestAlreadyApplied));
      }
      let replyBody: Uint8Array;
      try {
        const { change, payload } = decide();
        const committed = await metadata.commit(change);
        partitions.remove(committed.droppedStorageIds);
        replyBody = successBody(operation, payload?.() ?? NOTHING);
      } catch (error) {
        if (!(error instanceof Refusal) || error.channel === "status") throw error;
        replyBody = refusalBody(error.code);
      }
      const reply = this.replyFrame(header, replyBody, operation, metadata.sequence);
      sessions.record(session, header.request, header.requestChecksum, reply);
      this.sink.send([reply]);
    });
  }

  /** The session, or undefined when the request must be evicted. @throws Refusal for requests without numbers */
  private requireSession(header: RequestHeader): Session | undefined {
    if (this.session === undefined && (header.request === 0n || header.session === 0n)) {
      throw statusRefusal(IggyErrorCode.Unauthenticated);
    }
    if (header.request === 0n) throw statusRefusal(IggyErrorCode.InvalidCommand);
    return this.session;
  }

  private endSession(): void {
    if (this.session === undefined) return;
    this.context.sessions.remove(this.session);
    this.session = undefined;
  }

  private refuse(header: RequestHeader, error: unknown): void {
    if (error instanceof Refusal) {
      if (error.channel === "status") this.deny(header, error.code);
      else this.answer(header, refusalBody(error.code));
      return;
    }
    const { operation, code } = header;
    this.context.logger.error(
      { error: describeError(error), operation, code },
      "a request failed inside the broker",
    );
    const isMetadata = METADATA_COMMANDS.has(operation) || operation === Operation.Register;
    // 57: the journal may hold the change although its sync failed, so the outcome is unknown.
    this.deny(header, isMetadata ? IggyErrorCode.TransientNotCommitted : IggyErrorCode.Error);
  }

  private deny(header: RequestHeader, status: number): void {
    const { client, request, operation } = header;
    this.sink.send([encodeReplyFrame({ client, request, operation, status }, NOTHING)]);
  }

  private answer(header: RequestHeader, body: Uint8Array, sequence = 0): void {
    this.sink.send([this.replyFrame(header, body, header.operation, sequence)]);
  }

  private answerPieces(header: RequestHeader, pieces: readonly Uint8Array[]): void {
    const bodyBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const { client, request, operation } = header;
    this.sink.send([encodeReplyHeader({ client, request, operation }, bodyBytes), ...pieces]);
  }

  private replyFrame(
    header: RequestHeader,
    body: Uint8Array,
    operation: number,
    sequence: number,
  ): Uint8Array {
    const { client, request, requestChecksum } = header;
    const timestamp = this.context.clock.nowMicros();
    return encodeReplyFrame(
      { client, request, operation, requestChecksum, op: sequence, commit: sequence, timestamp },
      body,
    );
  }

  private evict(header: RequestHeader, reason: number): void {
    const isVersion = reason === EvictionReason.IncompatibleProtocol;
    const frame = encodeEviction({
      client: header.client,
      reason,
      serverProtocolVersion: isVersion ? PROTOCOL_VERSION : 0,
      serverProtocolVersionMin: isVersion ? PROTOCOL_VERSION_MIN : 0,
    });
    this.sink.send([frame]);
  }
}
