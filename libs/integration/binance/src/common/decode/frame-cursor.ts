import type { MantissaCell } from "@ims/common";
import { MICROS_FROM } from "@ims/integration-kit";
import { Char } from "./json-chars.js";
import { type Literal, wordAt } from "./literal.js";

/** No place: what stands there is for the general parser. Walks never begin at 0. */
export const NOWHERE = 0;

/** Longer whole numbers are beyond 2^53. */
const WHOLE_DIGITS_MAX = 16;
/** Digits that a machine integer surely holds. */
const RUN_DIGITS_MAX = 9;
const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const TWO_32 = 0x100000000;
/** Larger numbers may have been rounded on the way; the general parser judges them. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER;

const FOUR_ZEROS = 0x30303030;

/**
 * Reads single JSON values from the bytes of a frame: each method takes the place where a value begins, and gives the
 * place behind it, or {@link NOWHERE} if it is not sure. It never throws, and accepts only what `JSON.parse` would
 * read in the same way. {@link NOWHERE} as the place gives {@link NOWHERE} again, so that a row of them needs one check
 * at its end. What was read stands in its fields, because a number is all that a method can return without
 * making an object. The last byte of a frame is known to be `}`, which ends every run of digits.
 */
export class FrameCursor {
  /** Length of the frame. */
  end = 0;
  /** Fields of the record seen so far, as bits that each walker gives a meaning. */
  seen = 0;
  /** The whole number last read. */
  value = 0.5;
  isTrue = false;
  /** The mantissa last read by {@link decimalAt}, as two words. */
  lo = 0;
  hi = 0;

  /** A whole number without sign, below 2^53, into {@link value}. */
  whole(bytes: Uint8Array, start: number): number {
    const last = this.end - 4;
    let at = start;
    let head = 0;
    // Up to eight digits in fours, then up to eight one by one: both parts are machine integers.
    for (let round = 0; round < 2 && at <= last; round++) {
      const four = fourDigits(bytes, at);
      if (four < 0) break;
      head = (Math.imul(head, 10_000) + four) | 0;
      at += 4;
    }
    const tailStart = at;
    let tail = 0;
    let digit = (bytes[at]! - Char.Zero) | 0;
    while (digit >>> 0 <= 9) {
      tail = (Math.imul(tail, 10) + digit) | 0;
      digit = (bytes[++at]! - Char.Zero) | 0;
    }
    const length = at - start;
    if (length === 0 || length > WHOLE_DIGITS_MAX) return NOWHERE;
    const value = head * POWERS_OF_TEN[at - tailStart]! + tail;
    if (value > EXACT_MAX) return NOWHERE;
    this.value = value;
    // A zero in front of other digits is no JSON.
    return length > 1 && bytes[start] === Char.Zero ? NOWHERE : at;
  }

  /** A venue time as microseconds into {@link value}; most have 13 digits, milliseconds from 2001 to 2286. */
  time(bytes: Uint8Array, start: number): number {
    if (start + 14 <= this.end && bytes[start] !== Char.Zero) {
      const first = fourDigits(bytes, start);
      const second = fourDigits(bytes, start + 4);
      const third = fourDigits(bytes, start + 8);
      const last = bytes[start + 12]! - Char.Zero;
      const isEnd = (bytes[start + 13]! - Char.Zero) >>> 0 > 9;
      if ((first | second | third) >= 0 && last >>> 0 <= 9 && isEnd) {
        this.value = first * 1e12 + ((second * 10_000 + third) * 10 + last) * 1000;
        return start + 13;
      }
    }
    const at = this.whole(bytes, start);
    if (this.value < MICROS_FROM) this.value *= 1000;
    return at;
  }

  /** A decimal above 0 without sign in quotes; the scale is that printed. */
  decimal(bytes: Uint8Array, start: number, cell: MantissaCell): number {
    if (bytes[start] !== Char.Quote) return NOWHERE;
    const wholeStart = start + 1;
    let at = wholeStart;
    let digit = (bytes[at]! - Char.Zero) | 0;
    let whole = 0;
    while (digit >>> 0 <= 9) {
      whole = (Math.imul(whole, 10) + digit) | 0;
      digit = (bytes[++at]! - Char.Zero) | 0;
    }
    const wholeLength = at - wholeStart;
    if (wholeLength === 0 || wholeLength > RUN_DIGITS_MAX) return NOWHERE;
    if (bytes[at] === Char.Quote) {
      cell.lo = whole;
      cell.hi = 0;
      cell.scale = 0;
      return whole === 0 ? NOWHERE : at + 1;
    }
    if (bytes[at] !== Char.Point) return NOWHERE;
    const fractionStart = ++at;
    const last = this.end - 4;
    let fraction = 0;
    while (at <= last) {
      const four = fourDigits(bytes, at);
      if (four < 0) break;
      fraction = (Math.imul(fraction, 10_000) + four) | 0;
      at += 4;
    }
    digit = (bytes[at]! - Char.Zero) | 0;
    while (digit >>> 0 <= 9) {
      fraction = (Math.imul(fraction, 10) + digit) | 0;
      digit = (bytes[++at]! - Char.Zero) | 0;
    }
    const scale = at - fractionStart;
    if (scale === 0 || scale > RUN_DIGITS_MAX || bytes[at] !== Char.Quote) return NOWHERE;
    const value = whole * POWERS_OF_TEN[scale]! + fraction;
    const hi = (value / TWO_32) | 0;
    cell.hi = hi;
    cell.lo = (value - hi * TWO_32) | 0;
    cell.scale = scale;
    return value === 0 || value > EXACT_MAX ? NOWHERE : at + 1;
  }

