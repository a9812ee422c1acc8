import {
  COMMANDS,
  type Consumer,
  encodeBatch,
  frameBody,
  IggyErrorCode,
  type PollMessagesRequest,
  sliceBatch,
  stampBatch,
  topicOptions,
  UNLIMITED,
} from "@ims/iggy-protocol";
import { GroupModel } from "./group-model.js";
import type { PeerRequest } from "./scripted-peer.js";

interface StoredBatch {
  readonly bytes: Uint8Array;
  readonly baseOffset: number;
  readonly count: number;
}

/** One partition: batches of text messages, each message naming its partition and offset. */
export class PartitionModel {
  nextOffset = 0;
  /** Messages whose bytes change whenever they are read. */
  readonly damaged = new Set<number>();
  private batches: StoredBatch[] = [];

  constructor(readonly id: number) {}

  /** Stores a batch of messages of `byteCount` bytes each. */
  append(count: number, byteCount = 0, payloadOf = (offset: number) => `${this.id}:${offset}`): void {
    const messages = Array.from({ length: count }, (_, index) => {
      const payload = new Uint8Array(Buffer.from(payloadOf(this.nextOffset + index).padEnd(byteCount)));
      return {
        id: BigInt(this.nextOffset + index),
        payload,
        originMicros: 1_000_000 + this.nextOffset + index,
      };
    });
    this.store(encodeBatch(messages), count);
  }

  store(batch: Uint8Array, count: number): void {
    const baseTimestampMicros = this.nextOffset * 10;
    stampBatch(batch, 0, { partitionId: this.id, baseOffset: this.nextOffset, baseTimestampMicros });
    this.batches.push({ bytes: batch, baseOffset: this.nextOffset, count });
    this.nextOffset += count;
  }

  get currentOffset(): number {
    return Math.max(0, this.nextOffset - 1);
  }

  /** Deletes whole batches below the offset, as retention does. */
  trim(belowOffset: number): void {
    this.batches = this.batches.filter(({ baseOffset, count }) => baseOffset + count > belowOffset);
  }

  purge(): void {
    this.batches = [];
    this.nextOffset = 0;
  }

  /** Loses the end of the log from a batch border on. */
  loseFrom(offset: number): void {
    this.batches = this.batches.filter(({ baseOffset }) => baseOffset < offset);
    const last = this.batches.at(-1);
    this.nextOffset = last ? last.baseOffset + last.count : 0;
  }

  startOf(strategy: PollMessagesRequest["strategy"], count: number, stored: number): number {
    switch (strategy.kind) {
      case "offset":
        return Number(strategy.value);
      case "timestamp":
        return (
          this.batches.find(({ baseOffset }) => baseOffset * 10 >= Number(strategy.value))?.baseOffset ??
          this.nextOffset
        );
      case "first":
        return 0;
      case "last":
        return Math.max(0, this.nextOffset - count);
      case "next":
        return stored + 1;
    }
  }

  read(fromOffset: number, countMax: number): { batches: Uint8Array; count: number; lastOffset: number } {
    const parts: Uint8Array[] = [];
    let count = 0;
    let lastOffset = -1;
    for (const { bytes, baseOffset, count: stored } of this.batches) {
      if (baseOffset + stored <= fromOffset || count >= countMax) continue;
      const slice = sliceBatch(bytes, 0, fromOffset, countMax - count);
      if (!slice) continue;
      const frames = bytes.slice(slice.framesStart, slice.framesEnd);
      for (const offset of this.damaged) {
        if (offset >= slice.firstOffset && offset <= slice.lastOffset) {
          const frameBytes = frames.length / slice.messageCount;
          const at = Math.floor((offset - slice.firstOffset + 1) * frameBytes) - 1;
          frames[at]! ^= 1;
        }
      }
      parts.push(slice.header, frames);
      count += slice.messageCount;
      lastOffset = slice.lastOffset;
    }
    return { batches: Buffer.concat(parts), count, lastOffset };
  }
}

/** A topic with partitions, stored offsets and one consumer group, as a script of a peer. */
export class TopicModel {
  readonly partitions: PartitionModel[];
  /** Key: consumer and partition. */
  readonly offsets = new Map<string, number>();
  /** Every offset stored, in order. */
  readonly stores: { consumer: string; partitionId: number; offset: number }[] = [];
  readonly polls: PollMessagesRequest[] = [];
  readonly group: GroupModel;
  groupExists = false;
  exists = true;

  constructor(partitionCount = 1) {
    this.partitions = Array.from({ length: partitionCount }, (_, id) => new PartitionModel(id));
    this.group = new GroupModel(
      () => this.partitions.map(({ id }) => id),
      (partitionId) => this.offsets.get(offsetKey({ kind: "group", id: "g" }, partitionId)) ?? -1,
    );
  }

  get partition(): PartitionModel {
    return this.partitions[0]!;
  }

  storedBy(consumer: Consumer, partitionId = 0): number | undefined {
    return this.offsets.get(offsetKey(consumer, partitionId));
  }

  /** To be given to a peer; answers what concerns topics, polls, offsets and groups. */
  readonly script = (request: PeerRequest): boolean => {
    switch (request.name) {
      case "session.login":
        request.connection.socket.once("close", () => this.group.leave(request.header.client));
        return false;
      case "topic.get":
        request.reply(this.exists ? this.details() : null);
        return true;
      case "message.poll":
        this.poll(request);
        return true;
      case "offset.get":
        this.getOffset(request);
        return true;
      case "offset.store":
      case "offset.delete":
        this.changeOffset(request);
        return true;
      default:
        return request.name.startsWith("group.") && this.onGroup(request);
    }
  };

