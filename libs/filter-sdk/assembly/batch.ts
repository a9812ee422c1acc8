import { batch_time } from "./ims";
import { arenaBytes, resetArena } from "./memory";

const ENTRY_BYTES: usize = 16;
const EMITTED_BYTES: usize = 12;
const PASS: u32 = 0;
const DROP: u32 = 1;
const REWRITTEN: u32 = 2;

/**
 * The records of one batch, one after the other:
 *
 * ```ts
 * while (batch.next()) {
 *   const option = OptionTicker.of(batch);
 *   if (option != null && !option.hasMarkIv) batch.drop();
 * }
 * ```
 *
 * A record passes as it came unless something else is said of it.
 */
export class Batch {
  private first: usize = 0;
  private entry: usize = 0;
  private end: usize = 0;
  private table: usize = 0;
  private tableRoom: i32 = 0;
  private emittedCount: i32 = 0;

  /** Of the exports alone: begins a batch. */
  begin(entries: usize, count: i32): void {
    this.first = entries;
    this.entry = entries - ENTRY_BYTES;
    this.end = entries + <usize>count * ENTRY_BYTES;
    this.emittedCount = 0;
    resetArena();
  }

  /** Records emitted in this batch so far. */
  get emitted(): i32 {
    return this.emittedCount;
  }

  /** Of the exports alone: address of the table of emitted records. */
  get emittedTable(): usize {
    return this.table;
  }

  /** Goes to the next record; false behind the last. */
  @inline next(): bool {
    this.entry += ENTRY_BYTES;
    return this.entry < this.end;
  }

  /** Address of the current record, an SBE message with its header. */
  @inline get address(): usize {
    return load<u32>(this.entry);
  }

  /** Octets of the current record, header included. */
  @inline get length(): u32 {
    return load<u32>(this.entry, 4);
  }

  /** Template id of the current record. */
  @inline get template(): i32 {
    return load<u16>(this.entry, 8);
  }

  /** Schema version of the current record. */
  @inline get version(): i32 {
    return load<u16>(this.entry, 10);
  }

  /** Time of the batch: of its newest record, as the broker stored it, in microseconds since 1970. */
  get time(): i64 {
    return batch_time();
  }

  /** Leaves the current record out. */
  @inline drop(): void {
    store<u32>(this.entry, DROP, 12);
  }

  /** Lets the current record pass as it came, whatever was said of it or written into it. */
  @inline pass(): void {
    store<u32>(this.entry, PASS, 12);
  }

  /** Lets the current record pass as it stands in memory now, with what was written into its fields. */
  @inline rewrite(): void {
    store<u32>(this.entry, REWRITTEN, 12);
  }

  /** Puts another record in place of the current one, for example one of `create`. */
  replace(address: usize, length: u32): void {
    store<u32>(this.entry, <u32>address);
    store<u32>(this.entry, length, 4);
    store<u32>(this.entry, REWRITTEN, 12);
  }

  /** Sends a record on behind the current one; its octets must stay until the end of the batch. */
  emit(address: usize, length: u32): void {
    if (this.emittedCount == this.tableRoom) this.growTable();
    const at = this.table + <usize>this.emittedCount * EMITTED_BYTES;
    store<u32>(at, <u32>address);
    store<u32>(at, length, 4);
    // Before the first record there is none to go behind: the first one it is.
    const place: usize = this.entry < this.first ? 0 : (this.entry - this.first) / ENTRY_BYTES;
    store<u32>(at, <u32>place, 8);
    this.emittedCount++;
  }

  /** A copy of the current record to change and emit. */
  copy(): usize {
    const address = this.allocate(this.length);
    memory.copy(address, this.address, this.length);
    return address;
  }

  /** So many octets of 0 that last until the next batch. */
  allocate(length: u32): usize {
    return arenaBytes(length);
  }

  private growTable(): void {
    const room = max(256, this.tableRoom * 2);
    const table = heap.alloc(<usize>room * EMITTED_BYTES);
    memory.copy(table, this.table, <usize>this.emittedCount * EMITTED_BYTES);
    if (this.table != 0) heap.free(this.table);
    this.table = table;
    this.tableRoom = room;
  }
}
