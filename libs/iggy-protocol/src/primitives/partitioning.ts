import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";

/** Which partition a send goes to: the server's round robin, a given one, or by XXH32 of a key of 1 to 255 bytes. */
export type Partitioning =
  | { readonly kind: "balanced" }
  | { readonly kind: "partition"; readonly partitionId: number }
  | { readonly kind: "key"; readonly key: Uint8Array };

/** `[kind u8][len u8][value]`: 1 balanced (0 bytes), 2 partition id (u32), 3 messages key (raw). */
export function writePartitioning(writer: ByteWriter, partitioning: Partitioning): void {
  switch (partitioning.kind) {
    case "balanced":
      writer.u8(1, "partitioning").u8(0, "partitioning");
      return;
    case "partition":
      writer.u8(2, "partitioning").u8(4, "partitioning").u32(partitioning.partitionId, "partition id");
      return;
    case "key": {
      const length = partitioning.key.length;
      if (length < 1 || length > 255)
        throw writer.outOfRange(`${length} bytes`, "messages key", "1 to 255 bytes");
      writer.u8(3, "partitioning").u8(length, "messages key").raw(partitioning.key);
    }
  }
}

export function readPartitioning(reader: ByteReader): Partitioning {
  const at = reader.position;
  const kind = reader.u8("partitioning kind");
  const length = reader.u8("partitioning length");
  if (kind === 1 && length === 0) return { kind: "balanced" };
  if (kind === 2 && length === 4) return { kind: "partition", partitionId: reader.u32("partition id") };
  if (kind === 3 && length > 0) return { kind: "key", key: reader.raw(length, "messages key") };
  throw reader.invalid("partitioning", `kind ${kind} with ${length} bytes is not defined`, at);
}