  private poll(request: PeerRequest): void {
    const poll = COMMANDS.pollMessages.codec.decodeRequest(frameBody(request.frame));
    this.polls.push(poll);
    const partitionId = poll.partitionId ?? 0;
    const partition = this.partitions[partitionId];
    if (poll.consumer.kind === "group" && !this.group.mayPoll(request.header.client, partitionId)) {
      request.reply({
        partitionId: 0xffff_ffff,
        currentOffset: 0,
        messageCount: 0,
        batches: new Uint8Array(0),
      });
      return;
    }
    if (!this.exists || !partition) {
      request.refuseByStatus(this.exists ? IggyErrorCode.PartitionNotFound : IggyErrorCode.TopicIdNotFound);
      return;
    }
    const key = offsetKey(poll.consumer, partitionId);
    const from = partition.startOf(poll.strategy, poll.count, this.offsets.get(key) ?? -1);
    const { batches, count, lastOffset } = partition.read(from, poll.count);
    if (count > 0) {
      if (poll.consumer.kind === "group") this.group.onPolled(partitionId, lastOffset);
      if (poll.autoCommit) {
        this.offsets.set(key, Math.max(this.offsets.get(key) ?? -1, lastOffset));
        if (poll.consumer.kind === "group") this.group.onStored(partitionId);
      }
    }
    request.reply({ partitionId, currentOffset: partition.currentOffset, messageCount: count, batches });
  }

  private getOffset(request: PeerRequest): void {
    const { consumer, partitionId } = COMMANDS.getOffset.codec.decodeRequest(frameBody(request.frame));
    const id = partitionId ?? 0;
    const storedOffset = this.offsets.get(offsetKey(consumer, id));
    const partition = this.partitions[id];
    if (storedOffset === undefined || !partition) request.reply(null);
    else request.reply({ partitionId: id, currentOffset: partition.currentOffset, storedOffset });
  }

  private changeOffset(request: PeerRequest): void {
    const body = frameBody(request.frame);
    const isStore = request.name === "offset.store";
    const target = isStore
      ? COMMANDS.storeOffset.codec.decodeRequest(body)
      : COMMANDS.deleteOffset.codec.decodeRequest(body);
    const partitionId = target.partitionId ?? 0;
    const partition = this.partitions[partitionId];
    const isGroup = target.consumer.kind === "group";
    if (!this.exists || !partition || (isGroup && !this.group.mayStore(request.header.client, partitionId))) {
      request.refuseByStatus(IggyErrorCode.ResourceNotFound);
      return;
    }
    const key = offsetKey(target.consumer, partitionId);
    if (!("offset" in target)) this.offsets.delete(key);
    else {
      const offset = Number(target.offset);
      if (offset >= partition.nextOffset) {
        request.refuseByStatus(IggyErrorCode.InvalidOffset);
        return;
      }
      this.offsets.set(key, offset);
      this.stores.push({ consumer: String(target.consumer.id), partitionId, offset });
      if (isGroup) this.group.onStored(partitionId);
    }
    request.reply(undefined);
  }

  private onGroup(request: PeerRequest): boolean {
    const { client } = request.header;
    const { group, partitions } = this;
    const record = { id: 0, partitionCount: partitions.length, memberCount: 0, name: "g", members: [] };
    switch (request.name) {
      case "group.get":
        request.reply(this.groupExists ? record : null);
        return true;
      case "group.create":
        if (!this.exists) request.refuseByResult(IggyErrorCode.TopicIdNotFound);
        else if (this.groupExists) request.refuseByResult(IggyErrorCode.ConsumerGroupNameAlreadyExists);
        else {
          this.groupExists = true;
          request.reply(record);
        }
        return true;
      case "group.join":
        if (!this.groupExists) request.refuseByResult(IggyErrorCode.ConsumerGroupIdNotFound);
        else {
          group.join(client);
          request.reply(undefined);
        }
        return true;
      case "group.leave":
        if (group.leave(client)) request.reply(undefined);
        else request.refuseByResult(IggyErrorCode.ConsumerGroupMemberNotFound);
        return true;
      case "group.sync": {
        const partitionIds = group.assignmentOf(client);
        request.reply(partitionIds ? { generation: group.generation, partitionIds } : null);
        return true;
      }
      default:
        return false;
    }
  }

  private details() {
    return {
      id: 0,
      createdAtMicros: 1,
      partitionCount: this.partitions.length,
      messageExpiryMicros: UNLIMITED,
      compressionAlgorithm: "none",
      maxTopicBytes: UNLIMITED,
      sizeBytes: 0,
      messageCount: 0,
      name: "t",
      options: topicOptions({}),
      derivedOptions: [],
      partitions: this.partitions.map(({ id, currentOffset }) => ({
        id,
        createdAtMicros: 1,
        segmentCount: 1,
        currentOffset,
        sizeBytes: 0,
        messageCount: 0,
      })),
    };
  }
}

function offsetKey({ kind, id }: Consumer, partitionId: number): string {
  return `${kind} ${id} ${partitionId}`;
}
