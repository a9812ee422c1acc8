import { createHash, timingSafeEqual } from "node:crypto";
import type { HashedToken } from "../settings/client-entries.js";

/** Shorter tokens are never right: their hashes could be searched through. Octets of UTF-8. */
export const TOKEN_BYTES_MIN = 16;

/** The form in which a client's token stands in the configuration, `sha256:<salt>:<hash>`. */
export function hashToken(token: string, salt: string): string {
  return `sha256:${salt}:${digest(salt, token).toString("hex")}`;
}

/** Takes the same time for every wrong token. */
export function matchesToken(token: string, { salt, hash }: HashedToken): boolean {
  const isEqual = timingSafeEqual(digest(salt, token), hash);
  return isEqual && Buffer.byteLength(token) >= TOKEN_BYTES_MIN;
}

/** SHA-256 over the octets of the salt, then of the token. */
export function digest(salt: string, token: string): Buffer {
  return createHash("sha256").update(salt).update(token).digest();
}

/** 64 bits that tell one credential from another; not the credential. */
export function fingerprintOf(...parts: readonly (string | Buffer)[]): bigint {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest().readBigUInt64LE();
}
