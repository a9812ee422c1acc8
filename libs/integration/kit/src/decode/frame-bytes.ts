import type { MantissaCell } from "@ims/common";
import { Char, fourDigits, PLAIN } from "./json-bytes.js";
import type { Literal } from "./literal.js";

/** No place: what stands there is for the JSON reader. Walks never begin at 0. */
export const NOWHERE = 0;

const INITIAL_BYTES = 16 * 1024;
/** Longer frames are left to the JSON reader. */
const FRAME_BYTES_MAX = 1024 * 1024;
/** Behind the frame, so that no word read at its end is out of bounds. */
const MARGIN_BYTES = 32;
/** So many digits are always exact in a number. */
const DIGITS_MAX = 15;
const EXPONENT_MAX = 20;
const SCALE_MAX = 18;
const TWO_32 = 0x1_0000_0000;
/** All of them are exact. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * Reads single JSON values from a frame: each method takes the place where a value begins, and gives the place behind
 * it, or {@link NOWHERE} if it is not sure; it accepts only what `JSON.parse` would read in the same way. {@link NOWHERE}
 * as the place gives {@link NOWHERE} again, so that a row of them needs one check at its end; it does so as long as the
 * frame begins with a brace, which walks see to. What was read stands in the fields, because a number is all that a
 * method can return without making an object.
 *
 * The frame is copied and a 0 set behind it, which is in no value: nothing is accepted beyond its end.
 */
export class FrameBytes {
  bytes: Uint8Array = new Uint8Array(INITIAL_BYTES);
  /** The same memory. */
  private view = new DataView(this.bytes.buffer);
  /** Length of the frame. */
  end = 0;
  /** What was read last: the whole number, or the decimal without its point. */
  value = 0.5;
  /** Digits behind the point of the decimal last read. */
  scale = 0;
  /** The mantissa last read by {@link decimalAt} or {@link numberAt}, as two words. */
  lo = 0;
  hi = 0;
  /** Of the digits last read. */
  private digits = 0;

