import { readPayload } from "../iggy/payload-text.js";
import type { FilterInstance } from "./filter-packages.js";
import type { InputRecord } from "./record-input.js";

/** What became of a record, or a record that the filter emitted behind it. */
export interface Outcome {
  /** Place of the input record, from 0. */
  readonly record: number;
  readonly outcome: "passed" | "dropped" | "rewritten" | "emitted";
  /** Of the record as it came or, rewritten and emitted, as it goes on. */
  readonly bytes: Uint8Array;
}

/** Verdicts and origins as numbers: `Verdict` and `OutputOrigin` of the runtime. */
const DROP = 1;
const REWRITTEN = 2;
const FROM_MODULE = 1;
const OUTPUT_NUMBERS = 4;
const ALIGNMENT = 8;

/**
 * Runs a batch through a filter. Records made by the module are copied, since its memory is used again.
 * @param first place of the batch's first record in the whole input
 * @throws ImsError `wasm.trapped`
 */
export function runBatch(
  instance: FilterInstance,
  records: readonly InputRecord[],
  first: number,
): Outcome[] {
  const batch = layOut(records);
  const time = records.reduce((latest, { timeMicros }) => Math.max(latest, timeMicros), 0);
  const result = instance.runBatch(batch, time);
  const outcomes: Outcome[] = [];
  let output = 0;
  for (const [index, { bytes }] of records.entries()) {
    const record = first + index;
    const verdict = result.verdicts[index];
    if (verdict === DROP) outcomes.push({ record, outcome: "dropped", bytes });
    let isOwn = verdict !== DROP;
    for (; output < result.outputCount; output++) {
      const [of, origin, start, length] = result.outputs.subarray(
        output * OUTPUT_NUMBERS,
        (output + 1) * OUTPUT_NUMBERS,
      );
      if (of !== index) break;
      const made = origin === FROM_MODULE ? result.memory.slice(start!, start! + length!) : bytes;
      const own = verdict === REWRITTEN ? "rewritten" : "passed";
      outcomes.push({ record, outcome: isOwn ? own : "emitted", bytes: made });
      isOwn = false;
    }
  }
  return outcomes;
}

/** The compact form that expectations are compared in: what the filter made itself stands in it with all its fields. */
export function outcomeJson({ record, outcome, bytes }: Outcome): string {
  const { kind, value } = readPayload(bytes, "auto");
  const symbol = typeof value === "object" && value !== null && "symbol" in value ? value.symbol : undefined;
  const payload = outcome === "rewritten" || outcome === "emitted" ? value : undefined;
  return `${JSON.stringify({ record, outcome, kind, symbol, payload }, (_, field: unknown) =>
    typeof field === "bigint" ? String(field) : field,
  )}\n`;
}

function layOut(records: readonly InputRecord[]) {
  const lengths = records.map(({ bytes }) => bytes.length);
  const offsets: number[] = [];
  let end = 0;
  for (const length of lengths) {
    offsets.push(end);
    end += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  const bytes = new Uint8Array(end);
  for (const [index, record] of records.entries()) bytes.set(record.bytes, offsets[index]);
  return { bytes, offsets, lengths, count: records.length };
}
