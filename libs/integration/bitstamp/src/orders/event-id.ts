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

/**
 * Fills `id` from {@link EVENT_ID_BYTES} bytes; false, with `id` spoiled, if they are no event id in small letters. Ids
 * that differ in one digit differ in their words; which bits a digit becomes does not matter.
 */
export function readEventId(bytes: Uint8Array, start: number, id: EventId): boolean {
  const dashes = bytes[start + 8]! & bytes[start + 13]! & bytes[start + 18]! & bytes[start + 23]!;
  const others = bytes[start + 8]! | bytes[start + 13]! | bytes[start + 18]! | bytes[start + 23]!;
  if (dashes !== DASH || others !== DASH) return false;
  return (
    readWord(bytes, start, start + 4, id, 0) &&
    readWord(bytes, start + 9, start + 14, id, 1) &&
    readWord(bytes, start + 19, start + 24, id, 2) &&
    readWord(bytes, start + 28, start + 32, id, 3)
  );
}

/** The same of a text. */
export function readEventIdText(text: unknown, id: EventId): boolean {
  if (typeof text !== "string" || text.length !== EVENT_ID_BYTES) return false;
  const bytes = new TextEncoder().encode(text);
  return bytes.length === EVENT_ID_BYTES && readEventId(bytes, 0, id);
}

const DASH = 0x2d;

/** Eight digits at two places. */
function readWord(bytes: Uint8Array, first: number, second: number, id: EventId, at: number): boolean {
  const high = fourHexDigits(bytes, first);
  const low = fourHexDigits(bytes, second);
  id[at] = (high << 4) | low;
  return high >= 0 && low >= 0;
}

/** The values of four digits, each in the lower half of a byte, or -1 if there are other bytes among them. */
function fourHexDigits(bytes: Uint8Array, at: number): number {
  const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  const letters = (word >>> 6) & 0x01010101;
  const halves = word & 0x0f0f0f0f;
  // Digits are 0x30 to 0x39, letters 0x61 to 0x66: what is above or below them reaches a bit that has to be 0.
  const above = halves + 0x06060606 + 3 * letters;
  const below = halves + 0x10101010 - letters;
  const isHex =
    (word & 0xf0f0f0f0) >>> 0 === 0x30303030 + 0x30 * letters &&
    (above & 0x10101010) === 0 &&
    (below & 0x10101010) === 0x10101010;
  return isHex ? halves + 9 * letters : -1;
}
