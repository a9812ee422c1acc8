import { fail } from "../errors.js";

const USERNAME_BYTES = { min: 3, max: 50 };
const PASSWORD_BYTES = { min: 3, max: 100 };

export const DEFAULT_USERNAME = "iggy";
export const DEFAULT_PASSWORD = "iggy";

/** What a new data folder's root user is made of. */
export interface RootCredentials {
  readonly username: string;
  readonly password: string;
}

/** @throws ImsError `broker.invalid-option` when a client could never log in with them */
export function checkCredentials({ username, password }: RootCredentials): void {
  if (!isUsername(username)) throw invalid("username", "3 to 50");
  if (!isLoginPassword(password)) throw invalid("password", "3 to 100");
}

export function isUsername(text: string): boolean {
  return isWithin(text, USERNAME_BYTES);
}

/** Whether a login with it can succeed; a user may be given any other password, and then cannot log in with it. */
export function isLoginPassword(text: string): boolean {
  return isWithin(text, PASSWORD_BYTES);
}

function isWithin(text: string, { min, max }: { readonly min: number; readonly max: number }): boolean {
  const byteCount = Buffer.byteLength(text);
  return byteCount >= min && byteCount <= max;
}

function invalid(name: string, range: string) {
  return fail("broker.invalid-option", `the ${name} must have ${range} bytes`);
}
