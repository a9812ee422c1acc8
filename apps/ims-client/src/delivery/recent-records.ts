import type { PolledRecords } from "../transport/ims-transport.js";

/** Twice what a producer can have on its way and not confirmed: four batches of a thousand. */
const CAPACITY_DEFAULT = 8192;
/** In every record: the event time, behind the SBE header, then the times of the service, then what else the venue said. */
const EVENT_TIME_AT = 8;
const CONTENT_AT = 40;
const NONE = -1;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The newest records of one partition, so that a copy of one is recognised: the same message id and the same content at
 * another offset. Ids are made of what the venue said (see the service's `message-ids.ts`). An id has room for only a
 * part of that, and two different records must never be taken for one, so a fingerprint of all of it is compared too.
 * An id of zero is no id.
 *
 * A table of chains over plain numbers: nothing is allocated per record.
 */
export class RecentRecords {
  /** Per place in the ring: four words of the id and the fingerprint. */
  private readonly keys: Int32Array;
  private readonly offsets: Float64Array;
  private readonly next: Int32Array;
  private readonly heads: Int32Array;
  private readonly headMask: number;
  private count = 0;
  private place = 0;

  /** @param capacity records that are remembered */
  constructor(private readonly capacity: number = CAPACITY_DEFAULT) {
    const headCount = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.keys = new Int32Array(capacity * 5);
    this.offsets = new Float64Array(capacity);
    this.next = new Int32Array(capacity);
    this.heads = new Int32Array(headCount).fill(NONE);
    this.headMask = headCount - 1;
  }

  /** Whether the current record is a copy of a remembered one; if not, it is remembered from now on. */
  isCopy(records: PolledRecords): boolean {
    const { view, idStart, offset } = records;
    const word0 = view.getInt32(idStart, true);
    const word1 = view.getInt32(idStart + 4, true);
    const word2 = view.getInt32(idStart + 8, true);
    const word3 = view.getInt32(idStart + 12, true);
    if ((word0 | word1 | word2 | word3) === 0) return false;
    const content = fingerprint(view, records.payloadStart, records.payloadLength);
    const head = mixed(word0, word1, word2, word3) & this.headMask;
    const { keys } = this;
    for (let at = this.heads[head]!; at !== NONE; at = this.next[at]!) {
      const key = at * 5;
      if (
        keys[key] === word0 &&
        keys[key + 1] === word1 &&
        keys[key + 2] === word2 &&
        keys[key + 3] === word3 &&
        keys[key + 4] === content
      ) {
        // The same place read once more, for a subscription that was begun again, is no copy.
        return this.offsets[at] !== offset;
      }
    }
    const at = this.place;
    if (this.count === this.capacity) this.forget(at);
    else this.count++;
    this.place = at + 1 === this.capacity ? 0 : at + 1;
    const key = at * 5;
    keys[key] = word0;
    keys[key + 1] = word1;
    keys[key + 2] = word2;
    keys[key + 3] = word3;
    keys[key + 4] = content;
    this.offsets[at] = offset;
    this.next[at] = this.heads[head]!;
    this.heads[head] = at;
    return false;
  }

  /** Takes the oldest record, which is the last of its chain, out of it. */
  private forget(at: number): void {
    const { keys, next, heads } = this;
    const key = at * 5;
    const head = mixed(keys[key]!, keys[key + 1]!, keys[key + 2]!, keys[key + 3]!) & this.headMask;
    if (heads[head] === at) {
      heads[head] = next[at]!;
      return;
    }
    let before = heads[head]!;
    while (next[before] !== at) before = next[before]!;
    next[before] = next[at]!;
  }
}

/** Spreads ids that differ in few low bits, as consecutive trade ids do. */
function mixed(word0: number, word1: number, word2: number, word3: number): number {
  let hash = Math.imul(word0, 0x9e3779b1) ^ Math.imul(word1, 0x85ebca77);
  hash ^= Math.imul(word2, 0xc2b2ae3d) ^ Math.imul(word3, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/**
 * Of what the venue said, whenever the service read and published it: FNV-1a over words, high bits folded in. Four sums
 * run beside each other, since each step of one waits for the step before it.
 */
function fingerprint(view: DataView, payloadStart: number, payloadLength: number): number {
  const end = payloadStart + payloadLength;
  const time = payloadStart + EVENT_TIME_AT;
  let at = payloadStart + CONTENT_AT;
  if (at > end) return rest(view, time, end, FNV_OFFSET);
  let sum0 = folded(FNV_OFFSET, view.getInt32(time, true));
  let sum1 = folded(FNV_OFFSET + 1, view.getInt32(time + 4, true));
  let sum2 = FNV_OFFSET + 2;
  let sum3 = FNV_OFFSET + 3;
  for (; at + 16 <= end; at += 16) {
    sum0 = folded(sum0, view.getInt32(at, true));
    sum1 = folded(sum1, view.getInt32(at + 4, true));
    sum2 = folded(sum2, view.getInt32(at + 8, true));
    sum3 = folded(sum3, view.getInt32(at + 12, true));
  }
  return rest(view, at, end, folded(folded(folded(sum0, sum1), sum2), sum3));
}

function folded(sum: number, word: number): number {
  const hash = Math.imul(sum ^ word, FNV_PRIME);
  return hash ^ (hash >>> 15);
}

/** The octets that are left, one by one. */
function rest(view: DataView, start: number, end: number, sum: number): number {
  let hash = sum;
  for (let at = start; at < end; at++) hash = folded(hash, view.getUint8(at));
  return hash | 0;
}
