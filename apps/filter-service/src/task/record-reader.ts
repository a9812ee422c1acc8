import type { InputRecords } from "@ims/traits";
import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX, RecordBatch } from "../chain/record-batch.js";

/** Octets of what a module can be given: an SBE header at least, 65,536 at most (docs/formats/wasm-abi.md). */
const RECORD_BYTES_MIN = 8;
const RECORD_BYTES_MAX = 65_536;

/**
 * Takes the records of a poll apart into batches for modules. A batch has records of one broker time only, so that the
 * time a module is told does not depend on how many records a poll happened to bring.
 */
export class RecordReader {
  readonly batch = new RecordBatch();
  /** Records that no module is shown. */
  isPlain = false;
  /** Microseconds since 1970. */
  batchTime = 0;
  private records: InputRecords | undefined;
  private isWaiting = false;

  begin(records: InputRecords): void {
    this.records = records;
    this.isWaiting = records.next();
  }

  /** Offset of the record that the next batch begins with; −1 behind the last one. */
  get nextOffset(): number {
    return this.isWaiting ? this.records!.offset : -1;
  }

  /** Fills the batch. @param end offset that no record of it may reach */
  fill(end: number): void {
    const { batch, records } = this;
    if (!records || !this.isWaiting) throw new Error("there is no record left");
    batch.begin(records.bytes);
    this.batchTime = records.timestampMicros ?? 0;
    this.isPlain = !isShown(records.payloadLength);
    let byteCount = 0;
    do {
      batch.push(records.payloadStart, records.payloadLength, records.offset);
      byteCount += records.payloadLength;
      this.isWaiting = records.next();
    } while (
      this.isWaiting &&
      batch.count < BATCH_RECORDS_MAX &&
      byteCount < BATCH_BYTES_MAX &&
      records.offset < end &&
      (records.timestampMicros ?? 0) === this.batchTime &&
      isShown(records.payloadLength) !== this.isPlain
    );
  }
}

function isShown(byteCount: number): boolean {
  return byteCount >= RECORD_BYTES_MIN && byteCount <= RECORD_BYTES_MAX;
}
