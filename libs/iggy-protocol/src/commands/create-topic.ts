import { readIdentifier, writeIdentifier } from "../primitives/identifier.js";
import { type Option, readOptions, writeOptions } from "../primitives/options.js";
import { readTopicDetails, type TopicDetails, writeTopicDetails } from "../records/topic-record.js";
import { commandCodec } from "./command-codec.js";
import type { StreamTarget } from "./stream-target.js";

export interface CreateTopicRequest extends StreamTarget {
  /** 0 to 1000; more is refused with 2015. */
  readonly partitionCount: number;
  readonly name: string;
  readonly options: readonly Option[];
}

/** `[stream][partitions_count u32][name][options to the end]` → topic and partition records, operation 64 in the reply. */
export const createTopic = commandCodec<CreateTopicRequest, TopicDetails>("create topic", {
  writeRequest(writer, request) {
    writeIdentifier(writer, request.stream, "stream");
    writer.u32(request.partitionCount, "partition count").name(request.name, "topic name");
    writeOptions(writer, request.options);
  },
  readRequest: (reader) => ({
    stream: readIdentifier(reader, "stream"),
    partitionCount: reader.u32("partition count"),
    name: reader.name("topic name"),
    options: readOptions(reader),
  }),
  writeReply: writeTopicDetails,
  readReply: readTopicDetails,
});
