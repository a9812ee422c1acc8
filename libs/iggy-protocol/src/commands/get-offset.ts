import { optionalReplyCodec } from "./command-codec.js";
import { type OffsetTarget, offsetTarget } from "./offset-target.js";

/** `[partition_id u32][current_offset u64][stored_offset u64]` */
export interface ConsumerOffset {
  readonly partitionId: number;
  /** Last offset of the partition. */
  readonly currentOffset: number;
  /** Last offset the consumer is done with; "next" continues one behind it. */
  readonly storedOffset: number;
}

/** `[consumer][stream][topic][optional partition]` → the offset, or an empty body when none is stored. */
export const getOffset = optionalReplyCodec<OffsetTarget, ConsumerOffset>("get consumer offset", {
  ...offsetTarget,
  writeReply(writer, offset) {
    writer.u32(offset.partitionId, "partition id").u64(offset.currentOffset, "current offset");
    writer.u64(offset.storedOffset, "stored offset");
  },
  readReply: (reader) => ({
    partitionId: reader.u32("partition id"),
    currentOffset: reader.u64Number("current offset"),
    storedOffset: reader.u64Number("stored offset"),
  }),
});
