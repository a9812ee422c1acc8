import { fail } from "../errors.js";
import { type FilterLimits, RECORD_BYTES_MAX, RECORD_HEADER_BYTES } from "../limits.js";

/** Records of a batch: `count` places in `bytes`, in any order. */
export interface BatchRecords {
  readonly bytes: Uint8Array;
  readonly offsets: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
  readonly count: number;
}

/** Copies of records that are made one by one begin at multiples of this. */
const ALIGNMENT = 8;

/** What a batch takes, and how it is copied. */
export interface BatchSpan {
  /** Of the first octet and behind the last one. */
  readonly start: number;
  readonly end: number;
  /** Octets of all records. */
  readonly recordBytes: number;
  /** Whether the records lie so close that they are copied as one piece with what is between them. */
  readonly isDense: boolean;
  /** Octets of the copy. */
  readonly copyBytes: number;
}

/**
 * Looks at every place.
 * @param batchTime microseconds since 1970
 * @throws ImsError `wasm.bad-batch`
 */
export function spanOf(
  { bytes, offsets, lengths, count }: BatchRecords,
  batchTime: number,
  limits: FilterLimits,
): BatchSpan {
  if (count > limits.batchRecords) {
    throw fail("wasm.bad-batch", `the batch has ${count} records, ${limits.batchRecords} are taken`);
  }
  if (!Number.isSafeInteger(batchTime) || batchTime < 0) {
    throw fail("wasm.bad-batch", `the time of the batch is ${batchTime}, not whole microseconds since 1970`);
  }
  let start = bytes.length;
  let end = 0;
  let recordBytes = 0;
  for (let index = 0; index < count; index++) {
    const offset = offsets[index]!;
    const length = lengths[index]!;
    if (!(length >= RECORD_HEADER_BYTES && length <= RECORD_BYTES_MAX && offset >= 0)) {
      throw badRecord(index, offset, length, bytes.length);
    }
    if (offset < start) start = offset;
    if (offset + length > end) end = offset + length;
    recordBytes += length;
  }
  if (end > bytes.length) {
    throw fail("wasm.bad-batch", `a record ends at ${end}, behind the ${bytes.length} octets given`);
  }
  const isDense = end - start <= 2 * recordBytes;
  const copyBytes = isDense ? Math.max(end - start, 0) : recordBytes + count * ALIGNMENT;
  if (copyBytes > limits.batchBytes) {
    throw fail("wasm.bad-batch", `the batch has ${copyBytes} octets, ${limits.batchBytes} are taken`);
  }
  return { start, end, recordBytes, isDense, copyBytes };
}

/** Where the next record is copied to when they are copied one by one. */
export function behind(position: number, length: number): number {
  return position + Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function badRecord(index: number, offset: number, length: number, byteCount: number) {
  return fail(
    "wasm.bad-batch",
    `record ${index} has ${length} octets at ${offset} of ${byteCount}, and may have ${RECORD_HEADER_BYTES} to ${RECORD_BYTES_MAX}`,
  );
}
