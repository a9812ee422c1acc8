/** What a flyweight holds before it is placed. */
export const EMPTY_BYTES = new Uint8Array(0);
export const EMPTY_VIEW = new DataView(EMPTY_BYTES.buffer);

/** The octets that a view covers, without copying. */
export function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/**
 * Zeros [start, start + length): eight octets a step, since `fill` costs a call out of compiled code. Little-endian,
 * like the machines this runs on: the other order would swap the octets of every zero.
 */
export function zeroOctets(view: DataView, start: number, length: number): void {
  const end = start + length;
  let at = start;
  for (; at + 8 <= end; at += 8) view.setFloat64(at, 0, true);
  for (; at < end; at++) view.setUint8(at, 0);
}

/** Copies `length` octets between views, four a step: doubles could change on the way. */
export function copyWords(
  target: DataView,
  at: number,
  source: DataView,
  start: number,
  length: number,
): void {
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    target.setInt32(at + index, source.getInt32(start + index, true), true);
  }
  for (; index < length; index++) target.setUint8(at + index, source.getUint8(start + index));
}

/** What flyweights of groups share with their message: the buffer, and where the next octets go. */
export interface MessageCursor {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  cursor: number;
}
