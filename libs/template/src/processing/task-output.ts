import type { PartitionProducer } from "@ims/iggy-client";
import type { InputRecords, RecordOutput } from "@ims/traits";
import { fail } from "../errors.js";
import { OUTPUTS_PER_RECORD_MAX, type OutputIds, type OutputPlace } from "./output-ids.js";

/** What {@link TaskOutput} needs of the producer of its partition. */
export type OutputProducer = Pick<
  PartitionProducer,
  "accepting" | "whenAccepting" | "reserve" | "commit" | "arena"
>;

/** Writes a task's outputs, apart from those that were stored before a restart. */
export class TaskOutput implements RecordOutput {
  /** Messages handed to the producer, and those left out because they are stored already. */
  publishedCount = 0;
  repeatedCount = 0;
  private records: InputRecords | undefined;
  private offset = -1;
  private index = 0;

  /** @param stored the last output that is stored already; `undefined` = none */
  constructor(
    private readonly producer: OutputProducer,
    private readonly ids: OutputIds,
    private readonly nowMicros: () => number,
    private stored: OutputPlace | undefined,
  ) {}

  /** The outputs that follow are of the current record of this cursor. */
  follow(records: InputRecords): void {
    this.records = records;
  }

  get accepting(): boolean {
    return this.producer.accepting;
  }

  whenAccepting(): Promise<void> {
    return this.producer.whenAccepting();
  }

  get bytes(): Uint8Array {
    return this.producer.arena.bytes;
  }

  get view(): DataView {
    return this.producer.arena.view;
  }

  reserve(byteCount: number): number {
    const at = this.producer.reserve(byteCount);
    if (at >= 0) return at;
    const detail = `no room for ${byteCount} octets made of the record at offset ${this.records?.offset}`;
    throw fail("processor.output-full", detail);
  }

  commit(byteCount: number, offset = this.records?.offset ?? -1, headersByteCount = 0): void {
    this.index = offset === this.offset ? this.index + 1 : 0;
    this.offset = offset;
    if (this.index >= OUTPUTS_PER_RECORD_MAX) {
      const detail = `the record at offset ${offset} makes more than ${OUTPUTS_PER_RECORD_MAX} outputs`;
      throw fail("processor.too-many-outputs", detail);
    }
    if (this.isStored(offset)) {
      this.repeatedCount++;
      return;
    }
    const id = this.ids.of(offset, this.index);
    this.producer.commit(byteCount - headersByteCount, id, this.nowMicros(), headersByteCount);
    this.publishedCount++;
  }

  /** Reserved and not committed is simply reserved again. */
  private isStored(offset: number): boolean {
    const { stored } = this;
    if (!stored) return false;
    if (offset < stored.offset || (offset === stored.offset && this.index <= stored.index)) return true;
    this.stored = undefined;
    return false;
  }
}
