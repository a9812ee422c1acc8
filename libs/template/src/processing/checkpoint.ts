import { describeError } from "@ims/common";
import type { TaskNote } from "@ims/traits";
import { fail } from "../errors.js";

/** "IMSC" in the order of the file. */
const MAGIC = 0x43534d49;
/** Without and with notes. */
const PLAIN_FORMAT = 1;
const NOTED_FORMAT = 2;
const HEAD_BYTES = 24;
const NOTE_HEAD_BYTES = 12;
/** Flag of the second format: the task has no state yet. */
const NO_STATE = 1;

/** State of a task at most; a larger one has to be thinned out by its processor. */
export const STATE_BYTES_MAX = 8 * 1024 * 1024;

/** Octets of a task's notes at most, with 12 for each. */
export const NOTE_BYTES_MAX = 1024 * 1024;

/** A task's state, and the offset of the first record that is not in it. */
export interface Checkpoint {
  readonly stateVersion: number;
  readonly nextOffset: number;
  /** Absent for a task that has decided something before its first state. */
  readonly state: Uint8Array | undefined;
  /** What was decided from `nextOffset` on, oldest first. */
  readonly notes: readonly TaskNote[];
}

/**
 * The message that keeps a checkpoint, little-endian:
 *
 * ```
 * 0   uint32   "IMSC"
 * 4   uint16   format: 1, or 2 with notes
 * 6   uint16   0; 1 in format 2 for a task that has no state yet
 * 8   uint64   next offset
 * 16  uint32   state version
 * 20  uint32   octets of the state
 * 24  octets   state
 *              in format 2 the notes, each as
 *     uint64   offset that it counts from
 *     uint32   octets of the note
 *     octets   note
 * ```
 *
 * Throws `processor.state-too-large`.
 */
export function encodeCheckpoint({ stateVersion, nextOffset, state, notes }: Checkpoint): Uint8Array {
  const stateBytes = state?.length ?? 0;
  const noteBytes = notes.reduce((sum, { octets }) => sum + NOTE_HEAD_BYTES + octets.length, 0);
  if (stateBytes > STATE_BYTES_MAX || noteBytes > NOTE_BYTES_MAX) {
    const detail = `the state has ${stateBytes} octets and its notes ${noteBytes}, allowed are ${STATE_BYTES_MAX} and ${NOTE_BYTES_MAX}`;
    throw fail("processor.state-too-large", detail);
  }
  const message = new Uint8Array(HEAD_BYTES + stateBytes + noteBytes);
  const view = new DataView(message.buffer);
  const isPlain = state !== undefined && notes.length === 0;
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, isPlain ? PLAIN_FORMAT : NOTED_FORMAT, true);
  view.setUint16(6, state === undefined ? NO_STATE : 0, true);
  view.setBigUint64(8, BigInt(nextOffset), true);
  view.setUint32(16, stateVersion, true);
  view.setUint32(20, stateBytes, true);
  if (state) message.set(state, HEAD_BYTES);
  let at = HEAD_BYTES + stateBytes;
  for (const { offset, octets } of notes) {
    view.setBigUint64(at, BigInt(offset), true);
    view.setUint32(at + 8, octets.length, true);
    message.set(octets, at + NOTE_HEAD_BYTES);
    at += NOTE_HEAD_BYTES + octets.length;
  }
  return message;
}

/** Throws `processor.bad-checkpoint` for octets that are none. State and notes are copies. */
export function decodeCheckpoint(message: Uint8Array): Checkpoint {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  try {
    if (view.getUint32(0, true) !== MAGIC) throw new Error('it does not begin with "IMSC"');
    const format = view.getUint16(4, true);
    if (format !== PLAIN_FORMAT && format !== NOTED_FORMAT) throw new Error(`its format is ${format}`);
    const nextOffset = readOffset(view, 8);
    const byteCount = view.getUint32(20, true);
    const present = message.length - HEAD_BYTES;
    if (format === PLAIN_FORMAT ? byteCount !== present : byteCount > present) {
      throw new Error(`it declares ${byteCount} octets of state and has ${present}`);
    }
    const hasState = format === PLAIN_FORMAT || (view.getUint16(6, true) & NO_STATE) === 0;
    return {
      nextOffset,
      stateVersion: view.getUint32(16, true),
      state: hasState ? message.slice(HEAD_BYTES, HEAD_BYTES + byteCount) : undefined,
      notes: format === PLAIN_FORMAT ? [] : readNotes(message, view, HEAD_BYTES + byteCount),
    };
  } catch (cause) {
    const detail = `a message of ${message.length} octets is no checkpoint: ${describeError(cause)}`;
    throw fail("processor.bad-checkpoint", detail, { cause });
  }
}

function readNotes(message: Uint8Array, view: DataView, start: number): TaskNote[] {
  const notes: TaskNote[] = [];
  for (let at = start; at < message.length; ) {
    const offset = readOffset(view, at);
    const end = at + NOTE_HEAD_BYTES + view.getUint32(at + 8, true);
    if (end > message.length) throw new Error(`a note ends ${end - message.length} octets behind it`);
    notes.push({ offset, octets: message.slice(at + NOTE_HEAD_BYTES, end) });
    at = end;
  }
  return notes;
}

function readOffset(view: DataView, at: number): number {
  const offset = view.getBigUint64(at, true);
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`its offset is ${offset}`);
  return Number(offset);
}
