import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";

/**
 * Where a poll starts: at an offset, at the first batch stored at or after a time (microseconds since 1970), at the
 * oldest message, at the last `count` messages, or behind the consumer's stored offset.
 */
export type PollingStrategy =
  | { readonly kind: "offset"; readonly value: bigint }
  | { readonly kind: "timestamp"; readonly value: bigint }
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  | { readonly kind: "next" };

const KINDS = ["offset", "timestamp", "first", "last", "next"] as const;

/** `[kind u8][value u64]`; the value is 0 where the kind needs none. */
export function writePollingStrategy(writer: ByteWriter, strategy: PollingStrategy): void {
  writer.u8(KINDS.indexOf(strategy.kind) + 1, "strategy kind");
  writer.u64("value" in strategy ? strategy.value : 0n, "strategy value");
}

export function readPollingStrategy(reader: ByteReader): PollingStrategy {
  const code = reader.u8("strategy kind");
  const kind = KINDS[code - 1];
  if (!kind) throw reader.invalid("strategy kind", `${code} is not 1 to 5`, reader.position - 1);
  const value = reader.u64("strategy value");
  return kind === "offset" || kind === "timestamp" ? { kind, value } : { kind };
}
