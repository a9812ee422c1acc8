import type { MantissaCell } from "@ims/common";
import { MICROS_FROM } from "@ims/integration-kit";
import { fourDigits, POWERS_OF_TEN } from "./digits.js";
import { Char } from "./json-chars.js";
import type { Literal } from "./literal.js";

/** No place: what stands there is for the general parser. Walks never begin at 0. */
export const NOWHERE = 0;

/** Longer whole numbers are beyond 2^53. */
const WHOLE_DIGITS_MAX = 16;
/** Digits that a machine integer surely holds. */
const RUN_DIGITS_MAX = 9;
/** The first four digits of a number that does not begin with a zero. */
const FOUR_DIGITS_MIN = 1000;
const TWO_32 = 0x100000000;
/** Larger numbers may have been rounded on the way; the general parser judges them. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER;
const WORD_TRUE = word("true");
const WORD_FALS = word("fals");

const INITIAL_BYTES = 16 * 1024;
/** Longer frames are left to the general parser. */
const FRAME_BYTES_MAX = 1024 * 1024;
/** Behind the frame, so that no word read at its end is out of bounds. */
const MARGIN_BYTES = 32;

/**
 * Reads single JSON values from a frame: each method takes the place where a value begins, and gives the place behind
 * it, or {@link NOWHERE} if it is not sure. It never throws, and accepts only what `JSON.parse` would read in the same
 * way. {@link NOWHERE} as the place gives {@link NOWHERE} again, so that a row of them needs one check at its end. What
 * was read stands in its fields, because a number is all that a method can return without making an object.
 *
 * The frame is copied, which costs little, because memory that stays the same is read four bytes at a time. Behind it
 * stands a 0, which is in no text, number or literal: nothing is ever accepted beyond the end, and no place lies there.
 */
export class FrameCursor {
  /** The frame, the 0, and whatever was there before. */
  bytes: Uint8Array = new Uint8Array(INITIAL_BYTES);
  /** The same memory. */
  view: DataView = new DataView(this.bytes.buffer);
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
  /** The longest frame that there is memory for. */
  private room = INITIAL_BYTES - MARGIN_BYTES;
  /** Of the decimal last read, what stands in front of the point and behind it. */
  private units = 0;
  private fraction = 0;
  private fractionDigits = 0;

  /** Begins a frame; false for one that is too long. */
  take(frame: Uint8Array): boolean {
    const { length } = frame;
    if (length > this.room && !this.grow(length)) return false;
    this.bytes.set(frame);
    this.bytes[length] = 0;
    this.end = length;
    this.seen = 0;
    return true;
  }

  /** A whole number without sign, below 2^53, into {@link value}. */
  whole(start: number): number {
    const { bytes, view } = this;
    let at = start;
    let head = 0;
    let tail = 0;
    let tailStart = start;
    // Up to eight digits in fours, then up to eight: both parts are machine integers.
    let four = fourDigits(view, at);
    if (four >= 0) {
      head = four;
      at += 4;
      four = fourDigits(view, at);
      if (four >= 0) {
        head = Math.imul(head, 10_000) + four;
        at += 4;
        four = fourDigits(view, at);
      }
      tailStart = at;
      if (four >= 0) {
        tail = four;
        at += 4;
      }
    }
    for (let digit = bytes[at]! - Char.Zero; digit >>> 0 <= 9; digit = bytes[++at]! - Char.Zero) {
      tail = (Math.imul(tail, 10) + digit) | 0;
    }
    const length = at - start;
    if (length === 0 || length > WHOLE_DIGITS_MAX) return NOWHERE;
    const value = head * POWERS_OF_TEN[at - tailStart]! + tail;
    if (value > EXACT_MAX) return NOWHERE;
    this.value = value;
    // A zero in front of other digits is no JSON.
    return length > 1 && bytes[start] === Char.Zero ? NOWHERE : at;
  }

  /**
   * A venue time as microseconds into {@link value}; most have 13 digits, milliseconds from 2001 to 2286, or 16,
   * microseconds of the same years.
   */
  time(start: number): number {
    const { bytes, view } = this;
    const first = fourDigits(view, start);
    const second = fourDigits(view, start + 4);
    const third = fourDigits(view, start + 8);
    if ((second | third) >= 0 && first >= FOUR_DIGITS_MIN) {
      const eight = Math.imul(second, 10_000) + third;
      const fourth = fourDigits(view, start + 12);
      const at = start + (fourth < 0 ? 13 : 16);
      const value =
        fourth < 0
          ? first * 1e12 + (eight * 10 + (bytes[start + 12]! - Char.Zero)) * 1000
          : first * 1e12 + (eight * 10_000 + fourth);
      const isDigit = fourth >= 0 || (bytes[start + 12]! - Char.Zero) >>> 0 <= 9;
      const isEnd = (bytes[at]! - Char.Zero) >>> 0 > 9;
      if (isDigit && isEnd && value <= EXACT_MAX) {
        this.value = value;
        return at;
      }
    }
    const at = this.whole(start);
    if (this.value < MICROS_FROM) this.value *= 1000;
    return at;
  }

  /** A decimal above 0 without sign in quotes; the scale is that printed. */
  decimal(start: number, cell: MantissaCell): number {
    const at = this.parts(start);
    const scale = this.fractionDigits;
    const value = this.units * POWERS_OF_TEN[scale]! + this.fraction;
    const hi = (value / TWO_32) | 0;
    cell.hi = hi;
    cell.lo = (value - hi * TWO_32) | 0;
    cell.scale = scale;
    return value === 0 || value > EXACT_MAX ? NOWHERE : at;
  }

