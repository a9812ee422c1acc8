import { isImsError } from "@ims/common";
import {
  COMMANDS,
  checkOffsetDeltas,
  IggyErrorCode,
  POLL_REPLY_HEAD_BYTES,
  type PollMessagesRequest,
  RESYNC_PARTITION_ID,
  type SendMessagesRequest,
  sliceBatch,
  validateBatch,
  xxh32,
} from "@ims/iggy-protocol";
import type { LogRecord } from "@ims/segment-log";
import type { PartitionEntry, TopicEntry } from "../catalog/catalog.js";
import type { Partition } from "../partitions/partition.js";
import type { BrokerContext } from "./broker-context.js";
import { consumerNumber } from "./consumer-number.js";
import { decodeOr } from "./decode-or.js";
import { statusRefusal } from "./refusal.js";

/** A send that has its place in the log: the reply goes out when `stored` resolves. */
export interface AdmittedSend {
  readonly payload: Uint8Array;
  readonly stored: Promise<void>;
}

/**
 * Checks a batch, gives it its offsets and hands it to the partition, which keeps the bytes. Admission is in order of
 * the calls as long as the caller waits for each one; storing goes on behind it.
 */
export async function sendMessages(context: BrokerContext, body: Uint8Array): Promise<AdmittedSend> {
  const request = decodeOr(COMMANDS.sendMessages.codec, body, IggyErrorCode.ResourceNotFound);
  const found = context.catalog.findTopic(request.stream, request.topic);
  if (found === undefined || found.topic.partitions.length === 0) {
    throw statusRefusal(IggyErrorCode.ResourceNotFound);
  }
  const { stream, topic } = found;
  const entry = choosePartition(topic, request);
  checkBatch(request);
  const partition =
    context.partitions.find(entry.storageId) ??
    (await context.partitions.open(entry.storageId, topic.settings));
  if (request.partitioning.kind === "balanced") topic.nextBalanced++;
  const { baseOffset, stored } = partition.append(request.batch, entry.id);
  const placement = { streamId: stream.id, topicId: topic.id, partitionId: entry.id, baseOffset };
  return { payload: COMMANDS.sendMessages.codec.encodeReply([placement]), stored };
}

/** The status of a batch that could not be stored. */
export function storeFailureStatus(error: unknown): number {
  return isImsError(error, "log.closed") ? IggyErrorCode.ResourceNotFound : IggyErrorCode.CannotWriteToFile;
}

/** The reply's pieces: its head, then stored batches as they lie in the log, the first and last cut to size. */
export async function pollMessages(context: BrokerContext, body: Uint8Array): Promise<readonly Uint8Array[]> {
  let request: PollMessagesRequest;
  try {
    request = COMMANDS.pollMessages.codec.decodeRequest(body);
  } catch {
    return [pollHead(0, 0, 0)];
  }
  const { entry, topic } = pollTarget(context, request);
  // No group exists here, and a poll in the name of a missing one asks the member to synchronise.
  if (request.consumer.kind === "group") {
    return [request.partitionId === null ? pollHead(0, 0, 0) : pollHead(RESYNC_PARTITION_ID, 0, 0)];
  }
  const partition = context.partitions.find(entry.storageId);
  if (partition === undefined) return [pollHead(entry.id, 0, 0)];
  await partition.log.settled();
  if (request.count === 0) return [pollHead(entry.id, partition.currentOffset, 0)];
  const consumerId = consumerNumber(request.consumer.id);
  const from = await pollStart(partition, request, consumerId);
  const records = await partition.read(from, request.count, context.pollBytesMax);
  const reply = cutRecords(records, from, request.count);
  if (request.autoCommit && reply.messageCount > 0) {
    const stored = partition.offsets.get("consumer", consumerId) ?? -1;
    if (reply.lastOffset > stored) await partition.offsets.store("consumer", consumerId, reply.lastOffset);
  }
  const head = pollHead(entry.id, partition.currentOffset, reply.messageCount);
  return topic.partitions.includes(entry) ? [head, ...reply.pieces] : [head];
}

function choosePartition(topic: TopicEntry, { partitioning }: SendMessagesRequest): PartitionEntry {
  const { partitions, nextBalanced } = topic;
  switch (partitioning.kind) {
    case "balanced":
      return partitions[nextBalanced % partitions.length]!;
    case "key":
      return partitions[xxh32(partitioning.key) % partitions.length]!;
    case "partition": {
      const entry = partitions[partitioning.partitionId];
      if (entry === undefined) throw statusRefusal(IggyErrorCode.ResourceNotFound);
      return entry;
    }
  }
}

/** The reference server stays silent to a wrong batch; a broker may answer (wire.md section 8). */
function checkBatch({ batch, messageCount }: SendMessagesRequest): void {
  try {
    validateBatch(batch, 0, batch.length, messageCount);
    checkOffsetDeltas(batch);
  } catch (error) {
    if (!isImsError(error, "iggy-protocol.checksum-mismatch"))
      throw statusRefusal(IggyErrorCode.InvalidFormat);
    const isMessage = Number(error.context.messageIndex) >= 0;
    throw statusRefusal(
      isMessage ? IggyErrorCode.InvalidMessageChecksum : IggyErrorCode.InvalidBatchChecksum,
    );
  }
}

function pollTarget(context: BrokerContext, request: PollMessagesRequest) {
  const stream = context.catalog.streams.find(request.stream);
  if (stream === undefined) throw statusRefusal(IggyErrorCode.StreamIdNotFound);
  const topic = stream.topics.find(request.topic);
  if (topic === undefined) throw statusRefusal(IggyErrorCode.TopicIdNotFound);
  const entry = topic.partitions[request.partitionId ?? 0];
  if (entry === undefined) throw statusRefusal(IggyErrorCode.PartitionNotFound);
  return { topic, entry };
}

async function pollStart(
  partition: Partition,
  request: PollMessagesRequest,
  consumerId: number,
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
      const offset = (partition.offsets.get("consumer", consumerId) ?? -1) + 1;
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
