import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import { readStreamRecord, type StreamRecord, writeStreamRecord } from "../records/stream-record.js";
import { readTopicRecord, type TopicRecord, writeTopicRecord } from "../records/topic-record.js";
import { optionalReplyCodec } from "./command-codec.js";
import { type StreamTarget, streamTarget } from "./stream-target.js";

/** A stream record and the headers of its topics. */
export interface StreamDetails extends StreamRecord {
  readonly topics: readonly TopicRecord[];
}

export function writeStreamDetails(writer: ByteWriter, stream: StreamDetails): void {
  if (stream.topics.length !== stream.topicCount) {
    throw writer.outOfRange(stream.topics.length, "topics", `exactly ${stream.topicCount}`);
  }
  writeStreamRecord(writer, stream);
  for (const topic of stream.topics) writeTopicRecord(writer, topic);
}

export function readStreamDetails(reader: ByteReader): StreamDetails {
  const stream = readStreamRecord(reader);
  const topics: TopicRecord[] = [];
  for (let i = 0; i < stream.topicCount; i++) topics.push(readTopicRecord(reader));
  return { ...stream, topics };
}

/** `[stream]` → stream details, or an empty body when there is no such stream. */
export const getStream = optionalReplyCodec<StreamTarget, StreamDetails>("get stream", {
  ...streamTarget,
  writeReply: writeStreamDetails,
  readReply: readStreamDetails,
});
