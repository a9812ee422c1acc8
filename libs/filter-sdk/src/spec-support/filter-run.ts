import {
  checkModule,
  compileModule,
  FILTER_PROFILE,
  FilterInstance,
  type FilterInstanceOptions,
  type ParameterValues,
  Verdict,
} from "@ims/wasm-runtime";

/** Records one behind the other, as a batch has them. */
export function batchOf(records: readonly Uint8Array[]) {
  const lengths = records.map(({ length }) => length);
  const offsets: number[] = [];
  let end = 0;
  for (const length of lengths) {
    offsets.push(end);
    end += Math.ceil(length / 8) * 8;
  }
  const bytes = new Uint8Array(end);
  for (const [index, record] of records.entries()) bytes.set(record, offsets[index]);
  return { bytes, offsets, lengths, count: records.length };
}

/** What a filter made of a batch. */
export interface Made {
  readonly verdicts: readonly ("pass" | "drop" | "rewritten")[];
  /** What goes on, in order, as hexadecimal text. */
  readonly outputs: readonly string[];
  readonly emitted: number;
}

/** A module that passed the host's checks, in an instance whose log is kept. */
export class FilterRun {
  readonly log: string[] = [];
  readonly instance: FilterInstance;

  constructor(module: Uint8Array, parameters: ParameterValues = {}, options: FilterInstanceOptions = {}) {
    this.instance = new FilterInstance(compileModule(checkModule(module, FILTER_PROFILE)), {
      limits: { logLinesPerSecond: 10_000 },
      log: (level, text) => this.log.push(`${level} ${text}`),
      ...options,
    });
    this.instance.setParameters(parameters);
  }

  batch(records: readonly Uint8Array[], batchTime = 0): Made {
    const batch = batchOf(records);
    const result = this.instance.runBatch(batch, batchTime);
    const names = {
      [Verdict.Pass]: "pass",
      [Verdict.Drop]: "drop",
      [Verdict.Rewritten]: "rewritten",
    } as const;
    const outputs: string[] = [];
    for (let index = 0; index < result.outputCount; index++) {
      const [, origin, start, length] = result.outputs.subarray(index * 4, index * 4 + 4);
      const from = origin === 0 ? batch.bytes : result.memory;
      outputs.push(Buffer.from(from.subarray(start, start! + length!)).toString("hex"));
    }
    return {
      verdicts: [...result.verdicts.subarray(0, records.length)].map(
        (verdict) => names[verdict as keyof typeof names],
      ),
      outputs,
      emitted: result.emitted,
    };
  }
}
