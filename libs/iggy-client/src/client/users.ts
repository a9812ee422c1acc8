import {
  COMMANDS,
  type Identifier,
  type Permissions,
  type UserDetails,
  type UserRecord,
} from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { CallOptions } from "./client-options.js";
import type { NewUser, UserChange } from "./client-requests.js";

/**
 * Users of the server: `client.users`. All but the own record and password need the permission to read or manage
 * users, else they are refused with 41. Missing users are `null` on reads and refused with 20 on changes.
 */
export class Users {
  constructor(private readonly requests: RequestRunner) {}

  /** Refused with 46 when the name is taken. */
  create(user: NewUser, options?: CallOptions): Promise<UserDetails> {
    const { username, password, status = "active", permissions = null } = user;
    const request = { username, password, status, permissions, options: [] };
    return this.requests.call(COMMANDS.createUser, request, options);
  }

  get(user: Identifier, options?: CallOptions): Promise<UserDetails | null> {
    return this.requests.call(COMMANDS.getUser, { user }, options);
  }

  /** All users, by id; without their permissions. */
  list(options?: CallOptions): Promise<readonly UserRecord[]> {
    return this.requests.call(COMMANDS.getUsers, undefined, options);
  }

  /** Changes name or status; what is left out stays. An inactive user cannot log in. */
  async update(user: Identifier, change: UserChange, options?: CallOptions): Promise<void> {
    const request = { user, username: change.username ?? null, status: change.status ?? null, options: [] };
    await this.requests.call(COMMANDS.updateUser, request, options);
  }

  /** Replaces all permissions, `null` takes all away; open connections feel it at once. Refused with 49 for root. */
  async setPermissions(
    user: Identifier,
    permissions: Permissions | null,
    options?: CallOptions,
  ): Promise<void> {
    await this.requests.call(COMMANDS.updatePermissions, { user, permissions }, options);
  }

  /** Refused with 42 when the current password is wrong. @param newPassword 3 to 100 bytes */
  async changePassword(
    user: Identifier,
    currentPassword: string,
    newPassword: string,
    options?: CallOptions,
  ): Promise<void> {
    await this.requests.call(COMMANDS.changePassword, { user, currentPassword, newPassword }, options);
  }

  /** Refused with 48 for root. Open connections of the user stay, without any right. */
  async delete(user: Identifier, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.deleteUser, { user }, options);
  }
}
