const DIGITS_MAX = 16;
const ZERO = 0x30;
const POINT = 0x2e;
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * The mantissa of a plain decimal (`71743.85`) at a scale of 0 to 18, if it is a whole number below 2^53 there: missing
 * digits are zeros, digits too many must be zeros. -1 for whatever else, decimals that only fit otherwise among it.
 */
export function plainDecimalAt(text: unknown, scale: number): number {
  if (typeof text !== "string" || text.length > DIGITS_MAX + 1) return -1;
  const { length } = text;
  let value = 0;
  let pointAt = length;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= ZERO + 9) value = value * 10 + (code - ZERO);
    else if (code === POINT && at > 0 && pointAt === length) pointAt = at;
    else return -1;
  }
  const fraction = pointAt === length ? 0 : length - pointAt - 1;
  // Nothing at all, or a point without a digit behind it.
  if (length === 0 || (pointAt < length && fraction === 0)) return -1;
  if (value > Number.MAX_SAFE_INTEGER) return -1;
  const missing = scale - fraction;
  if (missing >= 0) {
    const scaled = value * POWERS_OF_TEN[missing]!;
    return scaled > Number.MAX_SAFE_INTEGER ? -1 : scaled;
  }
  const power = POWERS_OF_TEN[-missing]!;
  const kept = Math.round(value / power);
  return kept * power === value ? kept : -1;
}
