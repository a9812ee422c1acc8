import { octets } from "./hex.js";

/** A copy with octets put in. */
export function put(bytes: Uint8Array, part: Uint8Array, offset: number): Uint8Array {
  const copy = bytes.slice();
  copy.set(part, offset);
  return copy;
}

/** Values at the edges of what 32 octets may be. */
export const zero = new Uint8Array(32);
export const ones = new Uint8Array(32).fill(0xff);
export const field = octets("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
export const ed25519Field = octets("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
export const ed25519Order = octets("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
