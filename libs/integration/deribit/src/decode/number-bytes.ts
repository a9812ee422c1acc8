/** Digits that a double holds exactly, and so does their product with 10^0 to 10^22. */
const DIGITS_MAX = 15;
const SCALE_MAX = 18;
const EXPONENT_MAX = 20;
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const [PLUS, MINUS, POINT, ZERO, NINE] = [43, 45, 46, 48, 57] as const;

/** A number as it was read last: `mantissa × 10^-scale`, exact, the scale as small as it can be. */
export class NumberBytes {
  /** At most 15 digits; -0 for a negative zero. */
  mantissa = 0;
  scale = 0;

  /** Reads a number of JSON. False for one with more digits or a larger exponent than are usual. */
  read(frame: Uint8Array, start: number, end: number): boolean {
    const isNegative = frame[start] === MINUS;
    let at = isNegative ? start + 1 : start;
    let mantissa = 0;
    let digits = 0;
    let scale = 0;
    let isFraction = false;
    let exponent = 0;
    for (; at < end; at++) {
      const char = frame[at]!;
      if (char >= ZERO && char <= NINE) {
        mantissa = mantissa * 10 + (char - ZERO);
        if (mantissa !== 0) digits++;
        if (isFraction) scale++;
      } else if (char === POINT) isFraction = true;
      else {
        exponent = exponentAt(frame, at + 1, end);
        break;
      }
    }
    if (digits > DIGITS_MAX || Math.abs(exponent) > EXPONENT_MAX) return false;
    scale -= exponent;
    if (mantissa === 0) scale = 0;
    while (scale > 0 && mantissa % 10 === 0) {
      mantissa /= 10;
      scale--;
    }
    if (scale < 0) {
      if (digits - scale > DIGITS_MAX) return false;
      mantissa *= POWERS[-scale]!;
      scale = 0;
    }
    if (scale > SCALE_MAX) return false;
    this.mantissa = isNegative ? -mantissa : mantissa;
    this.scale = scale;
    return true;
  }

  /** As a double: both parts are exact, so the quotient is the nearest one, as `Number` of the text. */
  get value(): number {
    return this.mantissa / POWERS[this.scale]!;
  }
}

function exponentAt(frame: Uint8Array, start: number, end: number): number {
  const isNegative = frame[start] === MINUS;
  let exponent = 0;
  for (let at = isNegative || frame[start] === PLUS ? start + 1 : start; at < end; at++)
    exponent = Math.min(1000, exponent * 10 + (frame[at]! - ZERO));
  return isNegative ? -exponent : exponent;
}

/** `mantissa × 10^power` where it is a safe whole number, else NaN. */
export function scaledUp(mantissa: number, power: number): number {
  const scaled = mantissa * (POWERS[power] ?? Number.NaN);
  return Number.isSafeInteger(scaled) ? scaled : Number.NaN;
}
