import { fail } from "../errors.js";
import { DIGEST_BYTES, SIGNATURE_BYTES, type SignatureScheme, schemeCode, schemeOfCode } from "../schemes.js";
import { BATCH_MESSAGES_MAX } from "./merkle-tree.js";

/** What a batch signature says: which messages, and the root of their tree. */
export interface BatchMetadata {
  readonly stream: string;
  readonly topic: string;
  /** 0 to 2³² − 1. */
  readonly partition: number;
  /** Offset of the first message, 0 to 2⁶⁴ − 1; the others follow without a hole. */
  readonly firstOffset: bigint;
  /** 1 to 65,536. */
  readonly count: number;
  /** 32 octets. */
  readonly root: Uint8Array;
}

/** A signed batch as it is stored. */
export interface BatchRecord extends BatchMetadata {
  readonly scheme: SignatureScheme;
  /** 16 hexadecimal digits. */
  readonly keyId: string;
  /** 64 octets. */
  readonly signature: Uint8Array;
  /** 32 octets for each message, or none: only with them a bad message can be named. */
  readonly leafHashes: Uint8Array;
}

const VERSION = 1;
const NAME_BYTES_MAX = 255;
const FIXED_BYTES = 2 + 4 + 8 + 4 + DIGEST_BYTES;
const KEY_ID_BYTES = 8;
const U32_MAX = 0xffff_ffff;
const U64_MAX = (1n << 64n) - 1n;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The octets of the metadata that are signed: docs/formats/signatures.md, section "Batches".
 * @throws ImsError `signing.bad-batch`
 */
export function encodeMetadata(metadata: BatchMetadata, scheme: SignatureScheme): Buffer {
  const { partition, firstOffset, count, root } = metadata;
  const stream = nameBytes("stream", metadata.stream);
  const topic = nameBytes("topic", metadata.topic);
  if (!(Number.isInteger(partition) && partition >= 0 && partition <= U32_MAX)) {
    throw fail("signing.bad-batch", `the partition ${partition} is no number of 32 bits`);
  }
  if (!(firstOffset >= 0n && firstOffset + BigInt(count) - 1n <= U64_MAX)) {
    throw fail("signing.bad-batch", `the offsets from ${firstOffset} on are no numbers of 64 bits`);
  }
  requireCount(count);
  if (root.length !== DIGEST_BYTES) {
    throw fail("signing.bad-batch", `the root has ${root.length} octets, not ${DIGEST_BYTES}`);
  }
  const out = Buffer.alloc(FIXED_BYTES + 2 + stream.length + topic.length);
  out[0] = VERSION;
  out[1] = schemeCode(scheme);
  out.writeUInt32LE(partition, 2);
  out.writeBigUInt64LE(firstOffset, 6);
  out.writeUInt32LE(count, 14);
  out.set(root, 18);
  out[FIXED_BYTES] = stream.length;
  stream.copy(out, FIXED_BYTES + 1);
  out[FIXED_BYTES + 1 + stream.length] = topic.length;
  topic.copy(out, FIXED_BYTES + 2 + stream.length);
  return out;
}

/**
 * The record of a signed batch: metadata, key id, signature, leaf hashes.
 * @throws ImsError `signing.bad-batch`
 */
export function encodeBatchRecord(record: BatchRecord): Buffer {
  const keyId = Buffer.from(record.keyId, "hex");
  if (keyId.length !== KEY_ID_BYTES || record.signature.length !== SIGNATURE_BYTES) {
    throw fail("signing.bad-batch", "the key id or the signature has a wrong length");
  }
  requireLeafHashes(record.leafHashes, record.count);
  return Buffer.concat([encodeMetadata(record, record.scheme), keyId, record.signature, record.leafHashes]);
}

/**
 * Reads the record of a signed batch; nothing of it is verified. Parts are views of the octets.
 * @throws ImsError `signing.bad-batch`
 */
export function decodeBatchRecord(octets: Uint8Array): BatchRecord {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (bytes.length < FIXED_BYTES + 1 || bytes[0] !== VERSION) {
    throw fail("signing.bad-batch", `${bytes.length} octets are no record of a batch of version ${VERSION}`);
  }
  const count = bytes.readUInt32LE(14);
  requireCount(count);
  const stream = readName(bytes, FIXED_BYTES);
  const topic = readName(bytes, stream.end);
  const signatureStart = topic.end + KEY_ID_BYTES;
  const leavesStart = signatureStart + SIGNATURE_BYTES;
  if (bytes.length < leavesStart) throw fail("signing.bad-batch", "the record of a batch ends too early");
  const leafHashes = bytes.subarray(leavesStart);
  requireLeafHashes(leafHashes, count);
  return {
    scheme: schemeOfCode(bytes[1]!),
    partition: bytes.readUInt32LE(2),
    firstOffset: bytes.readBigUInt64LE(6),
    count,
    root: bytes.subarray(18, FIXED_BYTES),
    stream: stream.name,
    topic: topic.name,
    keyId: bytes.toString("hex", topic.end, signatureStart),
    signature: bytes.subarray(signatureStart, leavesStart),
    leafHashes,
  };
}

function nameBytes(what: string, name: string): Buffer {
  const bytes = Buffer.from(name);
  if (bytes.length >= 1 && bytes.length <= NAME_BYTES_MAX) return bytes;
  throw fail(
    "signing.bad-batch",
    `the name of the ${what} has ${bytes.length} octets, 1 to ${NAME_BYTES_MAX} are taken`,
  );
}

function readName(bytes: Buffer, start: number): { readonly name: string; readonly end: number } {
  const length = bytes[start] ?? 0;
  const end = start + 1 + length;
  if (length === 0 || end > bytes.length)
    throw fail("signing.bad-batch", "the record of a batch lacks a name");
  try {
    return { name: utf8.decode(bytes.subarray(start + 1, end)), end };
  } catch {
    throw fail("signing.bad-batch", "a name in the record of a batch is not UTF-8");
  }
}

function requireCount(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= BATCH_MESSAGES_MAX) return;
  throw fail("signing.bad-batch", `a batch of ${count} messages; it goes from 1 to ${BATCH_MESSAGES_MAX}`);
}

function requireLeafHashes(leafHashes: Uint8Array, count: number): void {
  if (leafHashes.length === 0 || leafHashes.length === count * DIGEST_BYTES) return;
  throw fail("signing.bad-batch", `${leafHashes.length} octets of leaf hashes for ${count} messages`);
}
