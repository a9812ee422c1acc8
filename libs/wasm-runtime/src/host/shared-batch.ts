import { fail } from "../errors.js";
import type { BatchRecords } from "../instance/batch-input.js";
import { type BatchResult, emittedMax, OUTPUT_STRIDE, OutputOrigin } from "../instance/batch-result.js";
import { type FilterLimits, outputBytesMax, RECORD_BYTES_MAX, RECORD_HEADER_BYTES } from "../limits.js";
import type { SharedBatch } from "./worker-messages.js";

// Input: offsets of all records as u32, their lengths as u32, their octets; offsets count from the first octet.
// Output: four numbers as u32 for each output as in BatchResult, then the octets that the module made; places of the
// origin Module count from the first of them.

const WORD_BYTES = 4;
const INPUT_WORDS = 2;
const ALIGNMENT = 8;
const OUTPUT_ENTRY_BYTES = OUTPUT_STRIDE * WORD_BYTES;

/** How a batch is laid out before it is copied. */
export interface BatchLayout {
  /** Of the first octet taken, where the records are copied as one piece. */
  readonly start: number;
  readonly isDense: boolean;
  readonly byteCount: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
}

/** @throws ImsError `wasm.bad-batch` */
export function layOut({ bytes, offsets, lengths, count }: BatchRecords, limits: FilterLimits): BatchLayout {
  if (count > limits.batchRecords) {
    throw fail("wasm.bad-batch", `the batch has ${count} records, ${limits.batchRecords} are taken`);
  }
  let start = bytes.length;
  let end = 0;
  let recordBytes = 0;
  for (let index = 0; index < count; index++) {
    const offset = offsets[index]!;
    const length = lengths[index]!;
    const isRecord =
      length >= RECORD_HEADER_BYTES &&
      length <= RECORD_BYTES_MAX &&
      offset >= 0 &&
      offset + length <= bytes.length;
    if (!isRecord) {
      throw fail(
        "wasm.bad-batch",
        `record ${index} has ${length} octets at ${offset} of ${bytes.length}; it may have ${RECORD_HEADER_BYTES} to ${RECORD_BYTES_MAX}`,
      );
    }
    if (offset < start) start = offset;
    if (offset + length > end) end = offset + length;
    recordBytes += length;
  }
  const isDense = end - start <= 2 * recordBytes;
  const byteCount = isDense ? Math.max(end - start, 0) : recordBytes + count * ALIGNMENT;
  if (byteCount > limits.batchBytes) {
    throw fail("wasm.bad-batch", `the batch has ${byteCount} octets, ${limits.batchBytes} are taken`);
  }
  const outputs = count + emittedMax(limits, recordBytes);
  return {
    start: isDense ? start : 0,
    isDense,
    byteCount,
    inputBytes: count * INPUT_WORDS * WORD_BYTES + byteCount,
    outputBytes: outputs * OUTPUT_ENTRY_BYTES + outputBytesMax(limits, recordBytes),
  };
}

/** Copies a batch to where it was laid out for. */
export function writeShared(batch: BatchRecords, layout: BatchLayout, input: SharedArrayBuffer): void {
  const { bytes, offsets, lengths, count } = batch;
  const words = new Uint32Array(input, 0, count * INPUT_WORDS);
  const octets = new Uint8Array(input, count * INPUT_WORDS * WORD_BYTES, layout.byteCount);
  let position = 0;
  if (layout.isDense && count > 0) octets.set(bytes.subarray(layout.start, layout.start + layout.byteCount));
  for (let index = 0; index < count; index++) {
    const offset = offsets[index]!;
    const length = lengths[index]!;
    words[count + index] = length;
    if (layout.isDense) {
      words[index] = offset - layout.start;
    } else {
      octets.set(bytes.subarray(offset, offset + length), position);
      words[index] = position;
      position += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
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
