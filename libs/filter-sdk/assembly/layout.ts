import { Batch } from "./batch";
import { SCHEMA_ID, SCHEMA_VERSION } from "./generated/schema";

// Where the parts of an SBE record are: header of 8 octets, block, groups, data.

const HEADER_BYTES: u32 = 8;
const DIMENSION_BYTES: usize = 8;

/** Whether a record of our schema has a whole block of at least so many octets. A newer, longer block does no harm. */
export function holdsBlock(address: usize, length: u32, blockBytes: u32): bool {
  const block = <u32>load<u16>(address);
  return block >= blockBytes && HEADER_BYTES + block <= length && load<u16>(address, 4) == SCHEMA_ID;
}

/** The end of the group that begins at `start`, 0 if it does not end by `limit`. */
export function wholeGroup(start: usize, limit: usize, entryBytes: u32): usize {
  if (start == 0 || start + DIMENSION_BYTES > limit) return 0;
  if (load<u16>(start, 2) > 0 && load<u16>(start) < entryBytes) return 0;
  // Of 64 bits: counts and lengths of a damaged record lead around the end of the memory.
  const end = <u64>start + DIMENSION_BYTES + <u64>load<u16>(start) * <u64>load<u16>(start, 2);
  return end > <u64>limit ? 0 : <usize>end;
}

/** The end of the data that begins at `start`, 0 if it does not end by `limit`. */
export function wholeData(start: usize, limit: usize): usize {
  if (start == 0 || start + 2 > limit) return 0;
  const end = dataEnd(start);
  return end > limit ? 0 : end;
}

export function groupEnd(start: usize): usize {
  return start + DIMENSION_BYTES + <usize>load<u16>(start) * <usize>load<u16>(start, 2);
}

export function dataEnd(start: usize): usize {
  return start + 2 + load<u16>(start);
}

export function groupBytes(count: i32, entryBytes: u32): u32 {
  assert(<u32>count <= 65_534, "a group has at most 65,534 entries");
  return <u32>DIMENSION_BYTES + <u32>count * entryBytes;
}

export function dataBytes(length: i32): u32 {
  assert(<u32>length <= 65_534, "data has at most 65,534 octets");
  return 2 + <u32>length;
}

/** Memory of a new record with its header. */
export function beginRecord(batch: Batch, bytes: u32, template: u16, blockBytes: u16): usize {
  const address = batch.allocate(bytes);
  store<u16>(address, blockBytes);
  store<u16>(address, template, 2);
  store<u16>(address, SCHEMA_ID, 4);
  store<u16>(address, SCHEMA_VERSION, 6);
  return address;
}

export function beginGroup(start: usize, count: i32, entryBytes: u16): usize {
  store<u16>(start, entryBytes);
  store<u16>(start, <u16>count, 2);
  return groupEnd(start);
}

export function beginData(start: usize, length: i32): void {
  store<u16>(start, <u16>length);
}
