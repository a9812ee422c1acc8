import { createHash, timingSafeEqual } from "node:crypto";
import { fail } from "../errors.js";

const USERNAME_BYTES = { min: 3, max: 50 };
const PASSWORD_BYTES = { min: 3, max: 100 };

export const DEFAULT_USERNAME = "iggy";
export const DEFAULT_PASSWORD = "iggy";

/** The one user of this broker; its id is 0, as the reference server's root. */
export class RootCredentials {
  static readonly userId = 0;
  private readonly usernameDigest: Buffer;
  private readonly passwordDigest: Buffer;

  /** @throws ImsError `broker.invalid-option` when a client could never log in with them */
  constructor(username: string, password: string) {
    if (!isWithin(username, USERNAME_BYTES)) throw invalid("username", "3 to 50");
    if (!isWithin(password, PASSWORD_BYTES)) throw invalid("password", "3 to 100");
    this.usernameDigest = digest(username);
    this.passwordDigest = digest(password);
  }

  /** Takes the same time whatever differs. */
  match(username: string, password: string): boolean {
    const sameName = timingSafeEqual(digest(username), this.usernameDigest);
    const samePassword = timingSafeEqual(digest(password), this.passwordDigest);
    return sameName && samePassword;
  }
}

function isWithin(text: string, { min, max }: { readonly min: number; readonly max: number }): boolean {
  const byteCount = Buffer.byteLength(text);
  return byteCount >= min && byteCount <= max;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function invalid(name: string, range: string) {
  return fail("broker.invalid-option", `the ${name} must have ${range} bytes`);
}
