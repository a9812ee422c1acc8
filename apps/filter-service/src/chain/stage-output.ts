import { type BatchOutcome, OUTPUT_STRIDE, OutputOrigin } from "@ims/wasm-runtime";
import { RecordBatch } from "./record-batch.js";

/** Outputs that one input record may come to: what the ids of outputs have room for. */
const OUTPUTS_PER_RECORD_MAX = 2048;

/** What a stage passes on, out of a module's outcome. Its memory is used again from batch to batch. */
export class StageOutput {
  readonly batch = new RecordBatch();
  private octets = Buffer.alloc(0);
  private held: BatchOutcome | undefined;

  /**
   * Takes what goes on. Records stay where the outcome has them unless the module made some.
   * @returns false when one input record would come to more outputs than there may be
   */
  take(input: RecordBatch, outcome: BatchOutcome): boolean {
    const { batch } = this;
    const isMixed = outcome.made.length > 0;
    batch.begin(isMixed ? this.copyOf(outcome) : outcome.input);
    let copied = 0;
    let last = -1;
    let run = 0;
    for (let index = 0, at = 0; index < outcome.outputCount; index++, at += OUTPUT_STRIDE) {
      const origin = input.origins[outcome.outputs[at]!]!;
      const length = outcome.outputs[at + 3]!;
      run = origin === last ? run + 1 : 1;
      last = origin;
      if (run > OUTPUTS_PER_RECORD_MAX) return false;
      batch.push(isMixed ? copied : outcome.outputs[at + 2]!, length, origin);
      copied += length;
    }
    if (isMixed) outcome.release();
    else this.held = outcome;
    return true;
  }

  /** Lets nothing through. */
  drop(): RecordBatch {
    this.batch.begin(this.octets);
    return this.batch;
  }

  /** The records are used. */
  release(): void {
    this.held?.release();
    this.held = undefined;
  }

  /** All outputs one behind the other in memory of this stage. */
  private copyOf({ input, made, outputs, outputCount }: BatchOutcome): Buffer {
    let byteCount = 0;
    for (let index = 0; index < outputCount; index++) byteCount += outputs[index * OUTPUT_STRIDE + 3]!;
    if (this.octets.length < byteCount) this.octets = Buffer.alloc(2 ** Math.ceil(Math.log2(byteCount)));
    const fromInput = bufferOf(input);
    const fromModule = bufferOf(made);
    let to = 0;
    for (let index = 0, at = 0; index < outputCount; index++, at += OUTPUT_STRIDE) {
      const start = outputs[at + 2]!;
      const length = outputs[at + 3]!;
      const source = outputs[at + 1] === OutputOrigin.Input ? fromInput : fromModule;
      to += source.copy(this.octets, to, start, start + length);
    }
    return this.octets;
  }
}

/** The same octets; `Buffer.copy` makes no view for each record. */
export function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
