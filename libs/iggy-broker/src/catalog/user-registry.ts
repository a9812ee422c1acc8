import type { Identifier, Permissions, UserStatus } from "@ims/iggy-protocol";
import { type Named, NamedRegistry } from "./named-registry.js";

/** A personal access token; the token itself is known to its owner alone. */
export interface TokenEntry {
  readonly name: string;
  /** SHA-256 in hex: the tokens are random enough to need no slow hash. */
  readonly hash: string;
  /** Microseconds since 1970; null = never. */
  readonly expiresAtMicros: bigint | null;
}

export interface UserEntry extends Named {
  readonly createdAtMicros: number;
  status: UserStatus;
  /** See `hashPassword`. */
  passwordHash: string;
  permissions: Permissions | null;
  readonly tokens: Map<string, TokenEntry>;
  /** Sessions of a deleted user go on and may do nothing; its id may by then be somebody else's. */
  isDeleted: boolean;
}

/** The user that may do everything, exists always and keeps its rights. */
export const ROOT_USER_ID = 0;

/** All users and their tokens. */
export class UserRegistry {
  private readonly entries = new NamedRegistry<UserEntry>();
  private readonly byTokenHash = new Map<string, { readonly user: UserEntry; readonly token: TokenEntry }>();

  get count(): number {
    return this.entries.count;
  }

  find(identifier: Identifier): UserEntry | undefined {
    return this.entries.find(identifier);
  }

  findToken(hash: string): { readonly user: UserEntry; readonly token: TokenEntry } | undefined {
    return this.byTokenHash.get(hash);
  }

  lowestFreeId(): number {
    return this.entries.lowestFreeId();
  }

  /** In order of id. */
  sorted(): UserEntry[] {
    return this.entries.sorted();
  }

  add(user: UserEntry): void {
    this.entries.add(user);
    for (const token of user.tokens.values()) this.byTokenHash.set(token.hash, { user, token });
  }

  rename(user: UserEntry, name: string): void {
    this.entries.rename(user, name);
  }

  remove(user: UserEntry): void {
    this.entries.remove(user);
    for (const { hash } of user.tokens.values()) this.byTokenHash.delete(hash);
    user.isDeleted = true;
  }

  addToken(user: UserEntry, token: TokenEntry): void {
    user.tokens.set(token.name, token);
    this.byTokenHash.set(token.hash, { user, token });
  }

  removeToken(user: UserEntry, token: TokenEntry): void {
    user.tokens.delete(token.name);
    this.byTokenHash.delete(token.hash);
  }

  /** Ids are given again, so what a grant was for must go with its object. */
  dropGrants(streamId: number, topicId?: number): void {
    for (const user of this.entries.sorted()) {
      if (user.permissions !== null) user.permissions = without(user.permissions, streamId, topicId);
    }
  }
}

function without(permissions: Permissions, streamId: number, topicId: number | undefined): Permissions {
  const { global, streams } = permissions;
  if (topicId === undefined) {
    return { global, streams: streams.filter((stream) => stream.streamId !== streamId) };
  }
  return {
    global,
    streams: streams.map((stream) =>
      stream.streamId === streamId
        ? { ...stream, topics: stream.topics.filter((topic) => topic.topicId !== topicId) }
        : stream,
    ),
  };
}
