import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import { type Identifier, readIdentifier, writeIdentifier } from "../primitives/identifier.js";

/** `[stream identifier]`, the whole request of several commands. */
export interface StreamTarget {
  readonly stream: Identifier;
}

export const streamTarget = {
  writeRequest: (writer: ByteWriter, request: StreamTarget) =>
    writeIdentifier(writer, request.stream, "stream"),
  readRequest: (reader: ByteReader): StreamTarget => ({ stream: readIdentifier(reader, "stream") }),
};

/** `[stream identifier][topic identifier]` */
export interface TopicTarget extends StreamTarget {
  readonly topic: Identifier;
}

export const topicTarget = {
  writeRequest(writer: ByteWriter, request: TopicTarget): void {
    writeIdentifier(writer, request.stream, "stream");
    writeIdentifier(writer, request.topic, "topic");
  },
  readRequest: (reader: ByteReader): TopicTarget => ({
    stream: readIdentifier(reader, "stream"),
    topic: readIdentifier(reader, "topic"),
  }),
};
