import { checkModule } from "../module/check-module.js";
import { compileModule } from "../module/compile-module.js";
import { FILTER_PROFILE } from "../module/module-profile.js";
import {
  OPTION_BYTES,
  OPTION_TEMPLATE,
  PRICE_SCALE_AT,
  STRIKE_AT,
  strikeModule,
} from "../spec-support/strike-module.js";
import { type BatchResult, OUTPUT_STRIDE } from "./batch-result.js";
import { FilterInstance } from "./filter-instance.js";

export interface FilterFigures {
  /** Native TypeScript, one call into WebAssembly per record, one per batch. */
  readonly way: "typescript" | "record" | "batch";
  /** Whether the records that pass are copied to where they would be sent from. */
  readonly copiedOut: boolean;
  /** Per second of processor time, copying into the module included. */
  readonly recordsPerSecond: number;
  readonly nanosPerRecord: number;
}

const BATCH_RECORDS = 1024;
/** More than the processor's nearer caches hold. */
const BATCHES = 16;
const STRIKE = 85n;
const ROUNDS = 5;

interface Sample {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly count: number;
}

/** Options whose strike is below a parameter are dropped; about half of the records pass, of 272 octets each. */
export function benchFilter(recordCount: number): FilterFigures[] {
  const samples = Array.from({ length: BATCHES }, (_, index) => sampleOf(index));
  const instance = new FilterInstance(compileModule(checkModule(strikeModule(), FILTER_PROFILE)));
  instance.setParameters({ strike: String(STRIKE) });
  const native = new NativeFilter(STRIKE);
  const outgoing = new Uint8Array(BATCH_RECORDS * OPTION_BYTES);
  const ways: Record<FilterFigures["way"], (sample: Sample, copies: boolean) => number> = {
    typescript: (sample, copies) => {
      const passed = native.run(sample);
      return copies ? copyOut(sample, native.outputs, passed, outgoing) : passed;
    },
    batch: (sample, copies) => {
      const result = instance.runBatch(sample, 0);
      return copies ? copyOut(sample, result.outputs, result.outputCount, outgoing) : result.outputCount;
    },
    record: (sample, copies) => {
      const at = new Uint32Array(1);
      const lengths = Uint32Array.of(OPTION_BYTES);
      const single = { bytes: sample.bytes, offsets: at, lengths, count: 1 };
      let passed = 0;
      for (let index = 0; index < sample.count; index++) {
        at[0] = sample.offsets[index]!;
        const result: BatchResult = instance.runBatch(single, 0);
        if (copies) copyOut(sample, result.outputs, result.outputCount, outgoing);
        passed += result.outputCount;
      }
      return passed;
    },
  };
  const expected = samples.map((sample) => ways.typescript(sample, false));
  const figures: FilterFigures[] = [];
  for (const copiedOut of [false, true]) {
    for (const way of ["typescript", "record", "batch"] as const) {
      samples.forEach((sample, index) => {
        const passed = ways[way](sample, false);
        if (passed !== expected[index]) throw new Error(`${way} lets ${passed} pass, not ${expected[index]}`);
      });
      figures.push(measure(way, copiedOut, recordCount, (sample) => ways[way](sample, copiedOut), samples));
    }
  }
  return figures;
}

function measure(
  way: FilterFigures["way"],
  copiedOut: boolean,
  recordCount: number,
  run: (sample: Sample) => number,
  samples: readonly Sample[],
): FilterFigures {
  const batches = Math.ceil(recordCount / BATCH_RECORDS);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = process.cpuUsage();
    for (let batch = 0; batch < batches; batch++) run(samples[batch % BATCHES]!);
    const { user, system } = process.cpuUsage(startedAt);
    if (round > 0) best = Math.min(best, user + system);
  }
  const nanosPerRecord = (best * 1000) / (batches * BATCH_RECORDS);
  return {
    way,
    copiedOut,
    recordsPerSecond: Math.round(1e9 / nanosPerRecord),
    nanosPerRecord: Math.round(nanosPerRecord * 10) / 10,
  };
}

function copyOut(sample: Sample, outputs: Uint32Array, count: number, outgoing: Uint8Array): number {
  let position = 0;
  for (let at = 0; at < count * OUTPUT_STRIDE; at += OUTPUT_STRIDE) {
    const start = outputs[at + 2]!;
    const length = outputs[at + 3]!;
    outgoing.set(sample.bytes.subarray(start, start + length), position);
    position += length;
  }
  return count;
}

/** The same filter in TypeScript, as it would be written for speed: no value is allocated per record. */
class NativeFilter {
  readonly outputs = new Uint32Array(BATCH_RECORDS * OUTPUT_STRIDE);
  readonly #leastHigh = new Int32Array(19);
  readonly #leastLow = new Uint32Array(19);

  constructor(strike: bigint) {
    for (let scale = 0; scale < 19; scale++) {
      const exact = strike * 10n ** BigInt(scale);
      const least = exact > 0x7fff_ffff_ffff_ffffn ? 0x7fff_ffff_ffff_ffffn : exact;
      this.#leastHigh[scale] = Number(least >> 32n);
      this.#leastLow[scale] = Number(least & 0xffff_ffffn);
    }
  }

  run({ view, offsets, lengths, count }: Sample): number {
    let passed = 0;
    for (let index = 0; index < count; index++) {
      const offset = offsets[index]!;
      if (view.getUint16(offset + 2, true) === OPTION_TEMPLATE) {
        const scale = view.getUint8(offset + PRICE_SCALE_AT);
        const high = view.getInt32(offset + STRIKE_AT + 4, true);
        const leastHigh = this.#leastHigh[scale]!;
        if (
          high < leastHigh ||
          (high === leastHigh && view.getUint32(offset + STRIKE_AT, true) < this.#leastLow[scale]!)
        ) {
          continue;
        }
      }
      const at = passed++ * OUTPUT_STRIDE;
      this.outputs[at] = index;
      this.outputs[at + 1] = 0;
      this.outputs[at + 2] = offset;
      this.outputs[at + 3] = lengths[index]!;
    }
    return passed;
  }
}

function sampleOf(seed: number): Sample {
  const bytes = new Uint8Array(BATCH_RECORDS * OPTION_BYTES);
  const view = new DataView(bytes.buffer);
  let state = seed * 2 + 1;
  for (let index = 0; index < BATCH_RECORDS; index++) {
    const at = index * OPTION_BYTES;
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    view.setUint16(at, OPTION_BYTES - 8, true);
    view.setUint16(at + 2, OPTION_TEMPLATE, true);
    view.setUint16(at + 4, 1, true);
    view.setUint16(at + 6, 2, true);
    view.setUint8(at + PRICE_SCALE_AT, 2);
    view.setBigInt64(at + STRIKE_AT, BigInt(state % 17_000), true);
  }
  return {
    bytes,
    view,
    offsets: Uint32Array.from({ length: BATCH_RECORDS }, (_, index) => index * OPTION_BYTES),
    lengths: new Uint32Array(BATCH_RECORDS).fill(OPTION_BYTES),
    count: BATCH_RECORDS,
  };
}
