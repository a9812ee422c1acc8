import { describeError } from "@ims/common";
import {
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
import type { BrokerContext, ConnectedClient } from "../handlers/broker-context.js";
import type { Caller } from "../handlers/caller.js";
import { METADATA_COMMANDS } from "../handlers/metadata-commands.js";
import { deleteOffset, storeOffset } from "../handlers/offset-commands.js";
import { unauthorized } from "../handlers/permission.js";
import { READ_COMMANDS } from "../handlers/read-commands.js";
import { Refusal, statusRefusal } from "../handlers/refusal.js";
import type { ReplyPieces } from "../handlers/reply-pieces.js";
import { sendMessages, storeFailureStatus } from "../handlers/send-messages.js";
import { refusesVersion, register } from "../session/register.js";
import type { Session } from "../session/session-table.js";
import { executeMetadata } from "./metadata-request.js";
import { committedReply, JOINED_REPLY_BYTES_MAX, joinedReply } from "./reply-frames.js";

/** Where replies go. */
export interface ReplySink {
  /** Writes the pieces of one frame; `onTaken` is called when their memory may be used again. */
  send(pieces: readonly Uint8Array[], onTaken?: () => void): void;
  /** Counts a request as in flight beyond its turn; call the result once when it is answered and its bytes are free. */
  hold(byteCount: number, frame: Uint8Array): () => void;
}

const NOTHING = new Uint8Array(0);
const PING = 1;
const LEGACY_LOGINS = new Set([38, 44]);
/** With a session these do nothing when they come as reads (wire.md section 8). */
const SESSION_CODES = new Set([39, 40, 45]);
/** Reads of the protocol that this broker does not offer: flush, as the reference server. */
const UNOFFERED_CODES = new Set([102]);
/** SemVer window of the gate: any patch of our minor version. */
const PROTOCOL_VERSION_MIN = PROTOCOL_VERSION & ~0x3ff;

/**
 * Takes the requests of one connection in order and answers every one. Where the reference server stays silent on
 * malformed requests, this answers an error.
 */
export class RequestDispatcher {
  private session: Session | undefined;
  private closed = false;
  /** Of the clock's monotonic time. */
  private lastRequestMillis: number;
  private isHandling = false;

  constructor(
    private readonly context: BrokerContext,
    private readonly sink: ReplySink,
    private readonly connectionNumber: number,
    private readonly host: string,
    private readonly port: number,
  ) {
    this.lastRequestMillis = context.clock.monotonicMillis();
  }

  get client(): ConnectedClient {
    return { number: this.connectionNumber, address: this.address, session: this.session };
  }

  /**
   * Ends the session of a member of a group that has been silent for so long: its partitions must go to others.
   * @returns whether it did
   */
  evictIfSilent(silenceMillis: number): boolean {
    const { session } = this;
    if (session === undefined || !this.context.groups.isMember(session.client)) return false;
    const nowMillis = this.context.clock.monotonicMillis();
    if (this.isHandling || nowMillis - this.lastRequestMillis <= silenceMillis) return false;
    this.endSession();
    // The connection stays, and the time for another login begins.
    this.lastRequestMillis = nowMillis;
    this.sink.send([encodeEviction({ client: session.client, reason: EvictionReason.StaleClient })]);
    return true;
  }

  /** Whether nobody is logged in and no request came for so long. */
  isSilentStranger(silenceMillis: number): boolean {
    if (this.session !== undefined || this.isHandling) return false;
    return this.context.clock.monotonicMillis() - this.lastRequestMillis >= silenceMillis;
  }

  /** Resolves when the next request may be taken; a send may still be on its way to the disk then. Never rejects. */
  async handle(frame: Uint8Array): Promise<void> {
    // Other known kinds are traffic between servers and are skipped, as nothing in them asks for a reply.
    if (frameKind(frame) !== FrameKind.Request) return;
    const header = decodeRequestHeader(frame);
    this.isHandling = true;
    try {
      await this.route(header, frameBody(frame));
    } catch (error) {
      this.refuse(header, error);
    }
    this.isHandling = false;
    this.lastRequestMillis = this.context.clock.monotonicMillis();
  }

  /** The connection is gone: its session ends. */
  close(): void {
    this.closed = true;
    this.endSession();
  }

  private async route(header: RequestHeader, body: Uint8Array): Promise<void> {
    const { operation, requestChecksum } = header;
    if (requestChecksum !== 0n && requestChecksum !== xxh3(body)) {
      // Other versions hash logins in other ways; their users are to read of the version and not of a checksum.
      if (operation === Operation.Register && refusesVersion(body, this.context.logger)) {
        return this.evict(header, EvictionReason.IncompatibleProtocol);
      }
      throw statusRefusal(IggyErrorCode.InvalidFormat);
    }
    if (header.client === 0n) throw statusRefusal(IggyErrorCode.InvalidCommand);
    if (operation === Operation.Register) return this.login(header, body);
    if (operation === Operation.NonReplicated) return this.read(header, body);
    if (operation === Operation.Logout) return this.logout(header);
    if (operation >= Operation.CreateTopicWithAssignments && operation <= Operation.TruncatePartition) {
      return this.evict(header, EvictionReason.InvalidRequestOperation);
    }
    const session = this.requireSession(header);
    if (session === undefined) return this.evict(header, EvictionReason.NoSession);
    if (isPartitionOperation(operation)) return this.partitionOperation(header, body, session);
    const caller = this.caller(header, session);
    const isCurrent = () => this.session === session;
    this.sink.send([await executeMetadata(this.context, { header, body, session, caller, isCurrent })]);
  }

  private async login(header: RequestHeader, body: Uint8Array): Promise<void> {
    if (header.request !== 0n || header.session !== 0n) throw statusRefusal(IggyErrorCode.InvalidCommand);
    const outcome = await register(this.context, body, {
      client: header.client,
      host: this.host,
      current: this.session,
      release: () => {
        this.session = undefined;
      },
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
    if (code === PING) return this.answer(header, NOTHING);
    if (this.session === undefined) throw statusRefusal(IggyErrorCode.Unauthenticated);
    if (this.session.user.isDeleted) throw unauthorized("status");
    if (SESSION_CODES.has(code)) return this.answer(header, NOTHING);
    const command = READ_COMMANDS.get(code);
    if (command === undefined) {
      const isKnown = REPLICATED_CODES.has(code) || UNOFFERED_CODES.has(code);
      throw statusRefusal(isKnown ? IggyErrorCode.FeatureUnavailable : IggyErrorCode.InvalidCommand);
    }
    const payload = await command(this.context, body, this.caller(header, this.session));
    if (payload instanceof Uint8Array) this.answer(header, payload);
    else this.answerPieces(header, payload);
  }

  private async partitionOperation(header: RequestHeader, body: Uint8Array, session: Session): Promise<void> {
    const caller = this.caller(header, session);
    switch (header.operation) {
      case Operation.SendMessages:
        return this.send(header, body, caller);
      case Operation.StoreConsumerOffset:
        await storeOffset(this.context, body, caller);
        break;
      case Operation.DeleteConsumerOffset:
        await deleteOffset(this.context, body, caller);
        break;
      default:
        throw statusRefusal(IggyErrorCode.InvalidCommand);
    }
    this.answer(header, successBody(header.operation, NOTHING));
  }

  /** The turn ends when the batch has its offsets; the reply follows when it is stored. */
  private async send(header: RequestHeader, body: Uint8Array, caller: Caller): Promise<void> {
    const { payload, stored } = await sendMessages(this.context, body, caller);
    const release = this.sink.hold(header.size, body);
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

  /** The session, or undefined when the request must be evicted. @throws Refusal for requests without numbers */
  private requireSession(header: RequestHeader): Session | undefined {
    if (this.session === undefined && (header.request === 0n || header.session === 0n)) {
      throw statusRefusal(IggyErrorCode.Unauthenticated);
    }
    if (header.request === 0n) throw statusRefusal(IggyErrorCode.InvalidCommand);
    return this.session;
  }

  private caller(header: RequestHeader, session: Session): Caller {
    return {
      connectionNumber: this.connectionNumber,
      address: this.address,
      user: session.user,
      headerClient: header.client,
      client: session.client,
    };
  }

  private get address(): string {
    return `${this.host}:${this.port}`;
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
    const { operation } = header;
    const nowMicros = this.context.clock.nowMicros();
    this.sink.send([committedReply(header, body, { operation, sequence, nowMicros })]);
  }

  private answerPieces(header: RequestHeader, { pieces, release }: ReplyPieces): void {
    let bodyBytes = 0;
    for (const piece of pieces) bodyBytes += piece.length;
    const { client, request, operation } = header;
    if (bodyBytes <= JOINED_REPLY_BYTES_MAX) {
      const frame = joinedReply({ client, request, operation }, pieces, bodyBytes);
      release();
      this.sink.send([frame]);
      return;
    }
    this.sink.send([encodeReplyHeader({ client, request, operation }, bodyBytes), ...pieces], release);
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
