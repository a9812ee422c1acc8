import {
  DIGEST_BYTES,
  DigestMaker,
  SIGNATURE_BYTES,
  SignatureBlock,
  SignedContent,
  streamContext,
} from "@ims/signing";
import type { InputRecords, ProcessorTask, RecordOutput, TaskInput } from "@ims/traits";
import type { Signer } from "../signer.js";
import { OctetCopier } from "./octet-copier.js";
import { decodeState, encodeState, type SigningPlan } from "./task-state.js";

/** Messages that are handed to the workers together. */
const CHUNK_MESSAGES = 1_024;

/** Signs each message of one partition, and publishes a copy with the signature behind its own user headers. */
export class MessageTask implements ProcessorTask {
  private readonly digests = Buffer.alloc(CHUNK_MESSAGES * DIGEST_BYTES);
  private readonly signatures = Buffer.alloc(CHUNK_MESSAGES * SIGNATURE_BYTES);
  private readonly content = new SignedContent();
  private readonly copier = new OctetCopier();
  private readonly digestMaker: DigestMaker;
  private readonly block: SignatureBlock;
  /** Of the chunk: where payloads begin, their lengths, those of their headers, offsets and what was signed before. */
  private readonly starts = new Float64Array(CHUNK_MESSAGES);
  private readonly payloadLengths = new Float64Array(CHUNK_MESSAGES);
  private readonly headersLengths = new Float64Array(CHUNK_MESSAGES);
  private readonly offsets = new Float64Array(CHUNK_MESSAGES);
  private readonly afters = new Float64Array(CHUNK_MESSAGES);
  private after: number;
  private isClosed = false;

  constructor(
    input: TaskInput,
    private readonly plan: SigningPlan,
    state: Uint8Array | undefined,
    private readonly signer: Signer,
  ) {
    const source = { stream: input.stream, topic: input.topic, partition: input.partitionId };
    const { key } = signer;
    this.digestMaker = new DigestMaker(streamContext(source));
    this.block = new SignatureBlock(source, key.scheme, key.keyId);
    this.after = state ? decodeState(plan, state).after : 0;
  }

  async process(records: InputRecords, output: RecordOutput): Promise<void> {
    try {
      for (;;) {
        const count = this.digestChunk(records);
        if (count === 0) return;
        const digests = this.digests.subarray(0, count * DIGEST_BYTES);
        await this.signer.sign(digests, this.signatures);
        for (let index = 0; index < count && !this.isClosed; index++) {
          if (!output.accepting) await output.whenAccepting();
          this.publish(index, records.bytes, output);
        }
      }
    } catch (error) {
      // The partition is somebody else's, who begins at the last checkpoint.
      if (!this.isClosed) throw error;
    }
  }

  snapshot(): Uint8Array {
    return encodeState(this.plan, { after: this.after, batch: undefined });
  }

  close(): void {
    this.isClosed = true;
  }

  private digestChunk(records: InputRecords): number {
    let count = 0;
    while (count < CHUNK_MESSAGES && !this.isClosed && records.next()) {
      const { bytes, offset, payloadStart, payloadLength, headersLength = 0 } = records;
      const { after } = this;
      const content = this.content.of({ offset, after }, bytes, payloadStart, payloadLength, headersLength);
      this.digestMaker.digest(content, this.digests, count * DIGEST_BYTES);
      this.starts[count] = payloadStart;
      this.payloadLengths[count] = payloadLength;
      this.headersLengths[count] = headersLength;
      this.offsets[count] = offset;
      this.afters[count] = after;
      this.after = offset + 1;
      count++;
    }
    return count;
  }

  private publish(index: number, bytes: Uint8Array, output: RecordOutput): void {
    const start = this.starts[index]!;
    const headersLength = this.headersLengths[index]! + this.block.bytes.length;
    const copied = this.payloadLengths[index]! + this.headersLengths[index]!;
    const length = copied + this.block.bytes.length;
    const at = output.reserve(length);
    const out = this.copier.copy(bytes, start, copied, output.bytes, at);
    const place = { offset: this.offsets[index]!, after: this.afters[index]! };
    this.block.write(out, at + copied, place, this.signatures, index * SIGNATURE_BYTES);
    output.commit(length, place.offset, headersLength);
  }
}