  /** Begins a frame; false for one that is too long. */
  take(frame: Uint8Array): boolean {
    const { length } = frame;
    if (length > FRAME_BYTES_MAX) return false;
    if (length + MARGIN_BYTES > this.bytes.length) {
      this.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(length + MARGIN_BYTES)));
      this.view = new DataView(this.bytes.buffer);
    }
    this.bytes.set(frame);
    this.bytes[length] = 0;
    this.end = length;
    return true;
  }

  /** Behind the text, if it stands here. */
  text(at: number, { length, words }: Literal): number {
    const { view } = this;
    const last = words.length - 1;
    for (let index = 0; index < last; index++) {
      if (view.getInt32(at + index * 4, true) !== words[index]) return NOWHERE;
    }
    return view.getInt32(at + length - 4, true) === words[last] ? at + length : NOWHERE;
  }

  /** Behind `"key":`, if it stands here, and behind the space that the venue may print there. */
  firstKey(at: number, key: Literal): number {
    return this.space(this.text(at, key));
  }

  /** The same behind a comma. */
  key(at: number, key: Literal): number {
    return this.firstKey(this.comma(at), key);
  }

  /** Behind `,`, and behind the space that the venue may print there. */
  comma(at: number): number {
    return this.bytes[at] === Char.Comma ? this.space(at + 1) : NOWHERE;
  }

  /** A text in quotes, of ASCII without escapes: its letters are the bytes between the quotes. */
  plainText(start: number): number {
    const { bytes } = this;
    if (bytes[start] !== Char.Quote) return NOWHERE;
    let at = start + 1;
    while (PLAIN[bytes[at]!] === 1) at++;
    return bytes[at] === Char.Quote ? at + 1 : NOWHERE;
  }

  /** A whole number without sign, below 2^53, into {@link value}. */
  whole(start: number): number {
    const { bytes, view } = this;
    let value = 0;
    let at = start;
    for (let four = fourDigits(view, at); four >= 0; four = fourDigits(view, at)) {
      // Longer runs are refused below; their value does not matter.
      if (at - start > DIGITS_MAX) return NOWHERE;
      value = value * 10_000 + four;
      at += 4;
    }
    for (let digit = bytes[at]! - Char.Zero; digit >>> 0 <= 9; digit = bytes[++at]! - Char.Zero) {
      value = value * 10 + digit;
    }
    const length = at - start;
    // A zero in front of other digits is no JSON.
    if (length === 0 || (length > 1 && bytes[start] === Char.Zero)) return NOWHERE;
    this.value = value;
    return length > DIGITS_MAX + 1 || value > Number.MAX_SAFE_INTEGER ? NOWHERE : at;
  }

  /** The same in quotes. */
  wholeText(start: number): number {
    const at = this.bytes[start] === Char.Quote ? this.whole(start + 1) : NOWHERE;
    return this.bytes[at] === Char.Quote ? at + 1 : NOWHERE;
  }

  /** A JSON number whose value does not matter. */
  skipNumber(start: number): number {
    const { bytes } = this;
    let at = bytes[start] === Char.Minus ? start + 1 : start;
    const first = at;
    at = this.run(at);
    if (at > first + 1 && bytes[first] === Char.Zero) return NOWHERE;
    if (bytes[at] === Char.Point) at = this.run(at + 1);
    if ((bytes[at]! | 0x20) !== Char.LowerE || at === NOWHERE) return at;
    at++;
    if (bytes[at] === Char.Minus || bytes[at] === Char.Plus) at++;
    return this.run(at);
  }

  /**
   * A JSON number of at most 15 digits, also below 0 and with an exponent, into {@link value} and {@link scale}: value ×
   * 10^-scale, zeros at its end as printed. A number with more digits or another exponent than of -20 to 20 is passed
   * over, and so is one whose scale would be above 18: the scale is -1 then, and the value means nothing.
   */
  number(start: number): number {
    const { bytes } = this;
    const isNegative = bytes[start] === Char.Minus;
    const first = isNegative ? start + 1 : start;
    const at = this.unsigned(first);
    // A zero in front of other digits is no JSON.
    if (bytes[first] === Char.Zero && (bytes[first + 1]! - Char.Zero) >>> 0 <= 9) return NOWHERE;
    if (isNegative) this.value = -this.value;
    if (this.digits > DIGITS_MAX) this.scale = -1;
    return (bytes[at]! | 0x20) === Char.LowerE ? this.exponent(at + 1) : at;
  }

  /**
   * The same at a given scale of at most 18, into {@link lo} and {@link hi}: missing digits are zeros, digits too many
   * must be zeros.
   */
  numberAt(start: number, scale: number): number {
    const at = this.number(start);
    if (this.scale < 0 || !this.bringTo(scale)) return NOWHERE;
    const { value } = this;
    const hi = Math.floor(value / TWO_32);
    this.hi = hi | 0;
    this.lo = (value - hi * TWO_32) | 0;
    return at;
  }

  /** A decimal above 0 without sign and exponent in quotes; the scale is that printed. */
  decimal(start: number, cell: MantissaCell): number {
    const at = this.parts(start);
    const { value } = this;
    const hi = (value / TWO_32) | 0;
    cell.hi = hi;
    cell.lo = (value - hi * TWO_32) | 0;
    cell.scale = this.scale;
    return value === 0 ? NOWHERE : at;
  }

  /**
   * The same, also 0, at a given scale of at most 18, into {@link lo} and {@link hi}: missing digits are zeros, digits
   * too many must be zeros.
   */
  decimalAt(start: number, scale: number): number {
    const at = this.parts(start);
    if (!this.bringTo(scale)) return NOWHERE;
    const { value } = this;
    const hi = (value / TWO_32) | 0;
    this.hi = hi;
    this.lo = (value - hi * TWO_32) | 0;
    return at;
  }

  /** {@link value} to another scale than {@link scale}; false where it is not whole there, or beyond 2^53. */
  private bringTo(scale: number): boolean {
    const missing = scale - this.scale;
    if (missing > 0) {
      this.value *= POWERS_OF_TEN[missing]!;
      return Math.abs(this.value) <= Number.MAX_SAFE_INTEGER;
    }
    if (missing < 0) {
      const { value } = this;
      const power = POWERS_OF_TEN[-missing]!;
      const kept = Math.round(value / power);
      this.value = kept;
      return kept * power === value;
    }
    return true;
  }

  /** Digits, a point and digits in quotes, at most 15 digits. */
  private parts(start: number): number {
    const { bytes } = this;
    if (bytes[start] !== Char.Quote) return NOWHERE;
    const at = this.unsigned(start + 1);
    return this.digits > DIGITS_MAX || bytes[at] !== Char.Quote ? NOWHERE : at + 1;
  }

  /** Digits, or digits, a point and digits, into {@link value} (exact if there are few enough), scale and digits. */
  private unsigned(first: number): number {
    const { bytes, view } = this;
    let at = first;
    let value = 0;
    let four = fourDigits(view, at);
    if (four >= 0) {
      value = four;
      at += 4;
    }
    for (let digit = bytes[at]! - Char.Zero; digit >>> 0 <= 9; digit = bytes[++at]! - Char.Zero) {
      value = value * 10 + digit;
    }
    if (at === first) return NOWHERE;
    let digits = at - first;
    this.scale = 0;
    if (bytes[at] === Char.Point) {
      const fraction = ++at;
      four = fourDigits(view, at);
      if (four >= 0) {
        value = value * 10_000 + four;
        at += 4;
        four = fourDigits(view, at);
        if (four >= 0) {
          value = value * 10_000 + four;
          at += 4;
        }
      }
      for (let digit = bytes[at]! - Char.Zero; digit >>> 0 <= 9; digit = bytes[++at]! - Char.Zero) {
        value = value * 10 + digit;
      }
      this.scale = at - fraction;
      if (this.scale === 0) return NOWHERE;
      digits += this.scale;
    }
    this.value = value;
    this.digits = digits;
    return at;
  }

  /** Behind the exponent, which begins here, with {@link scale} changed by it. */
  private exponent(start: number): number {
    const { bytes } = this;
    const isNegative = bytes[start] === Char.Minus;
    const first = isNegative || bytes[start] === Char.Plus ? start + 1 : start;
    let exponent = 0;
    let at = first;
    for (let digit = bytes[at]! - Char.Zero; digit >>> 0 <= 9; digit = bytes[++at]! - Char.Zero) {
      exponent = Math.min(EXPONENT_MAX + 1, exponent * 10 + digit);
    }
    if (at === first) return NOWHERE;
    if (this.scale < 0) return at;
    if (exponent > EXPONENT_MAX) {
      this.scale = -1;
      return at;
    }
    this.scale += isNegative ? exponent : -exponent;
    if (this.value === 0) this.scale = 0;
    else if (this.scale > SCALE_MAX) this.scale = -1;
    else if (this.scale < 0 && !this.bringTo(0)) this.scale = -1;
    else if (this.scale < 0) this.scale = 0;
    return at;
  }

  /** Behind a run of digits that is not empty. */
  private run(start: number): number {
    const { bytes, view } = this;
    let at = start;
    while (fourDigits(view, at) >= 0) at += 4;
    while ((bytes[at]! - Char.Zero) >>> 0 <= 9) at++;
    return at === start ? NOWHERE : at;
  }

  /** Walks begin with a brace, so that no space stands at {@link NOWHERE}. */
  private space(at: number): number {
    return this.bytes[at] === Char.Space ? at + 1 : at;
  }
}
