import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import { type Option, readSizedOptions, writeSizedOptions } from "../primitives/options.js";

/** Stands for "never expires" and for "no size limit". */
export const UNLIMITED = 0xffff_ffff_ffff_ffffn;

/**
 * ```
 * [id u32][created_at u64][partitions_count u32][message_expiry u64][compression u8: 1 none, 2 gzip]
 * [max_topic_size u64][size_bytes u64][messages_count u64][name str8]
 * [explicit len u32][explicit options][derived len u32][derived options]
 * ```
 * Explicit options are those the creator sent, derived ones the server's defaults; together always the same keys.
 */
export interface TopicRecord {
  readonly id: number;
  readonly createdAtMicros: number;
  readonly partitionCount: number;
  readonly messageExpiryMicros: bigint;
  readonly compressionAlgorithm: "none" | "gzip";
  readonly maxTopicBytes: bigint;
  readonly sizeBytes: number;
  readonly messageCount: number;
  readonly name: string;
  readonly options: readonly Option[];
  readonly derivedOptions: readonly Option[];
}

export function writeTopicRecord(writer: ByteWriter, topic: TopicRecord): void {
  writer.u32(topic.id, "topic id").u64(topic.createdAtMicros, "created at");
  writer.u32(topic.partitionCount, "partition count").u64(topic.messageExpiryMicros, "message expiry");
  writer
    .u8(topic.compressionAlgorithm === "gzip" ? 2 : 1, "compression")
    .u64(topic.maxTopicBytes, "max topic size");
  writer.u64(topic.sizeBytes, "size").u64(topic.messageCount, "message count").str8(topic.name, "topic name");
  writeSizedOptions(writer, topic.options);
  writeSizedOptions(writer, topic.derivedOptions);
}

export function readTopicRecord(reader: ByteReader): TopicRecord {
  return {
    id: reader.u32("topic id"),
    createdAtMicros: reader.u64Number("created at"),
    partitionCount: reader.u32("partition count"),
    messageExpiryMicros: reader.u64("message expiry"),
    compressionAlgorithm: readCompression(reader),
    maxTopicBytes: reader.u64("max topic size"),
    sizeBytes: reader.u64Number("size"),
    messageCount: reader.u64Number("message count"),
    name: reader.str8("topic name"),
    options: readSizedOptions(reader),
    derivedOptions: readSizedOptions(reader),
  };
}

function readCompression(reader: ByteReader): "none" | "gzip" {
  const code = reader.u8("compression");
  if (code !== 1 && code !== 2)
    throw reader.invalid("compression", `${code} is neither 1 nor 2`, reader.position - 1);
  return code === 2 ? "gzip" : "none";
}

/** `[id u32][created_at u64][segments_count u32][current_offset u64][size_bytes u64][messages_count u64]`, 40 bytes. */
export interface PartitionRecord {
  readonly id: number;
  readonly createdAtMicros: number;
  readonly segmentCount: number;
  /** Last assigned offset; 0 both for an empty partition and for one message: see `messageCount`. */
  readonly currentOffset: number;
  readonly sizeBytes: number;
  readonly messageCount: number;
}

export function writePartitionRecord(writer: ByteWriter, partition: PartitionRecord): void {
  writer.u32(partition.id, "partition id").u64(partition.createdAtMicros, "created at");
  writer.u32(partition.segmentCount, "segment count").u64(partition.currentOffset, "current offset");
  writer.u64(partition.sizeBytes, "size").u64(partition.messageCount, "message count");
}

export function readPartitionRecord(reader: ByteReader): PartitionRecord {
  return {
    id: reader.u32("partition id"),
    createdAtMicros: reader.u64Number("created at"),
    segmentCount: reader.u32("segment count"),
    currentOffset: reader.u64Number("current offset"),
    sizeBytes: reader.u64Number("size"),
    messageCount: reader.u64Number("message count"),
  };
}

/** A topic with its partitions, the payload of get and create. */
export interface TopicDetails extends TopicRecord {
  readonly partitions: readonly PartitionRecord[];
}

export function writeTopicDetails(writer: ByteWriter, topic: TopicDetails): void {
  if (topic.partitions.length !== topic.partitionCount) {
    throw writer.outOfRange(topic.partitions.length, "partitions", `exactly ${topic.partitionCount}`);
  }
  writeTopicRecord(writer, topic);
  for (const partition of topic.partitions) writePartitionRecord(writer, partition);
}

export function readTopicDetails(reader: ByteReader): TopicDetails {
  const topic = readTopicRecord(reader);
  const partitions: PartitionRecord[] = [];
  for (let i = 0; i < topic.partitionCount; i++) partitions.push(readPartitionRecord(reader));
  return { ...topic, partitions };
}
