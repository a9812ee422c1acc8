import { checkOffsetDeltas, validateBatch } from "../batch/validate-batch.js";
import { ByteWriter } from "../primitives/byte-writer.js";
import type { Identifier } from "../primitives/identifier.js";
import { type Partitioning, readPartitioning, writePartitioning } from "../primitives/partitioning.js";
import { commandCodec } from "./command-codec.js";
import { topicTarget } from "./stream-target.js";

/**
 * ```
 * [metadata_length u32]                     bytes of the next four fields
 * [stream][topic][partitioning][messages_count u32]
 * [batch]                                   256-byte batch header and frames, see src/batch
 * ```
 */
export interface SendMessagesRequest {
  readonly stream: Identifier;
  readonly topic: Identifier;
  readonly partitioning: Partitioning;
  readonly messageCount: number;
  readonly batch: Uint8Array;
}

/** Where a batch was stored. */
export interface SendPlacement {
  readonly streamId: number;
  readonly topicId: number;
  readonly partitionId: number;
  /** Offset of the first message of the batch; the others follow without a gap. */
  readonly baseOffset: number;
}

/**
 * Reply, without result section: `[count u32]` and `[stream_id u32][topic_id u32][partition_id u32][base_offset u64]` each.
 * An empty list means stored without a reported offset.
 */
export const sendMessages = commandCodec<SendMessagesRequest, readonly SendPlacement[]>("send messages", {
  writeRequest(writer, request) {
    writer.raw(encodeSendRoute(request.stream, request.topic, request.partitioning, request.messageCount));
    writer.raw(request.batch);
  },
  readRequest(reader) {
    const metadataLength = reader.u32("metadata length");
    const start = reader.position;
    const target = topicTarget.readRequest(reader);
    const partitioning = readPartitioning(reader);
    const messageCount = reader.u32("message count");
    if (reader.position - start !== metadataLength) {
      throw reader.invalid(
        "metadata length",
        `${metadataLength} declared, ${reader.position - start} used`,
        start - 4,
      );
    }
    return { ...target, partitioning, messageCount, batch: reader.rest() };
  },
  // A batch that breaks a rule gets no answer at all from some servers.
  checkRequest({ batch, messageCount }) {
    validateBatch(batch, 0, batch.length, messageCount);
    checkOffsetDeltas(batch);
  },
  writeReply(writer, placements) {
    writer.u32(placements.length, "placement count");
    for (const placement of placements) {
      writer.u32(placement.streamId, "stream id").u32(placement.topicId, "topic id");
      writer.u32(placement.partitionId, "partition id").u64(placement.baseOffset, "base offset");
    }
  },
  readReply(reader) {
    const placements: SendPlacement[] = [];
    if (reader.remaining === 0) return placements;
    for (let left = reader.u32("placement count"); left > 0; left--) {
      placements.push({
        streamId: reader.u32("stream id"),
        topicId: reader.u32("topic id"),
        partitionId: reader.u32("partition id"),
        baseOffset: reader.u64Number("base offset"),
      });
    }
    return placements;
  },
});

/**
 * The part of a send request in front of the batch, metadata length included. The message count is its last field, so
 * a batch slot keeps one encoded route and fills in the count when the batch is sealed.
 */
export function encodeSendRoute(
  stream: Identifier,
  topic: Identifier,
  partitioning: Partitioning,
  messageCount = 0,
): Uint8Array {
  const writer = new ByteWriter("send messages request");
  writer.u32(0, "metadata length");
  topicTarget.writeRequest(writer, { stream, topic });
  writePartitioning(writer, partitioning);
  writer.u32(messageCount, "message count");
  writer.patchU32(0, writer.position - 4);
  return writer.finish();
}
