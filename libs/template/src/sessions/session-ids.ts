import { randomBytes } from "node:crypto";

/** A session id that nobody can guess: 64 bits of the system's random source, never 0. */
export function randomSessionId(): bigint {
  const id = randomBytes(8).readBigUInt64LE();
  return id === 0n ? 1n : id;
}
