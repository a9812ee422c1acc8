import { DIGEST_BYTES } from "@ims/signing";
import { fail } from "../errors.js";

/** What decides where batches end; the same for all of a stream's life. */
export interface SigningPlan {
  readonly mode: "message" | "batch";
  readonly batchMessages: number;
  readonly batchMillis: number;
}

/** A batch that has no signature yet. */
export interface OpenBatch {
  readonly firstOffset: number;
  /** Of its first message: 1 + the offset of the record before. */
  readonly after: number;
  /** Broker's time of its first message, microseconds since 1970. */
  readonly firstMicros: number;
  readonly byteCount: number;
  /** 32 octets for each message. */
  readonly leafHashes: Uint8Array;
}

/** What a task has to know of the records before. */
export interface SigningState {
  /** 1 + the offset of the record that was signed last; 0 for none. */
  readonly after: number;
  readonly batch: OpenBatch | undefined;
}

export const SIGNING_STATE_VERSION = 1;
const HEAD_BYTES = 24;
const BATCH_HEAD_BYTES = 32;

/**
 * Little-endian: mode u8 (1 message, 2 batch), 3 octets 0, messages of a batch u32, its milliseconds u32, whether a batch
 * is open u32, after u64; of an open batch first offset, its after, its first time and its octets, u64 each, and the
 * hashes of its leaves.
 */
export function encodeState(plan: SigningPlan, { after, batch }: SigningState): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES + (batch ? BATCH_HEAD_BYTES + batch.leafHashes.length : 0));
  writePlan(bytes, plan);
  bytes.writeUInt32LE(batch ? 1 : 0, 12);
  bytes.writeBigUInt64LE(BigInt(after), 16);
  if (batch) {
    const numbers = [batch.firstOffset, batch.after, batch.firstMicros, batch.byteCount];
    for (const [index, value] of numbers.entries())
      bytes.writeBigUInt64LE(BigInt(value), HEAD_BYTES + 8 * index);
    bytes.set(batch.leafHashes, HEAD_BYTES + BATCH_HEAD_BYTES);
  }
  return bytes;
}

/** @throws ImsError `signing-service.bad-state` also for the state of another plan, whose batches would end elsewhere */
export function decodeState(plan: SigningPlan, state: Uint8Array): SigningState {
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.length);
  if (bytes.length < HEAD_BYTES)
    throw fail("signing-service.bad-state", `${bytes.length} octets are no state`);
  const expected = Buffer.alloc(12);
  writePlan(expected, plan);
  if (!bytes.subarray(0, 12).equals(expected)) {
    const detail = "the stream was begun in another mode, or with batches of another size or time";
    throw fail("signing-service.bad-state", detail);
  }
  const after = Number(bytes.readBigUInt64LE(16));
  if (bytes.readUInt32LE(12) === 0) return { after, batch: undefined };
  const hashesAt = HEAD_BYTES + BATCH_HEAD_BYTES;
  const byteCount = bytes.length - hashesAt;
  if (byteCount < DIGEST_BYTES || byteCount % DIGEST_BYTES !== 0) {
    throw fail("signing-service.bad-state", `${byteCount} octets are no hashes of an open batch`);
  }
  const numberAt = (index: number) => Number(bytes.readBigUInt64LE(HEAD_BYTES + 8 * index));
  const batch = {
    firstOffset: numberAt(0),
    after: numberAt(1),
    firstMicros: numberAt(2),
    byteCount: numberAt(3),
    leafHashes: bytes.subarray(hashesAt),
  };
  return { after, batch };
}

function writePlan(bytes: Buffer, { mode, batchMessages, batchMillis }: SigningPlan): void {
  bytes[0] = mode === "message" ? 1 : 2;
  if (mode === "message") return;
  bytes.writeUInt32LE(batchMessages, 4);
  bytes.writeUInt32LE(batchMillis, 8);
}
