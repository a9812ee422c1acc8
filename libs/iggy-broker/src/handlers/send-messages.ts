import { isImsError } from "@ims/common";
import {
  COMMANDS,
  checkOffsetDeltas,
  IggyErrorCode,
  type SendMessagesRequest,
  validateBatch,
  xxh32,
} from "@ims/iggy-protocol";
import type { PartitionEntry, TopicEntry } from "../catalog/catalog.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { decodeOr } from "./decode-or.js";
import { requireRight } from "./permission.js";
import { statusRefusal } from "./refusal.js";

/** A send that has its place in the log: the reply goes out, and the request's memory is free, when `stored` settles. */
export interface AdmittedSend {
  readonly payload: Uint8Array;
  readonly stored: Promise<void>;
}

/**
 * Checks a batch, gives it its offsets and hands it to the partition, which keeps the bytes. Admission is in order of
 * the calls as long as the caller waits for each one; storing goes on behind it.
 */
export async function sendMessages(
  context: BrokerContext,
  body: Uint8Array,
  caller: Caller,
): Promise<AdmittedSend> {
  const request = decodeOr(COMMANDS.sendMessages.codec, body, IggyErrorCode.ResourceNotFound);
  const found = context.catalog.findTopic(request.stream, request.topic);
  if (found === undefined || found.topic.partitions.length === 0) {
    throw statusRefusal(IggyErrorCode.ResourceNotFound);
  }
  const { stream, topic } = found;
  const entry = choosePartition(topic, request);
  requireRight(caller.user, "sendMessages", stream.id, topic.id);
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
