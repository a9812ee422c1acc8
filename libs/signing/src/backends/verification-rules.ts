import { isBelowOrder, isLow, isScalar } from "../keys/scalars.js";
import { DIGEST_BYTES, publicKeyBytes, SIGNATURE_BYTES, type SignatureScheme } from "../schemes.js";

/** The prime of the field of Ed25519, 2²⁵⁵ − 19, and the order of its group, RFC 8032 section 5.1; little-endian. */
const FIELD_PRIME = Buffer.from("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "hex");
const ED25519_ORDER = Buffer.from("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", "hex");

/** The y of the eight points whose order divides 8: 1, 0, −1 and two of order 8; little-endian, without the sign. */
const SMALL_ORDER_Y = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => Buffer.from(hex, "hex"));

const POINT_BYTES = 32;
const SIGN_BIT = 0x80;

/**
 * Whether a public key, an input and a signature have the lengths and ranges of the scheme. What is refused here is
 * refused alike by every backend, and never reaches one: docs/formats/signatures.md, section "What is refused".
 */
export function isWellFormed(
  scheme: SignatureScheme,
  publicKey: Uint8Array,
  input: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== publicKeyBytes(scheme)) return false;
  if (scheme === "ed25519") return isStrictEd25519(publicKey, signature);
  if (input.length !== DIGEST_BYTES) return false;
  if (scheme === "schnorr") return isBelowOrder(signature, 32);
  const prefix = publicKey[0];
  return (
    (prefix === 2 || prefix === 3) && isScalar(signature) && isScalar(signature, 32) && isLow(signature, 32)
  );
}

function isStrictEd25519(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (!isBelow(signature, 32, ED25519_ORDER, 0xff)) return false;
  if (!isBelow(publicKey, 0, FIELD_PRIME, 0x7f)) return false;
  return !SMALL_ORDER_Y.some((y) => hasY(publicKey, y));
}

/** Compares 32 little-endian octets, the topmost under a mask; public values, so it may stop early. */
function isBelow(bytes: Uint8Array, start: number, bound: Uint8Array, topMask: number): boolean {
  for (let index = POINT_BYTES - 1; index >= 0; index--) {
    const octet = bytes[start + index]! & (index === POINT_BYTES - 1 ? topMask : 0xff);
    if (octet !== bound[index]) return octet < bound[index]!;
  }
  return false;
}

function hasY(point: Uint8Array, y: Uint8Array): boolean {
  for (let index = 0; index < POINT_BYTES - 1; index++) if (point[index] !== y[index]) return false;
  return (point[POINT_BYTES - 1]! & ~SIGN_BIT) === y[POINT_BYTES - 1];
}
