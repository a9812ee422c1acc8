import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import { type Identifier, readIdentifier, writeIdentifier } from "./identifier.js";

/** Who reads: a single consumer (number or name) or a consumer group. */
export interface Consumer {
  readonly kind: "consumer" | "group";
  readonly id: Identifier;
}

/** `[kind u8: 1 consumer, 2 group][identifier]` */
export function writeConsumer(writer: ByteWriter, consumer: Consumer): void {
  writer.u8(consumer.kind === "group" ? 2 : 1, "consumer kind");
  writeIdentifier(writer, consumer.id, "consumer");
}

export function readConsumer(reader: ByteReader): Consumer {
  const kind = reader.u8("consumer kind");
  if (kind !== 1 && kind !== 2) {
    throw reader.invalid("consumer kind", `${kind} is neither 1 nor 2`, reader.position - 1);
  }
  return { kind: kind === 2 ? "group" : "consumer", id: readIdentifier(reader, "consumer") };
}

/** `[flag u8][partition u32]`, always 5 bytes; `null` is flag 0 and value 0. */
export function writeOptionalPartition(writer: ByteWriter, partitionId: number | null): void {
  writer.u8(partitionId === null ? 0 : 1, "partition flag").u32(partitionId ?? 0, "partition");
}

export function readOptionalPartition(reader: ByteReader): number | null {
  const present = reader.bool("partition flag");
  const partitionId = reader.u32("partition");
  return present ? partitionId : null;
}
