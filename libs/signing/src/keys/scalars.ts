/** Scalars of secp256k1 as 32 octets, big-endian. */
export const SCALAR_BYTES = 32;

/** The order of the group, SEC 2 section 2.4.1. */
export const GROUP_ORDER = Uint8Array.from(
  Buffer.from("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", "hex"),
);

/** Half of the order, rounded down: the greatest S of a low-S signature. */
const HALF_ORDER = Uint8Array.from(
  Buffer.from("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", "hex"),
);

/** Below 0, 0 or above 0, of 32 octets of each; takes the same time whatever they are. */
function compare(a: Uint8Array, aStart: number, b: Uint8Array): number {
  let result = 0;
  for (let index = SCALAR_BYTES - 1; index >= 0; index--) {
    const difference = a[aStart + index]! - b[index]!;
    // The sign of the most significant octet that differs wins.
    const isDifferent = ((difference | -difference) >> 31) & 1;
    result = isDifferent * difference + (1 - isDifferent) * result;
  }
  return result;
}

function isZero(bytes: Uint8Array, start: number): boolean {
  let all = 0;
  for (let index = 0; index < SCALAR_BYTES; index++) all |= bytes[start + index]!;
  return all === 0;
}

/** Whether 32 octets from `start` on are below the order. */
export function isBelowOrder(bytes: Uint8Array, start = 0): boolean {
  return compare(bytes, start, GROUP_ORDER) < 0;
}

/** Whether 32 octets from `start` on are from 1 to the order less 1: a private key, or a part of an ECDSA signature. */
export function isScalar(bytes: Uint8Array, start = 0): boolean {
  return !isZero(bytes, start) && isBelowOrder(bytes, start);
}

/** Whether 32 octets from `start` on are at most half of the order. */
export function isLow(bytes: Uint8Array, start = 0): boolean {
  return compare(bytes, start, HALF_ORDER) <= 0;
}

function subtract(minuend: Uint8Array, subtrahend: Uint8Array, out: Uint8Array): void {
  let borrow = 0;
  for (let index = SCALAR_BYTES - 1; index >= 0; index--) {
    const difference = minuend[index]! - subtrahend[index]! - borrow;
    borrow = (difference >> 31) & 1;
    out[index] = difference + (borrow << 8);
  }
}

/** Replaces a scalar from 1 to the order less 1 by the order less it. */
export function negateScalar(scalar: Uint8Array): void {
  subtract(GROUP_ORDER, scalar, scalar);
}

/** Replaces 32 octets by their remainder modulo the order. The order is above 2²⁵⁵, so one subtraction is enough. */
export function reduceScalar(scalar: Uint8Array): void {
  if (!isBelowOrder(scalar)) subtract(scalar, GROUP_ORDER, scalar);
}

/** Whether 32 octets are all zero. */
export function isZeroScalar(scalar: Uint8Array): boolean {
  return isZero(scalar, 0);
}
