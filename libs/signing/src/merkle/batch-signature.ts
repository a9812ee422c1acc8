import { batchDigest } from "../engine/signed-message.js";
import type { SigningEngine } from "../engine/signing-engine.js";
import type { SigningKey } from "../keys/signing-key.js";
import { keyIdOf } from "../keys/signing-key.js";
import { DIGEST_BYTES, SIGNATURE_BYTES } from "../schemes.js";
import { type BatchRecord, encodeMetadata } from "./batch-record.js";
import { MerkleTree } from "./merkle-tree.js";

/** Where a batch stands. */
export interface BatchPlace {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: bigint;
}

/**
 * Signs the messages of a tree.
 * @param hasLeafHashes whether the record carries the leaf hashes, by which a bad message can be named
 * @throws ImsError `signing.bad-batch`, and what `SigningEngine.sign` throws
 */
export function signBatch(
  engine: SigningEngine,
  key: SigningKey,
  tree: MerkleTree,
  place: BatchPlace,
  hasLeafHashes = true,
): BatchRecord {
  const metadata = { ...place, count: tree.count, root: tree.root() };
  const signature = new Uint8Array(SIGNATURE_BYTES);
  engine.sign(key, batchDigest(encodeMetadata(metadata, key.scheme)), signature);
  const leafHashes = hasLeafHashes ? new Uint8Array(tree.leafHashes()) : new Uint8Array(0);
  return { ...metadata, scheme: key.scheme, keyId: key.keyId, signature, leafHashes };
}

/**
 * What is wrong with a batch: `key` it was signed by another key, `signature` its record is not what was signed, `count`
 * messages are missing or too many, `message` one is not what was signed, `root` some are not and the record does not
 * tell which. `index` is that of the first bad message.
 */
export type BatchFault =
  | { readonly reason: "key" | "signature" | "root" }
  | { readonly reason: "count" | "message"; readonly index: number; readonly offset: bigint };

/**
 * Whether a record was signed with the key of `publicKey`.
 * @throws ImsError what `SigningEngine.verify` throws
 */
export function verifyBatchRecord(
  engine: SigningEngine,
  publicKey: Uint8Array,
  record: BatchRecord,
): BatchFault | undefined {
  if (keyIdOf(publicKey) !== record.keyId) return { reason: "key" };
  const digest = batchDigest(encodeMetadata(record, record.scheme));
  if (!engine.verify(record.scheme, publicKey, digest, record.signature)) return { reason: "signature" };
  return undefined;
}

/**
 * Looks for the first message that is not what was signed. The leaf hashes of the record are believed only if they are
 * those of the signed root.
 * @param messages those from the record's first offset on, in order
 * @param tree memory to work in, with room for the record's count
 * @returns nothing where all are as they were signed
 * @throws ImsError `signing.bad-batch`, and what `SigningEngine.verify` throws
 */
export function verifyBatch(
  engine: SigningEngine,
  publicKey: Uint8Array,
  record: BatchRecord,
  messages: readonly Uint8Array[],
  tree: MerkleTree = new MerkleTree(record.count),
): BatchFault | undefined {
  const fault = verifyBatchRecord(engine, publicKey, record);
  if (fault !== undefined) return fault;
  const at = (reason: "count" | "message", index: number): BatchFault => ({
    reason,
    index,
    offset: record.firstOffset + BigInt(index),
  });
  const compared = Math.min(messages.length, record.count);
  tree.clear();
  for (let index = 0; index < compared; index++) tree.add(messages[index]!);
  const hasAll = messages.length === record.count;
  if (hasAll && isEqual(tree.root(), record.root)) return undefined;
  const found = new Uint8Array(tree.leafHashes());
  if (hasTrueLeafHashes(record, tree)) {
    for (let index = 0; index < compared; index++) {
      const start = index * DIGEST_BYTES;
      const signed = record.leafHashes.subarray(start, start + DIGEST_BYTES);
      if (!isEqual(signed, found.subarray(start, start + DIGEST_BYTES))) return at("message", index);
    }
  }
  return hasAll ? { reason: "root" } : at("count", compared);
}

function hasTrueLeafHashes(record: BatchRecord, tree: MerkleTree): boolean {
  if (record.leafHashes.length === 0) return false;
  tree.clear();
  for (let start = 0; start < record.leafHashes.length; start += DIGEST_BYTES) {
    tree.addLeafHash(record.leafHashes.subarray(start, start + DIGEST_BYTES));
  }
  return isEqual(tree.root(), record.root);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
