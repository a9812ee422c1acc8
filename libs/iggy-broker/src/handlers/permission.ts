import { IggyErrorCode, type PermissionRule, type Permissions, permits } from "@ims/iggy-protocol";
import { ROOT_USER_ID, type UserEntry } from "../catalog/user-registry.js";
import { type Refusal, resultRefusal, statusRefusal } from "./refusal.js";

/** Entries of streams and topics in one user's permissions. */
export const GRANT_COUNT_MAX = 10_000;

/** Root may do everything, a deleted user nothing. */
export function mayDo(user: UserEntry, rule: PermissionRule, streamId?: number, topicId?: number): boolean {
  if (user.isDeleted) return false;
  if (user.id === ROOT_USER_ID) return true;
  return permits(rule, user.permissions, {
    ...(streamId === undefined ? {} : { streamId }),
    ...(topicId === undefined ? {} : { topicId }),
  });
}

/** @throws Refusal status 41, for reads and partition operations */
export function requireRight(
  user: UserEntry,
  rule: PermissionRule,
  streamId?: number,
  topicId?: number,
): void {
  if (!mayDo(user, rule, streamId, topicId)) throw unauthorized("status");
}

/** @throws Refusal result 41, for metadata commands: what is missing is refused before, what is taken after */
export function requireRightInLog(
  user: UserEntry,
  rule: PermissionRule,
  streamId?: number,
  topicId?: number,
): void {
  if (!mayDo(user, rule, streamId, topicId)) throw unauthorized("result");
}

export function unauthorized(channel: Refusal["channel"]): Refusal {
  return channel === "status"
    ? statusRefusal(IggyErrorCode.Unauthorized)
    : resultRefusal(IggyErrorCode.Unauthorized);
}

export function grantCount(permissions: Permissions | null): number {
  return permissions?.streams.reduce((sum, stream) => sum + 1 + stream.topics.length, 0) ?? 0;
}
