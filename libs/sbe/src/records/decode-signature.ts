import { BatchSignatureDecoder } from "../generated/v2/index.js";
import type { BatchSignatureRecord } from "./feed-records.js";

const MERKLE_ROOT_OCTETS = 32;

const decoder = new BatchSignatureDecoder();

/** Template 240 to a record; root and signature are copied. Throws the decoder's errors and `sbe.unsafe-integer`. */
export function decodeBatchSignature(view: DataView, offset: number, length: number): BatchSignatureRecord {
  const signature = decoder.wrapAndApplyHeader(view, offset, length);
  const rootStart = signature.merkleRootStart();
  return {
    type: "batch-signature",
    schemaVersion: signature.actingVersion,
    signedMicros: signature.signedTimeNumber(),
    stream: signature.stream(),
    topic: signature.topic(),
    partitionId: signature.partitionId(),
    firstOffset: signature.firstOffsetNumber(),
    lastOffset: signature.lastOffsetNumber(),
    messageCount: signature.messageCount(),
    algorithm: signature.algorithm(),
    keyId: signature.keyId(),
    merkleRoot: signature.bytes.slice(rootStart, rootStart + MERKLE_ROOT_OCTETS),
    signature: signature.signatureBytes().slice(),
  };
}
