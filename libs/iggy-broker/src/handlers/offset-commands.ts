import { COMMANDS, IggyErrorCode, type OffsetTarget } from "@ims/iggy-protocol";
import type { PartitionEntry, TopicEntry } from "../catalog/catalog.js";
import type { ConsumerGroup, Tenure } from "../groups/consumer-group.js";
import type { ConsumerKind } from "../offsets/offset-slots.js";
import type { Partition } from "../partitions/partition.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { consumerNumber } from "./consumer-number.js";
import { decodeOr } from "./decode-or.js";
import { requireRight } from "./permission.js";
import { statusRefusal } from "./refusal.js";

const NOTHING = new Uint8Array(0);

/** Nothing stored, and everything missing but the partition, is an empty payload. */
export async function getOffset(
  context: BrokerContext,
  body: Uint8Array,
  caller: Caller,
): Promise<Uint8Array> {
  let request: OffsetTarget;
  try {
    request = COMMANDS.getOffset.codec.decodeRequest(body);
  } catch {
    return NOTHING;
  }
  const found = context.catalog.findTopic(request.stream, request.topic);
  if (found === undefined) return NOTHING;
  const { stream, topic } = found;
  const entry = topic.partitions[request.partitionId ?? 0];
  if (entry === undefined) throw statusRefusal(IggyErrorCode.PartitionNotFound);
  requireRight(caller.user, "pollMessages", stream.id, topic.id);
  const partition = context.partitions.find(entry.storageId);
  const key = offsetKey(topic, request);
  if (partition === undefined || key === undefined) return NOTHING;
  await partition.settled();
  const storedOffset = partition.offsets.get(key.kind, key.id);
  if (storedOffset === undefined) return NOTHING;
  const { currentOffset } = partition;
  return COMMANDS.getOffset.codec.encodeReply({ partitionId: entry.id, currentOffset, storedOffset });
}

/** Sets an offset in either direction, up to the last message. Of a group only its owner of the partition may. */
export async function storeOffset(context: BrokerContext, body: Uint8Array, caller: Caller): Promise<void> {
  const request = decodeOr(COMMANDS.storeOffset.codec, body, IggyErrorCode.ResourceNotFound);
  const { partition, key, entry } = offsetTarget(context, request, caller);
  await partition?.settled();
  const ownership = requireOwnership(key, entry, caller);
  const messageEnd = partition?.log.committedNextOffset ?? 0;
  if (partition === undefined || request.offset >= BigInt(messageEnd)) {
    throw statusRefusal(IggyErrorCode.InvalidOffset);
  }
  requireOffsetRoom(partition, key);
  await partition.offsets.store(key.kind, key.id, Number(request.offset));
  ownership?.state.noteStored(ownership.tenure, partition.offsets.get(key.kind, key.id));
}

/** @throws Refusal status 1 when too many consumers have an offset in the partition */
export function requireOffsetRoom(
  { offsets }: Partition,
  { kind, id }: { readonly kind: ConsumerKind; readonly id: number },
): void {
  if (!offsets.hasRoomFor(kind, id)) throw statusRefusal(IggyErrorCode.Error);
}

export async function deleteOffset(context: BrokerContext, body: Uint8Array, caller: Caller): Promise<void> {
  const request = decodeOr(COMMANDS.deleteOffset.codec, body, IggyErrorCode.ResourceNotFound);
  const { partition, key, entry } = offsetTarget(context, request, caller);
  const ownership = requireOwnership(key, entry, caller);
  if (partition?.offsets.get(key.kind, key.id) === undefined) {
    throw statusRefusal(IggyErrorCode.ConsumerOffsetNotFound);
  }
  await partition.offsets.delete(key.kind, key.id);
  ownership?.state.noteStored(ownership.tenure, partition.offsets.get(key.kind, key.id));
}

/** Under which an offset is kept: a plain consumer's number, or a group's id. */
interface OffsetKey {
  readonly kind: ConsumerKind;
  readonly id: number;
  /** Set for a group that ever had a member. */
  readonly state?: ConsumerGroup | undefined;
}

/** @throws Refusal status 20 for anything unresolvable, 41 */
function offsetTarget(context: BrokerContext, request: OffsetTarget, caller: Caller) {
  const found = context.catalog.findTopic(request.stream, request.topic);
  const entry = request.partitionId === null ? undefined : found?.topic.partitions[request.partitionId];
  const group = request.consumer.kind === "group" ? found?.topic.groups.find(request.consumer.id) : undefined;
  const key = found && offsetKey(found.topic, request);
  if (found === undefined || entry === undefined || key === undefined) {
    throw statusRefusal(IggyErrorCode.ResourceNotFound);
  }
  requireRight(caller.user, "pollMessages", found.stream.id, found.topic.id);
  // Undefined for a partition that holds nothing yet.
  const partition: Partition | undefined = context.partitions.find(entry.storageId);
  return { partition, entry, key: { ...key, state: group && context.groups.find(group) } };
}

function offsetKey(topic: TopicEntry, { consumer }: OffsetTarget): OffsetKey | undefined {
  if (consumer.kind === "consumer") return { kind: "consumer", id: consumerNumber(consumer.id) };
  const group = topic.groups.find(consumer.id);
  return group && { kind: "group", id: group.id };
}

/** Nothing to own for a plain consumer. @throws Refusal status 20 for a client that does not own the partition */
function requireOwnership(
  key: OffsetKey,
  entry: PartitionEntry,
  caller: Caller,
): { readonly state: ConsumerGroup; readonly tenure: Tenure } | undefined {
  if (key.kind === "consumer") return undefined;
  const tenure = key.state?.tenureOf(caller.client, entry.id);
  if (key.state === undefined || tenure === undefined) throw statusRefusal(IggyErrorCode.ResourceNotFound);
  return { state: key.state, tenure };
}
