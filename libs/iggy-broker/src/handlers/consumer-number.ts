import { type Identifier, xxh32 } from "@ims/iggy-protocol";

/** A consumer is known by a u32: its number, or the hash of its name (server-behaviour.md section 7). */
export function consumerNumber(id: Identifier): number {
  return typeof id === "number" ? id : xxh32(Buffer.from(id));
}
