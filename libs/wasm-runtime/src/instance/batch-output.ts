import { type FilterLimits, outputBytesMax, RECORD_BYTES_MAX, RECORD_HEADER_BYTES } from "../limits.js";
import type { BatchInput } from "./batch-input.js";
import type { BatchRecords } from "./batch-records.js";
import {
  type BatchResult,
  EMITTED_OVERHEAD_BYTES,
  emittedMax,
  OutputOrigin,
  Verdict,
} from "./batch-result.js";
import type { ModuleMemory } from "./module-memory.js";
import { trap } from "./trap.js";

const EMITTED_BYTES = 12;
const CALL = "ims_batch";

/**
 * Reads what a module made of a batch, checking every number.
 * @param emitted how many records it says to have emitted, and at which address their table is
 * @throws ImsError `wasm.trapped` of the kind `output`
 */
export function readBatchOutput(
  batch: BatchRecords,
  input: BatchInput,
  memory: ModuleMemory,
  limits: FilterLimits,
  emitted: { readonly count: number; readonly address: number },
  result: BatchResult,
): void {
  const { offsets, lengths, count } = batch;
  const { words } = memory;
  const bytesMax = outputBytesMax(limits, input.recordBytes);
  const table = emitted.count === 0 ? undefined : emittedTable(memory, limits, input, emitted);
  result.begin(count);
  result.reserveOutputs(count + emitted.count);
  result.memory = memory.bytes;
  const { verdicts } = result;
  const { recordOf, entryCount } = input;
  let word = input.entries / 4;
  let record = 0;
  let emittedIndex = 0;
  for (let entry = 0; entry < entryCount; entry++, word += 4) {
    const own = recordOf[entry]!;
    for (; record < own; record++) {
      verdicts[record] = Verdict.Pass;
      result.push(record, OutputOrigin.Input, offsets[record]!, lengths[record]!);
    }
    record = own + 1;
    const verdict = words[word + 3]!;
    if (verdict === Verdict.Pass) {
      result.push(own, OutputOrigin.Input, offsets[own]!, lengths[own]!);
    } else if (verdict === Verdict.Drop) {
      result.dropped++;
    } else if (verdict === Verdict.Rewritten) {
      result.rewritten++;
      pushModuleOutput(result, memory, own, words[word]!, words[word + 1]!);
    } else {
      throw trap("output", CALL, `the verdict of entry ${entry} is ${verdict}`);
    }
    verdicts[own] = verdict;
    if (table === undefined) continue;
    while (
      emittedIndex < emitted.count &&
      table.getUint32(emittedIndex * EMITTED_BYTES + 8, true) === entry
    ) {
      const at = emittedIndex++ * EMITTED_BYTES;
      pushModuleOutput(result, memory, own, table.getUint32(at, true), table.getUint32(at + 4, true));
      result.emitted++;
    }
  }
  for (; record < count; record++) {
    verdicts[record] = Verdict.Pass;
    result.push(record, OutputOrigin.Input, offsets[record]!, lengths[record]!);
  }
  if (emittedIndex < emitted.count) {
    throw trap(
      "output",
      CALL,
      `emitted record ${emittedIndex} goes behind no entry, or behind an earlier one`,
    );
  }
  if (result.moduleBytes + result.emitted * EMITTED_OVERHEAD_BYTES > bytesMax) {
    throw trap("output", CALL, `it made ${result.moduleBytes} octets, ${bytesMax} are allowed`);
  }
}

function emittedTable(
  memory: ModuleMemory,
  limits: FilterLimits,
  input: BatchInput,
  { count, address }: { readonly count: number; readonly address: number },
): DataView {
  const most = emittedMax(limits, input.recordBytes);
  if (count > most) throw trap("output", CALL, `it emitted ${count} records, ${most} are allowed`);
  if (!memory.holds(address, count * EMITTED_BYTES)) {
    throw trap(
      "output",
      "ims_emitted",
      `the table of emitted records at ${address} is outside of the memory`,
    );
  }
  return new DataView(memory.bytes.buffer, address, count * EMITTED_BYTES);
}

function pushModuleOutput(
  result: BatchResult,
  memory: ModuleMemory,
  record: number,
  address: number,
  length: number,
): void {
  if (length < RECORD_HEADER_BYTES || length > RECORD_BYTES_MAX || !memory.holds(address, length)) {
    throw trap("output", CALL, `record ${record} became ${length} octets at address ${address}`);
  }
  result.moduleBytes += length;
  result.push(record, OutputOrigin.Module, address, length);
}
