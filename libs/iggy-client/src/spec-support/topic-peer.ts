import {
  COMMANDS,
  checkOffsetDeltas,
  type DecodedMessage,
  decodeBatch,
  frameBody,
  IggyErrorCode,
  type StreamDetails,
  type TopicDetails,
  validateBatch,
} from "@ims/iggy-protocol";
import { type PeerRequest, ScriptedPeer } from "./scripted-peer.js";

/** What happens to a send: stored and answered, stored or not before the connection drops, kept back, or refused. */
export type SendStep = "store" | "store-and-drop" | "drop" | "hold" | number;

/** Gives each send the next step of the list, and stores when there is none left. */
export function sendSteps(...list: SendStep[]): () => SendStep {
  return () => list.shift() ?? "store";
}

/** A peer with one stream and one topic that keeps what is sent, as a server would, after checking every batch. */
export class TopicPeer {
  /** `undefined` = the topic is missing. */
  partitionCount: number | undefined;
  hasStream = true;
  /** Whether streams and topics may be created. */
  allowsCreation = true;
  created: string[] = [];
  readonly stored: DecodedMessage[][] = [];
  readonly held: PeerRequest[] = [];
  /** Called for each send. */
  plan: (request: PeerRequest, partitionId: number) => SendStep = () => "store";

  private constructor(readonly peer: ScriptedPeer) {
    peer.script = (request) => this.handle(request);
  }

  static async start(partitionCount: number | undefined): Promise<TopicPeer> {
    const topicPeer = new TopicPeer(await ScriptedPeer.start());
    topicPeer.partitionCount = partitionCount;
    return topicPeer;
  }

  get sendCount(): number {
    return this.peer.named("message.send").length;
  }

  /** The number that the first payload of a send begins with. */
  static firstNumber(request: PeerRequest): number {
    const { batch } = COMMANDS.sendMessages.codec.decodeRequest(frameBody(request.frame));
    return Buffer.from(decodeBatch(batch).messages[0]!.payload).readUInt32LE();
  }

  /** Stores and answers a send that was held. */
  release(request: PeerRequest): void {
    this.store(request);
  }

  /** Messages of a partition as the numbers that their payloads begin with. */
  numbers(partitionId: number): number[] {
    return (this.stored[partitionId] ?? []).map(({ payload }) => Buffer.from(payload).readUInt32LE());
  }

  private handle(request: PeerRequest): boolean {
    switch (request.name) {
      case "message.send":
        this.onSend(request);
        return true;
      case "stream.get":
        request.reply(this.hasStream ? streamDetails() : null);
        return true;
      case "topic.get":
        request.reply(this.partitionCount === undefined ? null : topicDetails(this.partitionCount));
        return true;
      case "stream.create":
      case "topic.create":
        this.create(request);
        return true;
      default:
        return false;
    }
  }

  private create(request: PeerRequest): void {
    if (!this.allowsCreation) {
      request.refuseByStatus(IggyErrorCode.Unauthorized);
      return;
    }
    if (request.name === "topic.create" && !this.hasStream) {
      request.refuseByResult(IggyErrorCode.StreamIdNotFound);
      return;
    }
    this.created.push(request.name);
    if (request.name === "stream.create") {
      this.hasStream = true;
      request.reply(streamDetails());
      return;
    }
    this.partitionCount = COMMANDS.createTopic.codec.decodeRequest(frameBody(request.frame)).partitionCount;
    request.reply(topicDetails(this.partitionCount));
  }

  private onSend(request: PeerRequest): void {
    // A server handles nothing more of a connection that it closed.
    if (request.connection.socket.destroyed) return;
    const { partitionId } = this.sent(request);
    const isThere = this.partitionCount !== undefined && partitionId < this.partitionCount;
    const step = isThere ? this.plan(request, partitionId) : IggyErrorCode.ResourceNotFound;
    if (typeof step === "number") request.refuseByStatus(step);
    else if (step === "hold") this.held.push(request);
    else if (step === "store") this.store(request);
    else {
      if (step === "store-and-drop") this.keep(request);
      request.connection.drop();
    }
  }

  private store(request: PeerRequest): void {
    const { partitionId, baseOffset } = this.keep(request);
    request.reply([{ streamId: 0, topicId: 0, partitionId, baseOffset }]);
  }

  private keep(request: PeerRequest): { partitionId: number; baseOffset: number } {
    const { partitionId, batch, messageCount } = this.sent(request);
    validateBatch(batch, 0, batch.length, messageCount);
    checkOffsetDeltas(batch);
    this.stored[partitionId] ??= [];
    const messages = this.stored[partitionId];
    const baseOffset = messages.length;
    messages.push(...decodeBatch(batch).messages);
    return { partitionId, baseOffset };
  }

  private sent(request: PeerRequest) {
    const { partitioning, ...rest } = COMMANDS.sendMessages.codec.decodeRequest(frameBody(request.frame));
    if (partitioning.kind !== "partition") throw new Error(`a send with ${partitioning.kind} partitioning`);
    return { ...rest, partitionId: partitioning.partitionId };
  }
}

const RECORD = { id: 0, createdAtMicros: 0, sizeBytes: 0, messageCount: 0, options: [] };

function streamDetails(): StreamDetails {
  return { ...RECORD, name: "s", topicCount: 0, topics: [] };
}

function topicDetails(partitionCount: number): TopicDetails {
  return {
    ...RECORD,
    name: "t",
    partitionCount,
    messageExpiryMicros: 0n,
    compressionAlgorithm: "none",
    maxTopicBytes: 0n,
    derivedOptions: [],
    partitions: Array.from({ length: partitionCount }, (_, id) => ({
      ...RECORD,
      id,
      segmentCount: 1,
      currentOffset: 0,
    })),
  };
}