  /**
   * The same, also 0, at a given scale of at most 9: missing digits are zeros, digits too many must be zeros. Sets only
   * {@link lo} and {@link hi}.
   */
  decimalAt(start: number, scale: number): number {
    const at = this.parts(start);
    let { fraction } = this;
    let missing = scale - this.fractionDigits;
    if (missing < 0) {
      const power = POWERS_OF_TEN[-missing]!;
      const kept = Math.round(fraction / power);
      if (kept * power !== fraction) return NOWHERE;
      fraction = kept;
      missing = 0;
    }
    const value = this.units * POWERS_OF_TEN[scale]! + fraction * POWERS_OF_TEN[missing]!;
    const hi = (value / TWO_32) | 0;
    this.hi = hi;
    this.lo = (value - hi * TWO_32) | 0;
    return value > EXACT_MAX ? NOWHERE : at;
  }

  /** `true` or `false`, into {@link isTrue}. */
  boolean(at: number): number {
    const first = this.view.getInt32(at, true);
    this.isTrue = first === WORD_TRUE;
    if (first === WORD_TRUE) return at + 4;
    return first === WORD_FALS && this.bytes[at + 4] === Char.LowerE ? at + 5 : NOWHERE;
  }

  /** A flat value whose content does not matter: plain string, whole number, true or false. */
  skip(at: number): number {
    const first = this.bytes[at]!;
    if (first === Char.Quote) return this.skipText(at + 1);
    return first <= Char.Nine ? this.whole(at) : this.boolean(at);
  }

  /** To behind the closing quote, if the text from here has no escape and no control character. */
  skipText(start: number): number {
    const { bytes, end } = this;
    for (let at = start; at < end; at++) {
      const char = bytes[at]!;
      if (char === Char.Quote) return at + 1;
      if (char < Char.Space || char === Char.Backslash) return NOWHERE;
    }
    return NOWHERE;
  }

  /** Behind the literal, if it stands here. */
  literal(at: number, { length, words }: Literal): number {
    const { view } = this;
    const last = words.length - 1;
    for (let index = 0; index < last; index++) {
      if (view.getInt32(at + index * 4, true) !== words[index]) return NOWHERE;
    }
    return view.getInt32(at + length - 4, true) === words[last] ? at + length : NOWHERE;
  }

  /** Behind the name, if it stands here. */
  name(at: number, name: Uint8Array): number {
    const { bytes } = this;
    const { length } = name;
    for (let index = 0; index < length; index++) {
      if (bytes[at + index] !== name[index]) return NOWHERE;
    }
    return at + length;
  }

  /** Behind `,"k":`, if that key stands here. @param key {@link keyWord} of the letter */
  key(at: number, key: number): number {
    return this.view.getInt32(at, true) === key && this.bytes[at + 4] === Char.Colon ? at + 5 : NOWHERE;
  }

  /** Notes a field; false on the second time: the general parser lets the last of equal keys win. */
  first(field: number): boolean {
    const isFirst = (this.seen & field) === 0;
    this.seen |= field;
    return isFirst;
  }

  /** A decimal without sign in quotes; at most nine digits on either side of the point. */
  private parts(start: number): number {
    const { bytes, view } = this;
    if (bytes[start] !== Char.Quote) return NOWHERE;
    let at = start + 1;
    let run = fourDigits(view, at);
    if (run >= 0) at += 4;
    else run = 0;
    for (let digit = bytes[at]! - Char.Zero; digit >>> 0 <= 9; digit = bytes[++at]! - Char.Zero) {
      run = (Math.imul(run, 10) + digit) | 0;
    }
    const unitDigits = at - start - 1;
    if (unitDigits === 0 || unitDigits > RUN_DIGITS_MAX) return NOWHERE;
    this.units = run;
    this.fraction = 0;
    this.fractionDigits = 0;
    if (bytes[at] === Char.Quote) return at + 1;
    if (bytes[at] !== Char.Point) return NOWHERE;
    const fractionStart = ++at;
    run = fourDigits(view, at);
    if (run >= 0) {
      at += 4;
      const four = fourDigits(view, at);
      if (four >= 0) {
        run = Math.imul(run, 10_000) + four;
        at += 4;
      }
    } else {
      run = 0;
    }
    for (let digit = bytes[at]! - Char.Zero; digit >>> 0 <= 9; digit = bytes[++at]! - Char.Zero) {
      run = (Math.imul(run, 10) + digit) | 0;
    }
    const fractionDigits = at - fractionStart;
    if (fractionDigits === 0 || fractionDigits > RUN_DIGITS_MAX || bytes[at] !== Char.Quote) return NOWHERE;
    this.fraction = run;
    this.fractionDigits = fractionDigits;
    return at + 1;
  }

  private grow(length: number): boolean {
    if (length > FRAME_BYTES_MAX) return false;
    let size = this.bytes.length;
    while (size < length + MARGIN_BYTES) size *= 2;
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.room = Math.min(size - MARGIN_BYTES, FRAME_BYTES_MAX);
    return true;
  }
}

/** `,"k"` as one number. */
export function keyWord(letter: number): number {
  return Char.Comma | (Char.Quote << 8) | (letter << 16) | (Char.Quote << 24);
}

export function isLetter(char: number): boolean {
  const lower = char | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Four letters as one number. */
function word(letters: string): number {
  return new DataView(new TextEncoder().encode(letters).buffer).getInt32(0, true);
}
