import {
  COMMANDS,
  IggyErrorCode,
  POLL_REPLY_HEAD_BYTES,
  type PollMessagesRequest,
  RESYNC_PARTITION_ID,
  sliceBatch,
} from "@ims/iggy-protocol";
import type { LogRecord } from "@ims/segment-log";
import type { GroupEntry, PartitionEntry, TopicEntry } from "../catalog/catalog.js";
import type { ConsumerGroup, Tenure } from "../groups/consumer-group.js";
import type { ConsumerKind } from "../offsets/offset-slots.js";
import type { Partition } from "../partitions/partition.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { existingTopic } from "./catalog-lookup.js";
import { consumerNumber } from "./consumer-number.js";
import { requireOffsetRoom } from "./offset-commands.js";
import { requireRight } from "./permission.js";
import { statusRefusal } from "./refusal.js";
import { ownPieces, type ReplyPieces } from "./reply-pieces.js";

/** The reply's pieces: its head, then stored batches as they lie in the log, the first and last cut to size. */
export async function pollMessages(
  context: BrokerContext,
  body: Uint8Array,
  caller: Caller,
): Promise<ReplyPieces> {
  let request: PollMessagesRequest;
  try {
    request = COMMANDS.pollMessages.codec.decodeRequest(body);
  } catch {
    return ownPieces(pollHead(0, 0, 0));
  }
  const { stream, topic, entry } = pollTarget(context, request);
  requireRight(caller.user, "pollMessages", stream.id, topic.id);
  if (request.consumer.kind === "consumer") {
    const id = consumerNumber(request.consumer.id);
    const consumer = { kind: "consumer", id, mayCommit: () => true } as const;
    return (await pollPartition(context, topic, entry, request, consumer)).reply;
  }
  if (request.partitionId === null) return ownPieces(pollHead(0, 0, 0));
  const group = topic.groups.find(request.consumer.id);
  const state = group && context.groups.find(group);
  const tenure = state?.beginPoll(caller.headerClient, entry.id);
  if (group === undefined || state === undefined || tenure === undefined) return resync();
  return pollAsMember(context, topic, entry, request, { group, state, tenure });
}

/** One member's poll of a partition that it owned when it asked. */
interface MemberPoll {
  readonly group: GroupEntry;
  readonly state: ConsumerGroup;
  readonly tenure: Tenure;
}

/** A partition that moves while it is read is neither committed nor handed out: its new owner reads it again. */
async function pollAsMember(
  context: BrokerContext,
  topic: TopicEntry,
  entry: PartitionEntry,
  request: PollMessagesRequest,
  { group, state, tenure }: MemberPoll,
): Promise<ReplyPieces> {
  const { storageId } = entry;
  const consumer = { kind: "group", id: group.id, mayCommit: () => state.holds(tenure) } as const;
  let polled: Polled | undefined;
  let isHeld = false;
  try {
    polled = await pollPartition(context, topic, entry, request, consumer);
  } finally {
    // After a purge the offsets are those of messages that are gone.
    const lastOffset = entry.storageId === storageId ? polled?.lastOffset : undefined;
    const storedOffset = context.partitions.find(entry.storageId)?.offsets.get("group", group.id);
    isHeld = state.endPoll(tenure, lastOffset, storedOffset);
  }
  if (polled.isCommitted || isHeld) return polled.reply;
  polled.reply.release();
  return resync();
}

interface Polled {
  readonly reply: ReplyPieces;
  /** Of the last message in the reply, undefined when there is none. */
  readonly lastOffset: number | undefined;
  /** The offset was stored with the poll: nobody else will get these messages. */
  readonly isCommitted: boolean;
}

/** In whose name a partition is read. */
interface PollConsumer {
  readonly kind: ConsumerKind;
  readonly id: number;
  /** Asked right before an offset is stored. */
  readonly mayCommit: () => boolean;
}

