import { COMMANDS, IggyErrorCode, type OffsetTarget } from "@ims/iggy-protocol";
import type { CatalogModel } from "./catalog-model.js";
import { consumerKey } from "./message-commands.js";
import { type Caller, modelCommand } from "./model-command.js";
import { statusRefusal } from "./refusal.js";

const EMPTY = new Uint8Array(0);
const missingTarget = () => statusRefusal(IggyErrorCode.ResourceNotFound);

/** Offsets that consumers store. */
export function offsetCommands(catalog: CatalogModel) {
  return [
    modelCommand(COMMANDS.getOffset, (request) => getOffset(catalog, request), EMPTY),
    modelCommand(
      COMMANDS.storeOffset,
      (request, caller) => {
        const { partition, key, group } = writeTarget(catalog, request, caller);
        const offset = Number(request.offset);
        if (offset >= partition.messages.length) throw statusRefusal(IggyErrorCode.InvalidOffset);
        partition.offsets.set(key, offset);
        group?.onCommitted(partition.id, offset);
        return undefined;
      },
      missingTarget(),
    ),
    modelCommand(
      COMMANDS.deleteOffset,
      (request, caller) => {
        const { partition, key } = writeTarget(catalog, request, caller);
        if (!partition.offsets.delete(key)) throw statusRefusal(IggyErrorCode.ConsumerOffsetNotFound);
        return undefined;
      },
      missingTarget(),
    ),
  ];
}

/** A missing stream, topic or group is an empty answer, a missing partition is refused. */
function getOffset(catalog: CatalogModel, request: OffsetTarget) {
  const topic = catalog.streams.find(request.stream)?.topics.find(request.topic);
  if (!topic) return null;
  const partition = topic.partitions[request.partitionId ?? 0];
  if (!partition) throw statusRefusal(IggyErrorCode.PartitionNotFound);
  if (request.consumer.kind === "group" && !topic.groups.find(request.consumer.id)) return null;
  const storedOffset = partition.offsets.get(consumerKey(topic, request.consumer));
  if (storedOffset === undefined) return null;
  return { partitionId: partition.id, currentOffset: partition.currentOffset, storedOffset };
}

function writeTarget(catalog: CatalogModel, request: OffsetTarget, { client }: Caller) {
  const topic = catalog.topic(request, missingTarget);
  const partition = request.partitionId === null ? undefined : topic.partitions[request.partitionId];
  if (!partition) throw missingTarget();
  const { consumer } = request;
  const group = consumer.kind === "group" ? topic.groups.find(consumer.id) : undefined;
  if (consumer.kind === "group" && !group?.mayCommit(client, partition.id)) throw missingTarget();
  return { partition, group, key: consumerKey(topic, consumer) };
}
