import { readTopicRecord, type TopicRecord, writeTopicRecord } from "../records/topic-record.js";
import { commandCodec } from "./command-codec.js";
import { type StreamTarget, streamTarget } from "./stream-target.js";

/** `[stream]` → `[count u32]` and topic headers; a missing stream counts 0. */
export const getTopics = commandCodec<StreamTarget, readonly TopicRecord[]>("get topics", {
  ...streamTarget,
  writeReply(writer, topics) {
    writer.u32(topics.length, "topic count");
    for (const topic of topics) writeTopicRecord(writer, topic);
  },
  readReply(reader) {
    const topics: TopicRecord[] = [];
    for (let left = reader.u32("topic count"); left > 0; left--) topics.push(readTopicRecord(reader));
    return topics;
  },
});
