import { fail } from "../errors.js";
import { DIGEST_BYTES, SIGNATURE_BYTES } from "../schemes.js";

/** Octets of the cursors in front of the slots, one cache line each, so that the sides do not slow each other. */
const CURSOR_BYTES = 64;
const Cursor = { Written: 0, Done: 1, Stop: 2, Generation: 3 } as const;
const HEADER_BYTES = 4 * CURSOR_BYTES;
const SLOT_BYTES = 128;
const SIGNATURE_START = DIGEST_BYTES;
const KEY_START = SIGNATURE_START + SIGNATURE_BYTES;
const BACKEND_START = KEY_START + 1;
const STATE_START = BACKEND_START + 1;
const WORDS_PER_CURSOR = CURSOR_BYTES / Int32Array.BYTES_PER_ELEMENT;

/** Messages of the smallest and largest ring. */
export const RING_SLOTS = { least: 2, most: 65_536 } as const;

/** What a slot says of its signature. */
export const SlotState = { Waiting: 0, Signed: 1, Failed: 2 } as const;
export type SlotState = (typeof SlotState)[keyof typeof SlotState];

/**
 * Digests to one worker and signatures back, in shared memory. Slots go round: the owner writes digests, the worker
 * replaces nothing but the signature and the state beside them, the owner takes them in the same order. Each cursor
 * counts messages modulo 2³² and is moved by one side only: `written` by the owner, `done` by the worker, `taken`, which
 * the worker has no need of, is the owner's own. A worker that dies leaves the cursors where they were: what is not done
 * is done by the next one.
 *
 * Invariant: `taken` ≤ `done` ≤ `written` ≤ `taken` + slots.
 */
export class SigningRing {
  readonly #cursors: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #slots: number;
  #taken: number;

  /** @param memory of `SigningRing.allocate` */
  constructor(readonly memory: SharedArrayBuffer) {
    this.#cursors = new Int32Array(memory, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.#bytes = new Uint8Array(memory, HEADER_BYTES);
    this.#slots = this.#bytes.length / SLOT_BYTES;
    this.#taken = this.done;
  }

  /**
   * @param slots a power of two, 2 to 65,536
   * @throws ImsError `signing.bad-input`
   */
  static allocate(slots: number): SharedArrayBuffer {
    const isPower = Number.isInteger(slots) && (slots & (slots - 1)) === 0;
    if (!isPower || slots < RING_SLOTS.least || slots > RING_SLOTS.most) {
      throw fail(
        "signing.bad-input",
        `a ring of ${slots} messages; it is a power of two, ${RING_SLOTS.least} to ${RING_SLOTS.most}`,
      );
    }
    return new SharedArrayBuffer(HEADER_BYTES + slots * SLOT_BYTES);
  }

  get slots(): number {
    return this.#slots;
  }

  get written(): number {
    return Atomics.load(this.#cursors, Cursor.Written * WORDS_PER_CURSOR);
  }

  get done(): number {
    return Atomics.load(this.#cursors, Cursor.Done * WORDS_PER_CURSOR);
  }

  /** Messages that wait for a worker. */
  get waiting(): number {
    return (this.written - this.done) >>> 0;
  }

  /** Signatures that wait for the owner. */
  get ready(): number {
    return (this.done - this.#taken) >>> 0;
  }

  get isFull(): boolean {
    return (this.written - this.#taken) >>> 0 === this.#slots;
  }

  /** The owner: hands a digest over; false if the ring is full. The worker is woken by `wake`. */
  put(digest: Uint8Array, keyIndex: number, backendCode: number): boolean {
    if (this.isFull) return false;
    const { written } = this;
    const start = this.#start(written);
    this.#bytes.set(digest, start);
    this.#bytes[start + KEY_START] = keyIndex;
    this.#bytes[start + BACKEND_START] = backendCode;
    this.#bytes[start + STATE_START] = SlotState.Waiting;
    Atomics.store(this.#cursors, Cursor.Written * WORDS_PER_CURSOR, (written + 1) | 0);
    return true;
  }

  /** The owner: wakes a worker that sleeps. */
  wake(): void {
    Atomics.notify(this.#cursors, Cursor.Written * WORDS_PER_CURSOR);
  }

  /** The owner: copies the next signature out and frees its slot. Only if `ready` is above 0. */
  take(out: Uint8Array, offset: number): SlotState {
    const start = this.#start(this.#taken);
    const state = this.#bytes[start + STATE_START] as SlotState;
    const from = start + SIGNATURE_START;
    if (state === SlotState.Signed) out.set(this.#bytes.subarray(from, from + SIGNATURE_BYTES), offset);
    this.#taken = (this.#taken + 1) | 0;
    return state;
  }

  /** The owner: tells the worker to end once it has done what it does now. */
  stop(): void {
    Atomics.store(this.#cursors, Cursor.Stop * WORDS_PER_CURSOR, 1);
    // The worker sleeps on the cursor of what is written.
    this.wake();
  }

  get isStopped(): boolean {
    return Atomics.load(this.#cursors, Cursor.Stop * WORDS_PER_CURSOR) !== 0;
  }

  /** Which thread is to serve the ring; one of another generation ends once it has done what it does now. */
  get generation(): number {
    return Atomics.load(this.#cursors, Cursor.Generation * WORDS_PER_CURSOR);
  }

  /** The owner: the thread that serves the ring now is to end. @returns the generation of the next one */
  nextGeneration(): number {
    const generation = Atomics.add(this.#cursors, Cursor.Generation * WORDS_PER_CURSOR, 1) + 1;
    this.wake();
    return generation;
  }

  /** The worker: sleeps until there is a message, or it has to end, or some milliseconds are over. */
  waitForMessage(timeoutMillis: number): void {
    const { done } = this;
    if (this.isStopped) return;
    Atomics.wait(this.#cursors, Cursor.Written * WORDS_PER_CURSOR, done, timeoutMillis);
  }

  /** The worker: copies the digest of the next message; only if `waiting` is above 0. */
  readDigest(out: Uint8Array): void {
    const start = this.#start(this.done);
    out.set(this.#bytes.subarray(start, start + DIGEST_BYTES));
  }

  get keyIndex(): number {
    return this.#bytes[this.#start(this.done) + KEY_START]!;
  }

  get backendCode(): number {
    return this.#bytes[this.#start(this.done) + BACKEND_START]!;
  }

  /** The worker: stores the signature of that message, or that there is none, and goes on to the next. */
  finish(state: SlotState, signature: Uint8Array): void {
    const { done } = this;
    const start = this.#start(done);
    if (state === SlotState.Signed) this.#bytes.set(signature, start + SIGNATURE_START);
    this.#bytes[start + STATE_START] = state;
    Atomics.store(this.#cursors, Cursor.Done * WORDS_PER_CURSOR, (done + 1) | 0);
  }

  #start(cursor: number): number {
    return ((cursor >>> 0) & (this.#slots - 1)) * SLOT_BYTES;
  }
}
