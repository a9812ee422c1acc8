import { commandCodec, noReply } from "./command-codec.js";
import { type PartitionCountRequest, partitionCountTarget } from "./partition-count.js";

/** `[stream][topic][count u32]` → empty. The partitions with the highest ids go, with their messages. */
export const deletePartitions = commandCodec<PartitionCountRequest, undefined>("delete partitions", {
  ...partitionCountTarget,
  ...noReply,
});
