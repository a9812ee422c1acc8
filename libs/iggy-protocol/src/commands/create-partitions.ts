import { commandCodec, noReply } from "./command-codec.js";
import { type PartitionCountRequest, partitionCountTarget } from "./partition-count.js";

/** `[stream][topic][count u32]` → empty, operation 65 in the reply. New partitions get the next ids. */
export const createPartitions = commandCodec<PartitionCountRequest, undefined>("create partitions", {
  ...partitionCountTarget,
  ...noReply,
});
