import type { Permissions, UserStatus } from "@ims/iggy-protocol";
import { known } from "./known.js";
import type { TokenEntry, UserEntry, UserRegistry } from "./user-registry.js";

/** Changes of users and tokens. Passwords and tokens are in them as hashes only. */
export type UserChange =
  | {
      readonly type: "user-created";
      readonly user: number;
      readonly name: string;
      readonly at: number;
      readonly status: UserStatus;
      readonly passwordHash: string;
      readonly permissions: Permissions | null;
    }
  | {
      readonly type: "user-updated";
      readonly user: number;
      readonly name: string;
      readonly status: UserStatus;
    }
  | { readonly type: "user-deleted"; readonly user: number }
  | {
      readonly type: "permissions-updated";
      readonly user: number;
      readonly permissions: Permissions | null;
    }
  | { readonly type: "password-changed"; readonly user: number; readonly passwordHash: string }
  | {
      readonly type: "token-created";
      readonly user: number;
      readonly name: string;
      readonly hash: string;
      readonly expiresAt: StoredExpiry;
    }
  | { readonly type: "token-deleted"; readonly user: number; readonly name: string };

/** Microseconds in decimal digits, since they may exceed what a JSON number keeps; null = never. */
export type StoredExpiry = string | null;

const TYPES: ReadonlySet<string> = new Set<UserChange["type"]>([
  "user-created",
  "user-updated",
  "user-deleted",
  "permissions-updated",
  "password-changed",
  "token-created",
  "token-deleted",
]);

export function isUserChange(change: { readonly type: string }): change is UserChange {
  return TYPES.has(change.type);
}

/** @throws RangeError for a change that does not fit */
export function applyUserChange(users: UserRegistry, change: UserChange): void {
  if (change.type === "user-created") {
    users.add(newUser(change.user, change));
    return;
  }
  const user = known(users.find(change.user), change);
  switch (change.type) {
    case "user-updated":
      users.rename(user, change.name);
      user.status = change.status;
      return;
    case "user-deleted":
      users.remove(user);
      return;
    case "permissions-updated":
      user.permissions = change.permissions;
      return;
    case "password-changed":
      user.passwordHash = change.passwordHash;
      return;
    case "token-created":
      users.addToken(user, restoredToken(change));
      return;
    case "token-deleted":
      users.removeToken(user, known(user.tokens.get(change.name), change));
  }
}

/** A user without tokens. */
export function newUser(
  id: number,
  fields: Pick<UserEntry, "name" | "status" | "passwordHash" | "permissions"> & { readonly at: number },
): UserEntry {
  const { name, at, status, passwordHash, permissions } = fields;
  return {
    id,
    name,
    createdAtMicros: at,
    status,
    passwordHash,
    permissions,
    tokens: new Map(),
    isDeleted: false,
  };
}

export function storedExpiry({ expiresAtMicros }: Pick<TokenEntry, "expiresAtMicros">): StoredExpiry {
  return expiresAtMicros === null ? null : String(expiresAtMicros);
}

export function restoredToken(stored: {
  readonly name: string;
  readonly hash: string;
  readonly expiresAt: StoredExpiry;
}): TokenEntry {
  const { name, hash, expiresAt } = stored;
  return { name, hash, expiresAtMicros: expiresAt === null ? null : BigInt(expiresAt) };
}
