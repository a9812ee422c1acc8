import { describeError } from "@ims/common";
import { fail } from "../errors.js";

/** "IMSC" in the order of the file. */
const MAGIC = 0x43534d49;
const FORMAT = 1;
const HEAD_BYTES = 24;

/** State of a task at most; a larger one has to be thinned out by its processor. */
export const STATE_BYTES_MAX = 8 * 1024 * 1024;

/** A task's state, and the offset of the first record that is not in it. */
export interface Checkpoint {
  readonly stateVersion: number;
  readonly nextOffset: number;
  readonly state: Uint8Array;
}

/**
 * The message that keeps a checkpoint, little-endian:
 *
 * ```
 * 0   uint32   "IMSC"
 * 4   uint16   format, 1
 * 6   uint16   0
 * 8   uint64   next offset
 * 16  uint32   state version
 * 20  uint32   octets of the state
 * 24  octets   state
 * ```
 *
 * Throws `processor.state-too-large`.
 */
export function encodeCheckpoint({ stateVersion, nextOffset, state }: Checkpoint): Uint8Array {
  if (state.length > STATE_BYTES_MAX) {
    const detail = `the state has ${state.length} octets, allowed are ${STATE_BYTES_MAX}`;
    throw fail("processor.state-too-large", detail);
  }
  const message = new Uint8Array(HEAD_BYTES + state.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, FORMAT, true);
  view.setBigUint64(8, BigInt(nextOffset), true);
  view.setUint32(16, stateVersion, true);
  view.setUint32(20, state.length, true);
  message.set(state, HEAD_BYTES);
  return message;
}

/** Throws `processor.bad-checkpoint` for octets that are none. The state is a copy. */
export function decodeCheckpoint(message: Uint8Array): Checkpoint {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  try {
    if (view.getUint32(0, true) !== MAGIC) throw new Error('it does not begin with "IMSC"');
    if (view.getUint16(4, true) !== FORMAT) throw new Error(`its format is ${view.getUint16(4, true)}`);
    const nextOffset = view.getBigUint64(8, true);
    if (nextOffset > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`its offset is ${nextOffset}`);
    const byteCount = view.getUint32(20, true);
    if (byteCount !== message.length - HEAD_BYTES) {
      throw new Error(`it declares ${byteCount} octets of state and has ${message.length - HEAD_BYTES}`);
    }
    return {
      nextOffset: Number(nextOffset),
      stateVersion: view.getUint32(16, true),
      state: message.slice(HEAD_BYTES),
    };
  } catch (cause) {
    const detail = `a message of ${message.length} octets is no checkpoint: ${describeError(cause)}`;
    throw fail("processor.bad-checkpoint", detail, { cause });
  }
}
