import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import { type Option, readSizedOptions, writeSizedOptions } from "../primitives/options.js";

/** `[id u32][created_at u64][topics_count u32][size_bytes u64][messages_count u64][name str8][options len u32][options]` */
export interface StreamRecord {
  readonly id: number;
  readonly createdAtMicros: number;
  readonly topicCount: number;
  /** Stored bytes, batch headers included. */
  readonly sizeBytes: number;
  readonly messageCount: number;
  readonly name: string;
  readonly options: readonly Option[];
}

export function writeStreamRecord(writer: ByteWriter, stream: StreamRecord): void {
  writer
    .u32(stream.id, "stream id")
    .u64(stream.createdAtMicros, "created at")
    .u32(stream.topicCount, "topic count");
  writer
    .u64(stream.sizeBytes, "size")
    .u64(stream.messageCount, "message count")
    .str8(stream.name, "stream name");
  writeSizedOptions(writer, stream.options);
}

export function readStreamRecord(reader: ByteReader): StreamRecord {
  return {
    id: reader.u32("stream id"),
    createdAtMicros: reader.u64Number("created at"),
    topicCount: reader.u32("topic count"),
    sizeBytes: reader.u64Number("size"),
    messageCount: reader.u64Number("message count"),
    name: reader.str8("stream name"),
    options: readSizedOptions(reader),
  };
}
