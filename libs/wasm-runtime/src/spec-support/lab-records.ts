import type { BatchOutcome } from "../host/batch-outcome.js";
import type { BatchRecords } from "../instance/batch-records.js";
import { type BatchResult, OUTPUT_STRIDE, OutputOrigin } from "../instance/batch-result.js";
import { Act } from "./lab-module.js";

/** A record of the lab: a header of 8 octets, what it asks for, and a value. */
export interface LabRecord {
  readonly act: number;
  readonly value: number;
  readonly template?: number;
}

export const LAB_RECORD_BYTES = 16;
export const LAB_TEMPLATE = 240;

export function record(act: number, value = 0, template = LAB_TEMPLATE): LabRecord {
  return { act, value, template };
}

/** Records one behind the other, with so many octets of something else in front of each. */
export function labBatch(records: readonly LabRecord[], gap = 0): BatchRecords & { bytes: Uint8Array } {
  const stride = LAB_RECORD_BYTES + gap;
  const bytes = new Uint8Array(records.length * stride).fill(0xee);
  const view = new DataView(bytes.buffer);
  records.forEach(({ act, value, template = LAB_TEMPLATE }, index) => {
    const at = index * stride + gap;
    view.setUint16(at, 8, true);
    view.setUint16(at + 2, template, true);
    view.setUint16(at + 4, 1, true);
    view.setUint16(at + 6, 2, true);
    view.setInt32(at + 8, act, true);
    view.setInt32(at + 12, value, true);
  });
  return {
    bytes,
    offsets: Uint32Array.from(records, (_, index) => index * stride + gap),
    lengths: Uint32Array.from(records, () => LAB_RECORD_BYTES),
    count: records.length,
  };
}

/** One record that went on. */
export interface LabOutput {
  /** Its place in the batch. */
  readonly from: number;
  readonly act: number;
  readonly value: number;
}

export function labOutputs(result: BatchResult, batch: BatchRecords): LabOutput[] {
  return Array.from({ length: result.outputCount }, (_, index) => {
    const [from, origin, start, length] = result.outputs.subarray(index * OUTPUT_STRIDE);
    const source = origin === OutputOrigin.Module ? result.memory : batch.bytes;
    return { from: from!, ...labValues(source.slice(start!, start! + length!)) };
  });
}

export function labValues(octets: Uint8Array): { act: number; value: number } {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return { act: view.getInt32(8, true), value: view.getInt32(12, true) };
}

/** What the lab module does, said in TypeScript: for the acts that do not fail. */
export class LabModel {
  sum = 0;

  constructor(
    public version = 1,
    public threshold = 0,
  ) {}

  run(records: readonly LabRecord[]): LabOutput[] {
    return records.flatMap(({ act, value }, from): LabOutput[] => {
      this.sum = (this.sum + value) | 0;
      const marked = (this.sum + this.version) | 0;
      switch (act) {
        case Act.Drop:
          return [];
        case Act.Rewrite:
          return [{ from, act, value: marked }];
        case Act.Emit:
          return [
            { from, act, value },
            { from, act, value: marked },
          ];
        case Act.Threshold:
          return this.threshold >>> 0 > value >>> 0 ? [] : [{ from, act, value }];
        default:
          return [{ from, act, value }];
      }
    });
  }
}

export function outcomeOutputs({ outputs, outputCount, input, made }: BatchOutcome): LabOutput[] {
  return Array.from({ length: outputCount }, (_, index) => {
    const [from, origin, start, length] = outputs.subarray(index * OUTPUT_STRIDE);
    const source = origin === OutputOrigin.Module ? made : input;
    return { from: from!, ...labValues(source.slice(start!, start! + length!)) };
  });
}
