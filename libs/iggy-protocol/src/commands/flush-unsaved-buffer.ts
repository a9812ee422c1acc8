import { commandCodec, noReply } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

export interface FlushUnsavedBufferRequest extends TopicTarget {
  readonly partitionId: number;
  /** Whether the bytes shall reach the disk, not only the operating system. */
  readonly fsync: boolean;
}

/** `[stream][topic][partition u32][fsync u8]` → empty. Servers of 0.11 answer 5, not available. */
export const flushUnsavedBuffer = commandCodec<FlushUnsavedBufferRequest, undefined>("flush unsaved buffer", {
  writeRequest(writer, request) {
    topicTarget.writeRequest(writer, request);
    writer.u32(request.partitionId, "partition id").bool(request.fsync);
  },
  readRequest: (reader) => ({
    ...topicTarget.readRequest(reader),
    partitionId: reader.u32("partition id"),
    fsync: reader.bool("fsync"),
  }),
  ...noReply,
});