  /**
   * The same at a given scale of at most 9: missing digits are zeros, digits too many must be zeros. Sets only
   * {@link lo} and {@link hi}.
   */
  decimalAt(bytes: Uint8Array, start: number, scale: number): number {
    if (bytes[start] !== Char.Quote) return NOWHERE;
    const wholeStart = start + 1;
    let at = wholeStart;
    let digit = (bytes[at]! - Char.Zero) | 0;
    let whole = 0;
    while (digit >>> 0 <= 9) {
      whole = (Math.imul(whole, 10) + digit) | 0;
      digit = (bytes[++at]! - Char.Zero) | 0;
    }
    const wholeLength = at - wholeStart;
    if (wholeLength === 0 || wholeLength > RUN_DIGITS_MAX) return NOWHERE;
    let fraction = 0;
    let missing = scale;
    if (bytes[at] === Char.Point) {
      const fractionStart = ++at;
      digit = (bytes[at]! - Char.Zero) | 0;
      while (digit >>> 0 <= 9 && missing > 0) {
        fraction = (Math.imul(fraction, 10) + digit) | 0;
        missing--;
        digit = (bytes[++at]! - Char.Zero) | 0;
      }
      const last = this.end - 4;
      while (at <= last && wordAt(bytes, at) === FOUR_ZEROS) at += 4;
      while (bytes[at] === Char.Zero) at++;
      if (at === fractionStart || at - fractionStart > SCALE_PRINTED_MAX) return NOWHERE;
    }
    if (bytes[at] !== Char.Quote) return NOWHERE;
    const value = whole * POWERS_OF_TEN[scale]! + fraction * POWERS_OF_TEN[missing]!;
    const hi = (value / TWO_32) | 0;
    this.hi = hi;
    this.lo = (value - hi * TWO_32) | 0;
    return value > EXACT_MAX ? NOWHERE : at + 1;
  }

  /** `true` or `false`, into {@link isTrue}. */
  boolean(bytes: Uint8Array, at: number): number {
    if (at + 5 > this.end) return NOWHERE;
    if (bytes[at] === Char.LowerT) {
      this.isTrue = true;
      return bytes[at + 1] === Char.LowerR && bytes[at + 2] === Char.LowerU && bytes[at + 3] === Char.LowerE
        ? at + 4
        : NOWHERE;
    }
    this.isTrue = false;
    return bytes[at] === Char.LowerF &&
      bytes[at + 1] === Char.LowerA &&
      bytes[at + 2] === Char.LowerL &&
      bytes[at + 3] === Char.LowerS &&
      bytes[at + 4] === Char.LowerE
      ? at + 5
      : NOWHERE;
  }

  /** A flat value whose content does not matter: plain string, whole number, true or false. */
  skip(bytes: Uint8Array, at: number): number {
    const first = bytes[at]!;
    if (first === Char.Quote) return this.skipText(bytes, at + 1);
    return first <= Char.Nine ? this.whole(bytes, at) : this.boolean(bytes, at);
  }

  /** To behind the closing quote, if the text from here has no escape and no control character. */
  skipText(bytes: Uint8Array, start: number): number {
    const end = this.end;
    for (let at = start; at < end; at++) {
      const char = bytes[at]!;
      if (char === Char.Quote) return at + 1;
      if (char < Char.Space || char === Char.Backslash) return NOWHERE;
    }
    return NOWHERE;
  }

  /** Behind the literal, if it stands here. */
  literal(bytes: Uint8Array, at: number, { length, words }: Literal): number {
    if (at + length > this.end) return NOWHERE;
    const last = words.length - 1;
    for (let index = 0; index < last; index++) {
      if (wordAt(bytes, at + index * 4) !== words[index]) return NOWHERE;
    }
    return wordAt(bytes, at + length - 4) === words[last] ? at + length : NOWHERE;
  }

  /** Behind the name, if it stands here. */
  name(bytes: Uint8Array, at: number, name: Uint8Array): number {
    const { length } = name;
    if (at + length >= this.end) return NOWHERE;
    for (let index = 0; index < length; index++) {
      if (bytes[at + index] !== name[index]) return NOWHERE;
    }
    return at + length;
  }

  /** Notes a field; false on the second time: the general parser lets the last of equal keys win. */
  first(field: number): boolean {
    const isFirst = (this.seen & field) === 0;
    this.seen |= field;
    return isFirst;
  }
}

/** Behind `,"k":`, if that key stands here. @param key {@link keyWord} of the letter */
export function keyAt(bytes: Uint8Array, at: number, key: number): number {
  return wordAt(bytes, at) === key && bytes[at + 4] === Char.Colon ? at + 5 : NOWHERE;
}

/** `,"k"` as one number. */
export function keyWord(letter: number): number {
  return Char.Comma | (Char.Quote << 8) | (letter << 16) | (Char.Quote << 24);
}

/** The number that four digits make; below 0 if one of them is no digit. */
function fourDigits(bytes: Uint8Array, at: number): number {
  const a = bytes[at]! - Char.Zero;
  const b = bytes[at + 1]! - Char.Zero;
  const c = bytes[at + 2]! - Char.Zero;
  const d = bytes[at + 3]! - Char.Zero;
  if ((a | b | c | d | (9 - a) | (9 - b) | (9 - c) | (9 - d)) < 0) return -1;
  return a * 1000 + b * 100 + c * 10 + d;
}

/** Decimals with more digits behind the point are refused, whatever the digits. */
const SCALE_PRINTED_MAX = 18;

export function isLetter(char: number): boolean {
  const lower = char | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
