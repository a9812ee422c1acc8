import type { FilterLimits } from "../limits.js";
import { type BatchRecords, behind, spanOf } from "./batch-records.js";
import type { ModuleMemory } from "./module-memory.js";

/** Octets of an entry in a module's memory. */
export const ENTRY_BYTES = 16;
const ENTRY_WORDS = ENTRY_BYTES / 4;

/** Writes batches into a module's memory: entries in front, octets behind them. */
export class BatchInput {
  /** Which templates the module reads, or undefined for all. */
  readonly #isRead: Uint8Array | undefined;

  /** Place in the batch of each entry. */
  recordOf = new Uint32Array(1024);
  /** Entries written; records of other templates have none. */
  entryCount = 0;
  /** Address of the first entry. */
  entries = 0;
  /** Octets of all records of the batch. */
  recordBytes = 0;

  constructor(
    readonly memory: ModuleMemory,
    readonly limits: FilterLimits,
    templates: readonly number[],
  ) {
    if (templates.length > 0) {
      this.#isRead = new Uint8Array(0x10000);
      for (const template of templates) this.#isRead[template] = 1;
    }
  }

  /**
   * Where records lie close together, they are copied as one piece with whatever is between them, otherwise one by one.
   * @throws ImsError `wasm.bad-batch`; `wasm.trapped` when the module has no room
   */
  write(batch: BatchRecords, batchTime: number): void {
    const { bytes, count } = batch;
    const { start, end, recordBytes, isDense, copyBytes } = spanOf(batch, batchTime, this.limits);
    this.recordBytes = recordBytes;
    this.entryCount = 0;
    if (count === 0) return;
    this.memory.reserve(count * ENTRY_BYTES + copyBytes);
    this.entries = this.memory.region;
    if (this.recordOf.length < count) this.recordOf = new Uint32Array(count * 2);
    const octets = this.entries + count * ENTRY_BYTES;
    if (isDense) {
      this.memory.bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), octets);
      this.#writeDense(batch, octets - start);
    } else {
      this.#writeScattered(batch, octets);
    }
  }

  #writeDense({ bytes, offsets, lengths, count }: BatchRecords, shift: number): void {
    const { words } = this.memory;
    const { recordOf } = this;
    const isRead = this.#isRead;
    let word = this.entries / 4;
    let entry = 0;
    for (let index = 0; index < count; index++) {
      const offset = offsets[index]!;
      const template = bytes[offset + 2]! | (bytes[offset + 3]! << 8);
      if (isRead !== undefined && isRead[template] === 0) continue;
      words[word] = shift + offset;
      words[word + 1] = lengths[index]!;
      words[word + 2] = template | (bytes[offset + 6]! << 16) | (bytes[offset + 7]! << 24);
      words[word + 3] = 0;
      recordOf[entry++] = index;
      word += ENTRY_WORDS;
    }
    this.entryCount = entry;
  }

  #writeScattered({ bytes, offsets, lengths, count }: BatchRecords, octets: number): void {
    const { words } = this.memory;
    const isRead = this.#isRead;
    let word = this.entries / 4;
    let address = octets;
    let entry = 0;
    for (let index = 0; index < count; index++) {
      const offset = offsets[index]!;
      const length = lengths[index]!;
      const template = bytes[offset + 2]! | (bytes[offset + 3]! << 8);
      if (isRead !== undefined && isRead[template] === 0) continue;
      this.memory.bytes.set(bytes.subarray(offset, offset + length), address);
      words[word] = address;
      words[word + 1] = length;
      words[word + 2] = template | (bytes[offset + 6]! << 16) | (bytes[offset + 7]! << 24);
      words[word + 3] = 0;
      this.recordOf[entry++] = index;
      word += ENTRY_WORDS;
      address = behind(address, length);
    }
    this.entryCount = entry;
  }
}
