/** Records of a module's batch at most, and octets unless a single record has more. */
export const BATCH_RECORDS_MAX = 1024;
export const BATCH_BYTES_MAX = 2 * 1024 * 1024;

/** Records on their way through a chain: places in `bytes`, each with the input offset that it comes from. */
export class RecordBatch {
  bytes: Uint8Array = new Uint8Array(0);
  offsets = new Uint32Array(BATCH_RECORDS_MAX);
  lengths = new Uint32Array(BATCH_RECORDS_MAX);
  /** Never falls from one record to the next. */
  origins = new Float64Array(BATCH_RECORDS_MAX);
  count = 0;

  /** Forgets all records. The ones that follow stand in these octets. */
  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.count = 0;
  }

  push(offset: number, length: number, origin: number): void {
    if (this.count === this.offsets.length) this.grow();
    this.offsets[this.count] = offset;
    this.lengths[this.count] = length;
    this.origins[this.count++] = origin;
  }

  private grow(): void {
    const room = this.offsets.length * 2;
    const { offsets, lengths, origins } = this;
    this.offsets = new Uint32Array(room);
    this.lengths = new Uint32Array(room);
    this.origins = new Float64Array(room);
    this.offsets.set(offsets);
    this.lengths.set(lengths);
    this.origins.set(origins);
  }
}
