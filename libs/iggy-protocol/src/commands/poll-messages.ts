import {
  type Consumer,
  readConsumer,
  readOptionalPartition,
  writeConsumer,
  writeOptionalPartition,
} from "../primitives/consumer.js";
import {
  type PollingStrategy,
  readPollingStrategy,
  writePollingStrategy,
} from "../primitives/polling-strategy.js";
import { commandCodec } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

/** `[consumer][stream][topic][optional partition][strategy][count u32][auto_commit u8]` */
export interface PollMessagesRequest extends TopicTarget {
  readonly consumer: Consumer;
  /** `null` reads partition 0 for a single consumer. */
  readonly partitionId: number | null;
  readonly strategy: PollingStrategy;
  readonly count: number;
  /** Any non-zero byte counts as true. */
  readonly autoCommit: boolean;
}

/** Bytes in front of the batches of a reply. */
export const POLL_REPLY_HEAD_BYTES = 16;

/** Partition id of a reply to a group member that must synchronise its assignment first. */
export const RESYNC_PARTITION_ID = 0xffff_ffff;

/**
 * `[partition_id u32][current_offset u64][message_count u32]`, then batches to the end. `PolledBatches` walks them in
 * place; this form is for the writing side and for tests.
 */
export interface PollMessagesReply {
  readonly partitionId: number;
  /** Last offset of the partition, 0 when it is empty. */
  readonly currentOffset: number;
  /** Messages in all batches together. */
  readonly messageCount: number;
  readonly batches: Uint8Array;
}

export const pollMessages = commandCodec<PollMessagesRequest, PollMessagesReply>("poll messages", {
  writeRequest(writer, request) {
    writeConsumer(writer, request.consumer);
    topicTarget.writeRequest(writer, request);
    writeOptionalPartition(writer, request.partitionId);
    writePollingStrategy(writer, request.strategy);
    writer.u32(request.count, "count").bool(request.autoCommit);
  },
  readRequest: (reader) => ({
    consumer: readConsumer(reader),
    ...topicTarget.readRequest(reader),
    partitionId: readOptionalPartition(reader),
    strategy: readPollingStrategy(reader),
    count: reader.u32("count"),
    autoCommit: reader.u8("auto commit") !== 0,
  }),
  writeReply(writer, reply) {
    writer.u32(reply.partitionId, "partition id").u64(reply.currentOffset, "current offset");
    writer.u32(reply.messageCount, "message count").raw(reply.batches);
  },
  readReply: (reader) => ({
    partitionId: reader.u32("partition id"),
    currentOffset: reader.u64Number("current offset"),
    messageCount: reader.u32("message count"),
    batches: reader.rest(),
  }),
});
