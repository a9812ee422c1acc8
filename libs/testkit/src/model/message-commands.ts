import type { Clock } from "@ims/common";
import {
  COMMANDS,
  type Consumer,
  checkOffsetDeltas,
  type Identifier,
  IggyErrorCode,
  type PollMessagesReply,
  type PollMessagesRequest,
  RESYNC_PARTITION_ID,
  type SendMessagesRequest,
  validateBatch,
  xxh32,
} from "@ims/iggy-protocol";
import type { CatalogModel, TopicModel } from "./catalog-model.js";
import { type Caller, modelCommand } from "./model-command.js";
import type { PartitionModel } from "./partition-model.js";
import { Refusal, statusRefusal } from "./refusal.js";

const NOTHING: PollMessagesReply = {
  partitionId: 0,
  currentOffset: 0,
  messageCount: 0,
  batches: new Uint8Array(0),
};
const missingTarget = () => statusRefusal(IggyErrorCode.ResourceNotFound);

/** Send and poll. */
export function messageCommands(catalog: CatalogModel, clock: Clock) {
  return [
    modelCommand(COMMANDS.sendMessages, (request) => send(catalog, clock, request), missingTarget()),
    modelCommand(
      COMMANDS.pollMessages,
      (request, caller) => poll(catalog, request, caller),
      COMMANDS.pollMessages.codec.encodeReply(NOTHING),
    ),
  ];
}

/** A batch that does not hold together gets no reply at all. */
function send(catalog: CatalogModel, clock: Clock, request: SendMessagesRequest) {
  const stream = catalog.stream(request.stream, missingTarget);
  const topic = catalog.topic(request, missingTarget);
  const partition = choosePartition(topic, request);
  if (!partition) throw missingTarget();
  try {
    validateBatch(request.batch, 0, request.batch.length, request.messageCount);
    checkOffsetDeltas(request.batch);
  } catch {
    throw new Refusal("silence", 0);
  }
  if (request.partitioning.kind === "balanced") topic.nextBalanced++;
  const baseOffset = partition.append(request.batch, clock.nowMicros());
  return [{ streamId: stream.id, topicId: topic.id, partitionId: partition.id, baseOffset }];
}

function choosePartition(
  topic: TopicModel,
  { partitioning }: SendMessagesRequest,
): PartitionModel | undefined {
  const { partitions } = topic;
  switch (partitioning.kind) {
    case "partition":
      return partitions[partitioning.partitionId];
    case "balanced":
      return partitions[topic.nextBalanced % partitions.length];
    case "key":
      return partitions[xxh32(partitioning.key) % partitions.length];
  }
}

function poll(catalog: CatalogModel, request: PollMessagesRequest, { client }: Caller): PollMessagesReply {
  const topic = catalog.topic(request, statusRefusal);
  const partition = topic.partitions[request.partitionId ?? 0];
  if (!partition) throw statusRefusal(IggyErrorCode.PartitionNotFound);
  if (request.consumer.kind === "group") {
    if (request.partitionId === null) return NOTHING;
    const group = topic.groups.find(request.consumer.id);
    if (!group?.owns(client, partition.id)) return { ...NOTHING, partitionId: RESYNC_PARTITION_ID };
  }
  const key = consumerKey(topic, request.consumer);
  const found = partition.poll(request.strategy, request.count, key);
  if (found.messageCount > 0) noteProgress(topic, partition, request, key, found.lastOffset);
  return {
    partitionId: partition.id,
    currentOffset: partition.currentOffset,
    messageCount: found.messageCount,
    batches: found.batches,
  };
}

/** Auto-commit stores the last offset and never moves one back; without it a group's partition is in use. */
function noteProgress(
  topic: TopicModel,
  partition: PartitionModel,
  { consumer, autoCommit }: PollMessagesRequest,
  key: string,
  lastOffset: number,
): void {
  const group = consumer.kind === "group" ? topic.groups.find(consumer.id) : undefined;
  group?.onPolled(partition.id, lastOffset);
  if (!autoCommit) return;
  if (lastOffset > (partition.offsets.get(key) ?? -1)) partition.offsets.set(key, lastOffset);
  group?.onCommitted(partition.id, lastOffset);
}

/** Whose offset it is: a plain consumer's number or the hash of its name, or the number of a group. */
export function consumerKey(topic: TopicModel, consumer: Consumer): string {
  if (consumer.kind === "group") return `group ${topic.groups.find(consumer.id)?.id}`;
  return `consumer ${consumerNumber(consumer.id)}`;
}

function consumerNumber(id: Identifier): number {
  return typeof id === "number" ? id : xxh32(new TextEncoder().encode(id));
}
