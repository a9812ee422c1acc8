import type { InputRecords } from "@ims/traits";

/** Records that are looked back at: twice what a producer can have on its way and not confirmed. A power of two. */
export const COPY_DISTANCE = 8192;
const NONE = -1;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A record where it is stored: its id stands in 16 octets from `idStart` on. */
export interface StoredRecord extends Omit<InputRecords, "bytes" | "next"> {
  readonly idStart: number;
}

/**
 * Knows the records of one partition that are stored twice, as after a reply that was lost: those with the id and the
 * octets of another that stands less than {@link COPY_DISTANCE} before them. That depends on nothing but the partition,
 * so it is the same after a restart, once the records before it were looked at again. An id of zero is no id.
 *
 * A table of chains over plain numbers: nothing is allocated per record.
 */
export class InputCopies {
  /** Per place: four words of the id, and a hash of the octets. */
  private readonly keys = new Int32Array(COPY_DISTANCE * 5);
  private readonly offsets = new Float64Array(COPY_DISTANCE).fill(NONE);
  private readonly next = new Int32Array(COPY_DISTANCE).fill(NONE);
  private readonly heads = new Int32Array(COPY_DISTANCE * 2).fill(NONE);

  /** Takes a record in, whose offset is above that of all before it. Returns whether it is a copy. */
  isCopy({ view, idStart, offset, payloadStart, payloadLength }: StoredRecord): boolean {
    const word0 = view.getInt32(idStart, true);
    const word1 = view.getInt32(idStart + 4, true);
    const word2 = view.getInt32(idStart + 8, true);
    const word3 = view.getInt32(idStart + 12, true);
    if ((word0 | word1 | word2 | word3) === 0) return false;
    const content = hashOf(view, payloadStart, payloadLength);
    const { heads, keys, next, offsets } = this;
    const head = bucketOf(word0, word1, word2, word3);
    let isKnown = false;
    for (let at = heads[head]!; at !== NONE && !isKnown; at = next[at]!) {
      const key = at * 5;
      isKnown =
        keys[key] === word0 &&
        keys[key + 1] === word1 &&
        keys[key + 2] === word2 &&
        keys[key + 3] === word3 &&
        keys[key + 4] === content &&
        offset - offsets[at]! < COPY_DISTANCE;
    }
    const place = (offset >>> 0) & (COPY_DISTANCE - 1);
    if (offsets[place] !== NONE) this.forget(place);
    const key = place * 5;
    keys[key] = word0;
    keys[key + 1] = word1;
    keys[key + 2] = word2;
    keys[key + 3] = word3;
    keys[key + 4] = content;
    offsets[place] = offset;
    next[place] = heads[head]!;
    heads[head] = place;
    return isKnown;
  }

  private forget(place: number): void {
    const { heads, keys, next } = this;
    const key = place * 5;
    const head = bucketOf(keys[key]!, keys[key + 1]!, keys[key + 2]!, keys[key + 3]!);
    if (heads[head] === place) {
      heads[head] = next[place]!;
      return;
    }
    let before = heads[head]!;
    while (next[before] !== place) before = next[before]!;
    next[before] = next[place]!;
  }
}

/** A cursor that passes over copies. */
export class FirstRecords implements InputRecords {
  /** Copies that were passed over. */
  copyCount = 0;
  private readonly copies = new InputCopies();
  private records!: InputRecords & StoredRecord;

  /** Looks at records that were handled before, at least one. Returns the offset of the last. */
  remember(records: InputRecords & StoredRecord): number {
    let last = NONE;
    while (records.next()) {
      this.copies.isCopy(records);
      last = records.offset;
    }
    return last;
  }

  /** The records that follow are those of this cursor. */
  follow(records: InputRecords & StoredRecord): this {
    this.records = records;
    return this;
  }

  next(): boolean {
    const { copies, records } = this;
    while (records.next()) {
      if (!copies.isCopy(records)) return true;
      this.copyCount++;
    }
    return false;
  }

  get bytes(): Uint8Array {
    return this.records.bytes;
  }

  get view(): DataView {
    return this.records.view;
  }

  get payloadStart(): number {
    return this.records.payloadStart;
  }

  get payloadLength(): number {
    return this.records.payloadLength;
  }

  get headersLength(): number {
    return this.records.headersLength ?? 0;
  }

  get offset(): number {
    return this.records.offset;
  }

  get timestampMicros(): number {
    return this.records.timestampMicros ?? 0;
  }
}

/** Spreads ids that differ in few low bits, as those of trades that follow one another do. */
function bucketOf(word0: number, word1: number, word2: number, word3: number): number {
  let hash = Math.imul(word0, 0x9e3779b1) ^ Math.imul(word1, 0x85ebca6b);
  hash ^= Math.imul(word2, 0xc2b2ae35) ^ Math.imul(word3, 0x27d4eb2d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) & (COPY_DISTANCE * 2 - 1);
}

/** FNV-1a over words, four sums beside each other since each step of one waits for the one before it, then over the rest. */
function hashOf(view: DataView, start: number, length: number): number {
  const end = start + length;
  let sum0 = FNV_OFFSET;
  let sum1 = FNV_OFFSET ^ length;
  let sum2 = FNV_OFFSET + 2;
  let sum3 = FNV_OFFSET + 3;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    sum0 = step(sum0, view.getInt32(at, true));
    sum1 = step(sum1, view.getInt32(at + 4, true));
    sum2 = step(sum2, view.getInt32(at + 8, true));
    sum3 = step(sum3, view.getInt32(at + 12, true));
  }
  for (; at < end; at++) sum0 = step(sum0, view.getUint8(at));
  return step(step(sum0, sum1), step(sum2, sum3)) | 0;
}

function step(sum: number, word: number): number {
  const product = Math.imul(sum ^ word, FNV_PRIME);
  return product ^ (product >>> 15);
}
