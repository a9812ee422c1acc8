import { readPartitionIds, writePartitionIds } from "../records/group-record.js";
import { optionalReplyCodec } from "./command-codec.js";
import { type GroupTarget, groupTarget } from "./group-target.js";

/** What the member may poll now; partitions that are being handed over are not listed. */
export interface GroupAssignment {
  /** Counts up with every change of members or partitions. */
  readonly generation: number;
  readonly partitionIds: readonly number[];
}

/**
 * `[stream][topic][group]` → `[generation u64][count u32]{[partition u32]}`, or an empty body for a client that is not
 * a member. The member is the client of the request header.
 */
export const syncGroup = optionalReplyCodec<GroupTarget, GroupAssignment>("sync consumer group", {
  ...groupTarget,
  writeReply(writer, assignment) {
    writer.u64(assignment.generation, "generation");
    writePartitionIds(writer, assignment.partitionIds);
  },
  readReply: (reader) => ({
    generation: reader.u64Number("generation"),
    partitionIds: readPartitionIds(reader),
  }),
});
