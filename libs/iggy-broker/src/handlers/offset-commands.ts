import { COMMANDS, IggyErrorCode, type OffsetTarget } from "@ims/iggy-protocol";
import type { Partition } from "../partitions/partition.js";
import type { BrokerContext } from "./broker-context.js";
import { consumerNumber } from "./consumer-number.js";
import { decodeOr } from "./decode-or.js";
import { statusRefusal } from "./refusal.js";

const NOTHING = new Uint8Array(0);

/** Nothing stored, and everything missing but the partition, is an empty payload. */
export async function getOffset(context: BrokerContext, body: Uint8Array): Promise<Uint8Array> {
  let request: OffsetTarget;
  try {
    request = COMMANDS.getOffset.codec.decodeRequest(body);
  } catch {
    return NOTHING;
  }
  const found = context.catalog.findTopic(request.stream, request.topic);
  if (found === undefined) return NOTHING;
  const entry = found.topic.partitions[request.partitionId ?? 0];
  if (entry === undefined) throw statusRefusal(IggyErrorCode.PartitionNotFound);
  const partition = context.partitions.find(entry.storageId);
  if (partition === undefined || request.consumer.kind === "group") return NOTHING;
  await partition.log.settled();
  const storedOffset = partition.offsets.get("consumer", consumerNumber(request.consumer.id));
  if (storedOffset === undefined) return NOTHING;
  const { currentOffset } = partition;
  return COMMANDS.getOffset.codec.encodeReply({ partitionId: entry.id, currentOffset, storedOffset });
}

/** Sets an offset in either direction, up to the last message. */
export async function storeOffset(context: BrokerContext, body: Uint8Array): Promise<void> {
  const request = decodeOr(COMMANDS.storeOffset.codec, body, IggyErrorCode.ResourceNotFound);
  const partition = await targetPartition(context, request);
  await partition?.log.settled();
  const messageEnd = partition?.log.committedNextOffset ?? 0;
  if (partition === undefined || request.offset >= BigInt(messageEnd)) {
    throw statusRefusal(IggyErrorCode.InvalidOffset);
  }
  await partition.offsets.store("consumer", consumerNumber(request.consumer.id), Number(request.offset));
}

export async function deleteOffset(context: BrokerContext, body: Uint8Array): Promise<void> {
  const request = decodeOr(COMMANDS.deleteOffset.codec, body, IggyErrorCode.ResourceNotFound);
  const partition = await targetPartition(context, request);
  const consumerId = consumerNumber(request.consumer.id);
  if (partition?.offsets.get("consumer", consumerId) === undefined) {
    throw statusRefusal(IggyErrorCode.ConsumerOffsetNotFound);
  }
  await partition.offsets.delete("consumer", consumerId);
}

/** The partition, undefined for one that holds nothing yet. @throws Refusal status 20 for anything unresolvable */
async function targetPartition(
  context: BrokerContext,
  request: OffsetTarget,
): Promise<Partition | undefined> {
  const found = context.catalog.findTopic(request.stream, request.topic);
  const entry = request.partitionId === null ? undefined : found?.topic.partitions[request.partitionId];
  // Groups come with the commands that create them; an offset of a missing group is refused like any missing target.
  if (entry === undefined || request.consumer.kind === "group")
    throw statusRefusal(IggyErrorCode.ResourceNotFound);
  return context.partitions.find(entry.storageId);
}
