/**
 * Whole numbers from 0 to below 2^156 as limbs of 52 bits in consecutive places of a Float64Array, the lowest first:
 * every operation on them is exact in doubles. An int64 takes two limbs, a sum of products three.
 */
export const LIMB = 2 ** 52;
const HALF = 2 ** 26;
/** Factors below this take the way without bigint: their cross products stay below 2^53. */
export const FACTOR_END = 2 ** 51;
const LIMB_BITS = 52n;
const LIMB_MASK = (1n << LIMB_BITS) - 1n;

/** Adds hi × 2^52 + lo, both below 2^52, to the three limbs from `at`. */
function add(slots: Float64Array, at: number, lo: number, hi: number): void {
  let low = slots[at]! + lo;
  let middle = slots[at + 1]! + hi;
  if (low >= LIMB) {
    low -= LIMB;
    middle++;
  }
  if (middle >= LIMB) {
    middle -= LIMB;
    slots[at + 2]!++;
  }
  slots[at] = low;
  slots[at + 1] = middle;
}

/**
 * Adds the product of two int64 values from 0, each as two limbs, to the three limbs from `at`. Exact; allocates only
 * where a factor is 2^51 or more.
 */
export function addProduct(
  slots: Float64Array,
  at: number,
  leftLo: number,
  leftHi: number,
  rightLo: number,
  rightHi: number,
): void {
  if (leftHi !== 0 || rightHi !== 0 || leftLo >= FACTOR_END || rightLo >= FACTOR_END) {
    const product = toBigInt(leftLo, leftHi) * toBigInt(rightLo, rightHi);
    addBig(slots, at, product, 3);
    return;
  }
  const whole = leftLo * rightLo;
  if (whole < LIMB) {
    add(slots, at, whole, 0);
    return;
  }
  const leftUpper = Math.floor(leftLo / HALF);
  const leftLower = leftLo - leftUpper * HALF;
  const rightUpper = Math.floor(rightLo / HALF);
  const rightLower = rightLo - rightUpper * HALF;
  // Each product is below 2^51, so neither sum reaches 2^53.
  const cross = leftUpper * rightLower + leftLower * rightUpper;
  const crossUpper = Math.floor(cross / HALF);
  let lo = (cross - crossUpper * HALF) * HALF + leftLower * rightLower;
  let hi = leftUpper * rightUpper + crossUpper;
  if (lo >= LIMB) {
    lo -= LIMB;
    hi++;
  }
  add(slots, at, lo, hi);
}

/** Adds the three limbs from `fromAt` of another sum; the caller keeps the sum below 2^156. */
export function addLimbs(slots: Float64Array, at: number, from: Float64Array, fromAt: number): void {
  add(slots, at, from[fromAt]!, from[fromAt + 1]!);
  slots[at + 2]! += from[fromAt + 2]!;
}

/** Adds an int64 from 0 to a sum of two limbs; the caller keeps the sum below 2^104. */
export function addValue(slots: Float64Array, at: number, lo: number, hi: number): void {
  const low = slots[at]! + lo;
  const carry = low >= LIMB ? 1 : 0;
  slots[at] = low - carry * LIMB;
  slots[at + 1]! += hi + carry;
}

/** The limbs from `at` as one value; allocates. */
export function readBig(slots: Float64Array, at: number, count: 2 | 3): bigint {
  const low = toBigInt(slots[at]!, slots[at + 1]!);
  return count === 2 ? low : low + (BigInt(slots[at + 2]!) << (2n * LIMB_BITS));
}

/** Replaces the limbs from `at`. @param value from 0, below 2^156 (three limbs) or 2^104 (two) */
export function writeBig(slots: Float64Array, at: number, value: bigint, count: 2 | 3): void {
  slots[at] = Number(value & LIMB_MASK);
  slots[at + 1] = Number((value >> LIMB_BITS) & LIMB_MASK);
  if (count === 3) slots[at + 2] = Number(value >> (2n * LIMB_BITS));
}

function addBig(slots: Float64Array, at: number, value: bigint, count: 2 | 3): void {
  writeBig(slots, at, readBig(slots, at, count) + value, count);
}

/** Two limbs as one value; allocates. */
export function toBigInt(lo: number, hi: number): bigint {
  return hi === 0 ? BigInt(lo) : (BigInt(hi) << LIMB_BITS) + BigInt(lo);
}
