import {
  type ChangePasswordRequest,
  COMMANDS,
  type CreateUserRequest,
  type Identifier,
  IggyErrorCode,
  type UpdatePermissionsRequest,
  type UpdateUserRequest,
  type UserDetails,
  type UserRecord,
  type UserStatus,
  type UserTarget,
} from "@ims/iggy-protocol";
import { ROOT_USER_ID, type UserEntry } from "../catalog/user-registry.js";
import { isUsername } from "../session/credentials.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import type { Decision } from "./decision.js";
import { decodeOr } from "./decode-or.js";
import { GRANT_COUNT_MAX, grantCount, mayDo, requireRight, requireRightInLog } from "./permission.js";
import { resultRefusal, statusRefusal } from "./refusal.js";

/** The next create is refused with 55. */
const USER_COUNT_MAX = 10_000;

/** The hash takes its time, so it is made before the command gets its place in the log. */
export async function createUser(
  context: BrokerContext,
  request: CreateUserRequest,
  caller: Caller,
): Promise<() => Decision> {
  if (request.options.length > 0) throw statusRefusal(IggyErrorCode.UnsupportedOptionKey);
  if (grantCount(request.permissions) > GRANT_COUNT_MAX) throw statusRefusal(IggyErrorCode.InvalidCommand);
  const { username: name, status, permissions } = request;
  const mayCreate = mayDo(caller.user, "manageUsers");
  const passwordHash = mayCreate ? await context.passwords.hash(request.password) : "";
  return () => {
    const { users } = context.catalog;
    requireRightInLog(caller.user, "manageUsers");
    if (passwordHash === "") throw statusRefusal(IggyErrorCode.TransientNotAccepted);
    if (!isUsername(name)) throw resultRefusal(IggyErrorCode.InvalidUsername);
    if (users.find(name)) throw resultRefusal(IggyErrorCode.UserAlreadyExists);
    if (users.count >= USER_COUNT_MAX) throw resultRefusal(IggyErrorCode.UsersLimitReached);
    const user = users.lowestFreeId();
    const at = context.clock.nowMicros();
    return {
      change: {
        type: "user-created",
        user,
        name,
        at,
        status: keptStatus(status),
        passwordHash,
        permissions,
      },
      // As recorded: the reply repeats the status that was sent, later reads tell the one that is kept.
      payload: () => COMMANDS.createUser.codec.encodeReply({ ...userDetails(users.find(user)!), status }),
    };
  };
}

export function updateUser(context: BrokerContext, request: UpdateUserRequest, caller: Caller): Decision {
  if (request.options.length > 0) throw statusRefusal(IggyErrorCode.UnsupportedOptionKey);
  const user = existingUser(context, request.user);
  requireRightInLog(caller.user, "manageUsers");
  const name = request.username ?? user.name;
  if (!isUsername(name)) throw resultRefusal(IggyErrorCode.InvalidUsername);
  const holder = context.catalog.users.find(name);
  if (holder !== undefined && holder !== user) throw resultRefusal(IggyErrorCode.UserAlreadyExists);
  const status = keptStatus(request.status ?? user.status);
  return { change: { type: "user-updated", user: user.id, name, status } };
}

/** Open sessions of the user go on without any right. */
export function deleteUser(context: BrokerContext, request: UserTarget, caller: Caller): Decision {
  const user = existingUser(context, request.user);
  requireRightInLog(caller.user, "manageUsers");
  if (user.id === ROOT_USER_ID) throw resultRefusal(IggyErrorCode.CannotDeleteUser);
  return { change: { type: "user-deleted", user: user.id } };
}

export function updatePermissions(
  context: BrokerContext,
  request: UpdatePermissionsRequest,
  caller: Caller,
): Decision {
  const { permissions } = request;
  if (grantCount(permissions) > GRANT_COUNT_MAX) throw statusRefusal(IggyErrorCode.InvalidCommand);
  const user = existingUser(context, request.user);
  requireRightInLog(caller.user, "manageUsers");
  if (user.id === ROOT_USER_ID) throw resultRefusal(IggyErrorCode.CannotChangePermissions);
  return { change: { type: "permissions-updated", user: user.id, permissions } };
}

/** The current password is asked for whoever the caller is. */
export async function changePassword(
  context: BrokerContext,
  request: ChangePasswordRequest,
  caller: Caller,
): Promise<() => Decision> {
  const { users } = context.catalog;
  const seen = users.find(request.user);
  const seenHash = seen?.passwordHash;
  let passwordHash: string | undefined;
  if (seen !== undefined && mayChangePassword(caller, seen)) {
    const isRight = await context.passwords.matches(request.currentPassword, seenHash);
    if (isRight) passwordHash = await context.passwords.hash(request.newPassword);
  }
  return () => {
    const user = existingUser(context, request.user);
    if (!mayChangePassword(caller, user)) throw resultRefusal(IggyErrorCode.Unauthorized);
    // What was checked may have been replaced while the hash was made.
    const isChecked = user === seen && user.passwordHash === seenHash;
    if (!isChecked) throw statusRefusal(IggyErrorCode.TransientNotAccepted);
    if (passwordHash === undefined) throw resultRefusal(IggyErrorCode.InvalidCredentials);
    return { change: { type: "password-changed", user: user.id, passwordHash } };
  };
}

/** A missing user is an empty payload. */
export function getUser(context: BrokerContext, body: Uint8Array, caller: Caller): Uint8Array {
  const { codec } = COMMANDS.getUser;
  const user = context.catalog.users.find(decodeOr(codec, body, IggyErrorCode.InvalidCommand).user);
  if (user === undefined) return codec.encodeReply(null);
  if (user !== caller.user) requireRight(caller.user, "readUsers");
  return codec.encodeReply(userDetails(user));
}

export function getUsers(context: BrokerContext, _body: Uint8Array, caller: Caller): Uint8Array {
  requireRight(caller.user, "readUsers");
  return COMMANDS.getUsers.codec.encodeReply(context.catalog.users.sorted().map(userRecord));
}

/** The reference server takes any byte and keeps what it does not know as active. */
function keptStatus(status: UserStatus): UserStatus {
  return status === "inactive" ? "inactive" : "active";
}

function mayChangePassword(caller: Caller, user: UserEntry): boolean {
  return caller.user === user || mayDo(caller.user, "manageUsers");
}

function existingUser(context: BrokerContext, user: Identifier): UserEntry {
  const entry = context.catalog.users.find(user);
  if (entry === undefined) throw resultRefusal(IggyErrorCode.ResourceNotFound);
  return entry;
}

function userDetails(user: UserEntry): UserDetails {
  return { ...userRecord(user), permissions: user.permissions };
}

function userRecord(user: UserEntry): UserRecord {
  const { id, createdAtMicros, status, name } = user;
  return { id, createdAtMicros, status, username: name, options: [] };
}
