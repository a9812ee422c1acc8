/** Of an event id, `00065aad-a8b2-3408-0000-000102000020`: 32 hexadecimal digits and four dashes. */
export const EVENT_ID_BYTES = 36;

/** The 128 bits of an event id as four words, so that no text is made to compare two of them. */
export type EventId = Int32Array;

export function createEventId(): EventId {
  return new Int32Array(4);
}

export function isSameEventId(left: EventId, right: EventId): boolean {
  return left[0] === right[0] && left[1] === right[1] && left[2] === right[2] && left[3] === right[3];
}

/** Fills `id` from {@link EVENT_ID_BYTES} bytes; false, with `id` spoiled, if they are no event id. */
export function readEventId(bytes: Uint8Array, start: number, id: EventId): boolean {
  let faults = 0;
  let digits = 0;
  let word = 0;
  for (let at = 0; at < EVENT_ID_BYTES; at++) {
    const byte = bytes[start + at]!;
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      faults |= byte ^ DASH;
      continue;
    }
    const value = HEX_VALUES[byte]!;
    faults |= value & ~15;
    word = (word << 4) | value;
    if ((++digits & 7) === 0) id[(digits >>> 3) - 1] = word;
  }
  return faults === 0;
}

/** The same of a text. */
export function readEventIdText(text: unknown, id: EventId): boolean {
  if (typeof text !== "string" || text.length !== EVENT_ID_BYTES) return false;
  const bytes = new TextEncoder().encode(text);
  return bytes.length === EVENT_ID_BYTES && readEventId(bytes, 0, id);
}

const DASH = 0x2d;

/** Values of digits by their bytes; of other bytes one with bits above the lowest four. */
const HEX_VALUES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = String.fromCharCode(byte);
  return /[0-9a-fA-F]/.test(digit) ? Number.parseInt(digit, 16) : 0x80;
});
