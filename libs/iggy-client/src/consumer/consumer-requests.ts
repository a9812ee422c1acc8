import {
  COMMANDS,
  type ConsumerOffset,
  type GroupAssignment,
  IggyErrorCode,
  type PollingStrategy,
  type TopicDetails,
} from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { ServerConnection } from "../connection/server-connection.js";
import { refusalCode } from "../errors.js";
import { ConsumedBatch } from "./consumed-batch.js";
import { consumerError } from "./consumer-errors.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import { PollGate, type PollTicket } from "./poll-gate.js";
import { requestFault } from "./request-fault.js";

/** One for all consumers of a connection. */
const GATES = new WeakMap<ServerConnection, PollGate>();

/** The requests of one consumer: what is always the same is filled in, missing targets have an error of their own. */
export class ConsumerRequests {
  private readonly gate: PollGate;
  private readonly pollCommand;

  constructor(
    readonly connection: ServerConnection,
    private readonly requests: RequestRunner,
    private readonly settings: ConsumerSettings,
  ) {
    this.gate = GATES.get(connection) ?? new PollGate();
    GATES.set(connection, this.gate);
    const { encryptor } = settings;
    this.pollCommand = {
      ...COMMANDS.pollMessages,
      codec: {
        ...COMMANDS.pollMessages.codec,
        encodeReply: (reply: ConsumedBatch) => reply.bytes,
        decodeReply: (payload: Uint8Array) => new ConsumedBatch(payload, encryptor),
      },
    };
  }

  /** Never sent twice by itself: the caller has to know why a reply was lost. */
  poll(
    partitionId: number,
    strategy: PollingStrategy,
    count: number,
    autoCommit: boolean,
    ticket: PollTicket,
  ): Promise<ConsumedBatch> {
    const { stream, topic, identity } = this.settings;
    const request = { stream, topic, partitionId, consumer: identity, strategy, count, autoCommit };
    return this.gate.run(ticket, () =>
      this.named(this.requests.call(this.pollCommand, request, { resend: false }), partitionId),
    );
  }

  getOffset(partitionId: number): Promise<ConsumerOffset | null> {
    const call = this.requests.call(COMMANDS.getOffset, this.offsetTarget(partitionId));
    return this.named(call, partitionId);
  }

  /**
   * Throws `iggy-client.partition-lost` where the partition belongs to another member of the group. For a group it is not
   * sent again by itself: on a new session it would come before the client is a member again.
   */
  async storeOffset(partitionId: number, offset: number): Promise<void> {
    const request = {
      ...this.offsetTarget(partitionId),
      offset: BigInt(offset),
      ack: "quorum" as const,
    };
    try {
      const resend = this.settings.group === undefined;
      await this.named(this.requests.call(COMMANDS.storeOffset, request, { resend }), partitionId);
    } catch (cause) {
      if (refusalCode(cause) !== IggyErrorCode.ResourceNotFound || !this.settings.group) throw cause;
      throw consumerError(
        "iggy-client.partition-lost",
        `offset ${offset} of ${this.label(partitionId)} was not committed`,
        { cause, context: { partitionId, offset } },
      );
    }
  }

  /** Also succeeds when nothing is stored. */
  async deleteOffset(partitionId: number): Promise<void> {
    try {
      const request = { ...this.offsetTarget(partitionId), ack: "quorum" as const };
      await this.named(this.requests.call(COMMANDS.deleteOffset, request), partitionId);
    } catch (error) {
      if (refusalCode(error) !== IggyErrorCode.ConsumerOffsetNotFound) throw error;
    }
  }

  /** Throws `iggy-client.consumer-target-missing` for a missing stream or topic. */
  async getTopic(): Promise<TopicDetails> {
    const { stream, topic } = this.settings;
    const found = await this.requests.call(COMMANDS.getTopic, { stream, topic });
    if (found) return found;
    throw consumerError("iggy-client.consumer-target-missing", `there is no topic ${stream}/${topic}`);
  }

  async groupExists(): Promise<boolean> {
    return (await this.named(this.requests.call(COMMANDS.getGroup, this.groupTarget))) !== null;
  }

  /** Also succeeds when another client was faster. */
  async createGroup(): Promise<void> {
    const { stream, topic, group } = this.settings;
    try {
      await this.named(this.requests.call(COMMANDS.createGroup, { stream, topic, name: group! }));
    } catch (error) {
      if (refusalCode(error) !== IggyErrorCode.ConsumerGroupNameAlreadyExists) throw error;
    }
  }

  /** Sent again after a lost connection: a member of the new session is what it is to make. */
  async joinGroup(): Promise<void> {
    await this.named(this.requests.call(COMMANDS.joinGroup, this.groupTarget, { resend: true }));
  }

  /** Also succeeds for a client that is no member, and for a group that is gone. */
  async leaveGroup(): Promise<void> {
    try {
      await this.requests.call(COMMANDS.leaveGroup, this.groupTarget);
    } catch (error) {
      const isNoMember = refusalCode(error) === IggyErrorCode.ConsumerGroupMemberNotFound;
      if (!isNoMember && requestFault(error) !== "missing") throw error;
    }
  }

  /** `null` = not a member. */
  syncGroup(): Promise<GroupAssignment | null> {
    return this.requests.call(COMMANDS.syncGroup, this.groupTarget);
  }

  label(partitionId: number): string {
    return `${this.settings.stream}/${this.settings.topic}/${partitionId}`;
  }

  private offsetTarget(partitionId: number) {
    const { stream, topic, identity } = this.settings;
    return { stream, topic, partitionId, consumer: identity };
  }

  private get groupTarget() {
    const { stream, topic, group } = this.settings;
    return { stream, topic, group: group! };
  }

  private async named<Reply>(call: Promise<Reply>, partitionId?: number): Promise<Reply> {
    try {
      return await call;
    } catch (cause) {
      if (requestFault(cause) !== "missing") throw cause;
      const { stream, topic, group } = this.settings;
      const where =
        partitionId === undefined ? `${stream}/${topic}, group ${group}` : this.label(partitionId);
      throw consumerError("iggy-client.consumer-target-missing", `${where} is not there`, {
        cause,
        context: { code: refusalCode(cause) },
      });
    }
  }
}
