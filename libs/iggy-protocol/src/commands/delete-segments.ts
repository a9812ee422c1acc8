import { commandCodec, noReply } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

export interface DeleteSegmentsRequest extends TopicTarget {
  readonly partitionId: number;
  /** At most so many of the oldest sealed segments go; 0 deletes nothing. */
  readonly segmentCount: number;
}

/**
 * `[stream][topic][partition u32][segments_count u32]` → empty, operation 68 in the reply. Succeeds when nothing can go:
 * segments with offsets above the smallest stored consumer offset stay.
 */
export const deleteSegments = commandCodec<DeleteSegmentsRequest, undefined>("delete segments", {
  writeRequest(writer, request) {
    topicTarget.writeRequest(writer, request);
    writer.u32(request.partitionId, "partition id").u32(request.segmentCount, "segment count");
  },
  readRequest: (reader) => ({
    ...topicTarget.readRequest(reader),
    partitionId: reader.u32("partition id"),
    segmentCount: reader.u32("segment count"),
  }),
  ...noReply,
});
