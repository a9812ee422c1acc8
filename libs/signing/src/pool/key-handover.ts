import { SigningKey } from "../keys/signing-key.js";
import { SECRET_BYTES, schemeCode, schemeOfCode } from "../schemes.js";

const ENTRY_BYTES = 1 + SECRET_BYTES;

/**
 * Keys in memory that a worker shares for a moment: it makes its own of them and overwrites the memory, so that no copy is
 * left in messages between threads.
 */
export function handOverKeys(keys: readonly SigningKey[]): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(keys.length * ENTRY_BYTES);
  const bytes = new Uint8Array(memory);
  for (const [index, key] of keys.entries()) {
    bytes[index * ENTRY_BYTES] = schemeCode(key.scheme);
    bytes.set(key.secret, index * ENTRY_BYTES + 1);
  }
  return memory;
}

/** Takes the keys out of the memory and overwrites it. */
export function takeKeys(memory: SharedArrayBuffer): SigningKey[] {
  const bytes = new Uint8Array(memory);
  const keys: SigningKey[] = [];
  try {
    for (let start = 0; start < bytes.length; start += ENTRY_BYTES) {
      keys.push(new SigningKey(schemeOfCode(bytes[start]!), bytes.subarray(start + 1, start + ENTRY_BYTES)));
    }
    return keys;
  } finally {
    bytes.fill(0);
  }
}

/** Overwrites keys that nobody took. */
export function eraseKeys(memory: SharedArrayBuffer): void {
  new Uint8Array(memory).fill(0);
}
