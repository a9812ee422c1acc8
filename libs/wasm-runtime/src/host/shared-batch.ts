import { type BatchRecords, type BatchSpan, behind, spanOf } from "../instance/batch-records.js";
import { type BatchResult, emittedMax, OUTPUT_STRIDE, OutputOrigin } from "../instance/batch-result.js";
import { type FilterLimits, outputBytesMax } from "../limits.js";
import type { SharedBatch } from "./worker-messages.js";

// Input: offsets of all records as u32, their lengths as u32, their octets; offsets count from the first octet.
// Output: four numbers as u32 for each output as in BatchResult, then the octets that the module made; places of the
// origin Module count from the first of them.

const WORD_BYTES = 4;
const INPUT_WORDS = 2;
const OUTPUT_ENTRY_BYTES = OUTPUT_STRIDE * WORD_BYTES;

/** How a batch is laid out before it is copied. */
export interface BatchLayout {
  readonly span: BatchSpan;
  /** Octets of the blocks of shared memory. */
  readonly inputBytes: number;
  readonly outputBytes: number;
}

/** @throws ImsError `wasm.bad-batch` */
export function layOut(batch: BatchRecords, batchTime: number, limits: FilterLimits): BatchLayout {
  const span = spanOf(batch, batchTime, limits);
  const outputs = batch.count + emittedMax(limits, span.recordBytes);
  return {
    span,
    inputBytes: batch.count * INPUT_WORDS * WORD_BYTES + span.copyBytes,
    outputBytes: outputs * OUTPUT_ENTRY_BYTES + outputBytesMax(limits, span.recordBytes),
  };
}

/** Copies a batch to where it was laid out for. */
export function writeShared(batch: BatchRecords, span: BatchSpan, input: SharedArrayBuffer): void {
  const { bytes, offsets, lengths, count } = batch;
  const words = new Uint32Array(input, 0, count * INPUT_WORDS);
  const octets = new Uint8Array(input, count * INPUT_WORDS * WORD_BYTES, span.copyBytes);
  let position = 0;
  if (span.isDense && count > 0) octets.set(bytes.subarray(span.start, span.start + span.copyBytes));
  for (let index = 0; index < count; index++) {
    const offset = offsets[index]!;
    const length = lengths[index]!;
    words[count + index] = length;
    if (span.isDense) {
      words[index] = offset - span.start;
    } else {
      octets.set(bytes.subarray(offset, offset + length), position);
      words[index] = position;
      position = behind(position, length);
    }
  }
}

/** The batch that was written there, without a copy. */
export function readShared({ input, count, byteCount }: SharedBatch): {
  bytes: Uint8Array;
  offsets: Uint32Array;
  lengths: Uint32Array;
  count: number;
} {
  return {
    bytes: new Uint8Array(input, count * INPUT_WORDS * WORD_BYTES, byteCount),
    offsets: new Uint32Array(input, 0, count),
    lengths: new Uint32Array(input, count * WORD_BYTES, count),
    count,
  };
}

/** Copies what a module made out of its memory. */
export function writeResult(result: BatchResult, output: SharedArrayBuffer): void {
  const { outputCount, memory } = result;
  const numbers = result.outputs.subarray(0, outputCount * OUTPUT_STRIDE);
  const octets = new Uint8Array(output, outputCount * OUTPUT_ENTRY_BYTES);
  if (result.moduleBytes > 0) {
    let position = 0;
    for (let at = 0; at < numbers.length; at += OUTPUT_STRIDE) {
      if (numbers[at + 1] !== OutputOrigin.Module) continue;
      const start = numbers[at + 2]!;
      const length = numbers[at + 3]!;
      octets.set(memory.subarray(start, start + length), position);
      numbers[at + 2] = position;
      position += length;
    }
  }
  new Uint32Array(output, 0, numbers.length).set(numbers);
}

/** What a worker wrote there, without a copy. */
export function readResult(
  output: SharedArrayBuffer,
  outputCount: number,
): { outputs: Uint32Array; octets: Uint8Array } {
  return {
    outputs: new Uint32Array(output, 0, outputCount * OUTPUT_STRIDE),
    octets: new Uint8Array(output, outputCount * OUTPUT_ENTRY_BYTES),
  };
}
