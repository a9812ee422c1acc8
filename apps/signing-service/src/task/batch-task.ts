import {
  batchDigest,
  batchHeaders,
  encodeBatchRecord,
  encodeMetadata,
  MerkleTree,
  SIGNATURE_BYTES,
  SignedContent,
} from "@ims/signing";
import type { InputRecords, ProcessorTask, RecordOutput, TaskInput } from "@ims/traits";
import type { Signer } from "../signer.js";
import { OctetCopier } from "./octet-copier.js";
import { decodeState, encodeState, type SigningPlan } from "./task-state.js";

/** Octets of a batch after which it is signed: whoever verifies has to hold them. */
const BATCH_BYTES_MAX = 16 << 20;

/**
 * Publishes copies of the messages of one partition, and behind each batch of them a record with the signature of its
 * Merkle root. Where a batch ends follows from the records alone: it is full, the next record is of another interval of
 * the broker's time, or records are missing before it.
 */
export class BatchTask implements ProcessorTask {
  private readonly tree: MerkleTree;
  private readonly content = new SignedContent();
  private readonly copier = new OctetCopier();
  private readonly signature = Buffer.alloc(SIGNATURE_BYTES);
  private readonly intervalMicros: number;
  private after: number;
  private firstOffset = 0;
  private firstAfter = 0;
  private firstMicros = 0;
  private byteCount = 0;
  private isClosed = false;

  constructor(
    private readonly input: TaskInput,
    private readonly plan: SigningPlan,
    state: Uint8Array | undefined,
    private readonly signer: Signer,
  ) {
    this.tree = new MerkleTree(plan.batchMessages);
    this.intervalMicros = plan.batchMillis * 1000;
    const { after, batch } = state ? decodeState(plan, state) : { after: 0, batch: undefined };
    this.after = after;
    if (!batch) return;
    this.firstOffset = batch.firstOffset;
    this.firstAfter = batch.after;
    this.firstMicros = batch.firstMicros;
    this.byteCount = batch.byteCount;
    const { leafHashes } = batch;
    for (let at = 0; at < leafHashes.length; at += 32)
      this.tree.addLeafHash(leafHashes.subarray(at, at + 32));
  }

  async process(records: InputRecords, output: RecordOutput): Promise<void> {
    try {
      while (!this.isClosed && records.next()) {
        const { offset, timestampMicros = 0 } = records;
        if (this.endsBefore(offset, timestampMicros)) await this.sign(offset, output);
        if (!output.accepting) await output.whenAccepting();
        this.take(records, timestampMicros, output);
        const isFull = this.tree.count === this.plan.batchMessages || this.byteCount >= BATCH_BYTES_MAX;
        if (isFull) await this.sign(offset, output);
      }
    } catch (error) {
      // The partition is somebody else's, who begins at the last checkpoint.
      if (!this.isClosed) throw error;
    }
  }

  snapshot(): Uint8Array {
    const { after, byteCount, firstAfter, firstMicros, firstOffset, tree } = this;
    const leafHashes = tree.leafHashes();
    const batch = { firstOffset, after: firstAfter, firstMicros, byteCount, leafHashes };
    return encodeState(this.plan, { after, batch: tree.count === 0 ? undefined : batch });
  }

  close(): void {
    this.isClosed = true;
  }

  private endsBefore(offset: number, micros: number): boolean {
    if (this.tree.count === 0) return false;
    if (offset !== this.after) return true;
    return this.intervalOf(micros) !== this.intervalOf(this.firstMicros);
  }

  private intervalOf(micros: number): number {
    return Math.floor(micros / this.intervalMicros);
  }

  private take(records: InputRecords, micros: number, output: RecordOutput): void {
    const { bytes, offset, payloadStart, payloadLength, headersLength = 0 } = records;
    if (this.tree.count === 0) {
      this.firstOffset = offset;
      this.firstAfter = this.after;
      this.firstMicros = micros;
      this.byteCount = 0;
    }
    const place = { offset, after: this.after };
    this.tree.add(this.content.of(place, bytes, payloadStart, payloadLength, headersLength));
    const length = payloadLength + headersLength;
    const at = output.reserve(length);
    this.copier.copy(bytes, payloadStart, length, output.bytes, at);
    output.commit(length, offset, headersLength);
    this.byteCount += length;
    this.after = offset + 1;
  }

  /** Ends the open batch. @param offset of the record that its record is published with */
  private async sign(offset: number, output: RecordOutput): Promise<void> {
    const { firstOffset, input, signer, signature, tree } = this;
    const { scheme, keyId } = signer.key;
    const metadata = {
      stream: input.stream,
      topic: input.topic,
      partition: input.partitionId,
      firstOffset: BigInt(firstOffset),
      count: tree.count,
      root: tree.root(),
    };
    await signer.sign(batchDigest(encodeMetadata(metadata, scheme)), signature);
    const record = encodeBatchRecord({
      ...metadata,
      scheme,
      keyId,
      signature,
      leafHashes: tree.leafHashes(),
    });
    const headers = batchHeaders(this.firstAfter);
    if (!output.accepting) await output.whenAccepting();
    const length = record.length + headers.length;
    const at = output.reserve(length);
    output.bytes.set(record, at);
    output.bytes.set(headers, at + record.length);
    output.commit(length, offset, headers.length);
    tree.clear();
  }
}
