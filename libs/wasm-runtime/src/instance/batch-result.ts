import { type FilterLimits, outputBytesMax } from "../limits.js";

/** Verdicts of a module. */
export const Verdict = { Pass: 0, Drop: 1, Rewritten: 2 } as const;

/** Where the octets of an output stand: in what the batch came with, or in memory of the module. */
export const OutputOrigin = { Input: 0, Module: 1 } as const;

/** Numbers of one output in {@link BatchResult.outputs}. */
export const OUTPUT_STRIDE = 4;

/** Octets that an emitted record counts besides its own. */
export const EMITTED_OVERHEAD_BYTES = 16;

/**
 * What a batch became. Its arrays are used again for the next batch and are longer than what they hold; octets in the
 * module's memory are valid until the next call.
 */
export class BatchResult {
  /** Of each record by its place in the batch; records of templates that the module does not read pass. */
  verdicts = new Uint8Array(1024);
  /**
   * What goes on, in its order, four numbers each: the record it comes from by its place in the batch, its
   * `OutputOrigin`, where it begins, and its length in octets.
   */
  outputs = new Uint32Array(1024 * OUTPUT_STRIDE);
  records = 0;
  outputCount = 0;
  dropped = 0;
  rewritten = 0;
  emitted = 0;
  /** Octets of the outputs that stand in the module's memory. */
  moduleBytes = 0;
  /** The memory of the module, for outputs of the origin `Module`. */
  memory: Uint8Array = new Uint8Array(0);

  /** Forgets the last batch. @param emittedMax how many records may be emitted */
  begin(records: number): void {
    if (this.verdicts.length < records) this.verdicts = new Uint8Array(roomFor(records));
    if (this.outputs.length < records * OUTPUT_STRIDE) {
      this.outputs = new Uint32Array(roomFor(records) * OUTPUT_STRIDE);
    }
    this.records = records;
    this.outputCount = 0;
    this.dropped = 0;
    this.rewritten = 0;
    this.emitted = 0;
    this.moduleBytes = 0;
  }

  /** Makes room for so many outputs in all, keeping those that are there. */
  reserveOutputs(count: number): void {
    if (this.outputs.length >= count * OUTPUT_STRIDE) return;
    const larger = new Uint32Array(roomFor(count) * OUTPUT_STRIDE);
    larger.set(this.outputs.subarray(0, this.outputCount * OUTPUT_STRIDE));
    this.outputs = larger;
  }

  /** Appends an output; there has to be room. */
  push(record: number, origin: number, start: number, length: number): void {
    const at = this.outputCount++ * OUTPUT_STRIDE;
    this.outputs[at] = record;
    this.outputs[at + 1] = origin;
    this.outputs[at + 2] = start;
    this.outputs[at + 3] = length;
  }
}

/** Most records that may be emitted for so many octets of input. */
export function emittedMax(limits: FilterLimits, inputBytes: number): number {
  return Math.floor(outputBytesMax(limits, inputBytes) / EMITTED_OVERHEAD_BYTES);
}

function roomFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(count, 1024)));
}