async function pollPartition(
  context: BrokerContext,
  topic: TopicEntry,
  entry: PartitionEntry,
  request: PollMessagesRequest,
  consumer: PollConsumer,
): Promise<Polled> {
  const empty = (currentOffset: number): Polled => ({
    reply: ownPieces(pollHead(entry.id, currentOffset, 0)),
    lastOffset: undefined,
    isCommitted: false,
  });
  const partition = context.partitions.find(entry.storageId);
  if (partition === undefined) return empty(0);
  await partition.settled();
  if (request.count === 0) return empty(partition.currentOffset);
  if (request.autoCommit) requireOffsetRoom(partition, consumer);
  const from = await pollStart(partition, request, consumer);
  const { records, release } = await partition.read(from, request.count, context.pollBytesMax);
  try {
    const reply = cutRecords(records, from, request.count);
    const stored = partition.offsets.get(consumer.kind, consumer.id) ?? -1;
    const isCommitted = request.autoCommit && reply.lastOffset > stored && consumer.mayCommit();
    if (isCommitted) await partition.offsets.store(consumer.kind, consumer.id, reply.lastOffset);
    const head = pollHead(entry.id, partition.currentOffset, reply.messageCount);
    const pieces = topic.partitions.includes(entry) ? [head, ...reply.pieces] : [head];
    return {
      reply: { pieces, release },
      lastOffset: reply.messageCount > 0 ? reply.lastOffset : undefined,
      isCommitted,
    };
  } catch (error) {
    release();
    throw error;
  }
}

function pollTarget(context: BrokerContext, request: PollMessagesRequest) {
  const { stream, topic } = existingTopic(context, request, statusRefusal);
  const entry = topic.partitions[request.partitionId ?? 0];
  if (entry === undefined) throw statusRefusal(IggyErrorCode.PartitionNotFound);
  return { stream, topic, entry };
}

async function pollStart(
  partition: Partition,
  request: PollMessagesRequest,
  consumer: PollConsumer,
): Promise<number> {
  const { strategy, count } = request;
  switch (strategy.kind) {
    case "offset":
      return partition.startOffset({ kind: "offset", offset: toSafeNumber(strategy.value) }, count);
    case "timestamp":
      return partition.startOffset({ kind: "timestamp", micros: toSafeNumber(strategy.value) }, count);
    case "first":
      return partition.startOffset({ kind: "offset", offset: 0 }, count);
    case "last":
      return partition.startOffset({ kind: "last" }, count);
    case "next": {
      const offset = (partition.offsets.get(consumer.kind, consumer.id) ?? -1) + 1;
      return partition.startOffset({ kind: "offset", offset }, count);
    }
  }
}

function cutRecords(records: readonly LogRecord[], from: number, count: number) {
  const pieces: Uint8Array[] = [];
  let messageCount = 0;
  let lastOffset = -1;
  for (const { bytes, baseOffset, messageCount: stored } of records) {
    const left = count - messageCount;
    if (left <= 0) break;
    if (baseOffset >= from && stored <= left) {
      pieces.push(bytes);
      messageCount += stored;
      lastOffset = baseOffset + stored - 1;
      continue;
    }
    const slice = sliceBatch(bytes, 0, from, left);
    if (slice === undefined) continue;
    pieces.push(slice.header, bytes.subarray(slice.framesStart, slice.framesEnd));
    messageCount += slice.messageCount;
    lastOffset = slice.lastOffset;
  }
  return { pieces, messageCount, lastOffset };
}

function resync(): ReplyPieces {
  return ownPieces(pollHead(RESYNC_PARTITION_ID, 0, 0));
}

function pollHead(partitionId: number, currentOffset: number, messageCount: number): Uint8Array {
  const head = Buffer.alloc(POLL_REPLY_HEAD_BYTES);
  head.writeUInt32LE(partitionId, 0);
  head.writeBigUInt64LE(BigInt(currentOffset), 4);
  head.writeUInt32LE(messageCount, 12);
  return head;
}

function toSafeNumber(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}
