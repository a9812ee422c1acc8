import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

export interface PartitionCountRequest extends TopicTarget {
  /** 1 to 1000; anything else is refused with 2015. */
  readonly count: number;
}

export const partitionCountTarget = {
  writeRequest(writer: ByteWriter, request: PartitionCountRequest): void {
    topicTarget.writeRequest(writer, request);
    writer.u32(request.count, "partition count");
  },
  readRequest: (reader: ByteReader): PartitionCountRequest => ({
    ...topicTarget.readRequest(reader),
    count: reader.u32("partition count"),
  }),
};
