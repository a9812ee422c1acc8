import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 50;

/** A new personal access token: 50 random bytes as 68 characters of base64. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64");
}

/** What is kept of a token. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
