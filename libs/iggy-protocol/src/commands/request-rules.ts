import { fail } from "../errors/protocol-errors.js";
import type { UserStatus } from "../records/user-record.js";

/** Bytes of UTF-8 that the official clients allow; servers check the username and the password of a login. */
export const USERNAME_BYTES = { min: 3, max: 50 } as const;
export const PASSWORD_BYTES = { min: 3, max: 100 } as const;

const utf8 = new TextEncoder();

/**
 * Rules of the official clients on top of a layout. What breaks them could be encoded, but servers refuse it later,
 * answer nothing or end. Every violation raises `iggy-protocol.argument-out-of-range` with the field and the rule;
 * texts are never repeated in it, since they may be secrets.
 */
export class RequestRules {
  constructor(readonly subject: string) {}

  /** A text of `min` to `max` bytes of UTF-8. */
  textBytes(text: string, field: string, { min, max }: { readonly min: number; readonly max: number }): void {
    const length = utf8.encode(text).length;
    if (length < min || length > max)
      throw this.broken(field, `${length} bytes`, `${min} to ${max} bytes of UTF-8`);
  }

  /** Anything else that must hold. */
  require(holds: boolean, field: string, value: unknown, rule: string): void {
    if (!holds) throw this.broken(field, String(value), rule);
  }

  private broken(field: string, value: string, rule: string): Error {
    return fail(
      "iggy-protocol.argument-out-of-range",
      `${field} of ${this.subject} is ${value}, allowed: ${rule}`,
      { context: { field, subject: this.subject, rule } },
    );
  }
}

/** Servers store any byte; what has no meaning must not get there. */
export function checkUserStatus(status: UserStatus, rules: RequestRules): void {
  rules.require(typeof status === "string", "status", status, '"active" or "inactive"');
}
