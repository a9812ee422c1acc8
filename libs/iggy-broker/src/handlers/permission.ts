import {
  type GlobalPermission,
  IggyErrorCode,
  type Permissions,
  type StreamPermission,
  type TopicPermission,
} from "@ims/iggy-protocol";
import { ROOT_USER_ID, type UserEntry } from "../catalog/user-registry.js";
import { type Refusal, resultRefusal, statusRefusal } from "./refusal.js";

/** Any of these flags gives the right; those of streams and topics count for the named stream and topic only. */
interface RightRule {
  readonly global: readonly GlobalPermission[];
  readonly stream?: readonly StreamPermission[];
  readonly topic?: readonly TopicPermission[];
}

const listTopics = {
  global: ["manageStreams", "readStreams", "manageTopics", "readTopics"],
  stream: ["manageStream", "readStream", "manageTopics", "readTopics"],
} as const satisfies RightRule;
const readTopic = { ...listTopics, topic: ["manageTopic", "readTopic"] } as const satisfies RightRule;
const createTopic = {
  global: ["manageStreams", "manageTopics"],
  stream: ["manageStream", "manageTopics"],
} as const satisfies RightRule;
const manageTopic = { ...createTopic, topic: ["manageTopic"] } as const satisfies RightRule;

/** What users may do (server-behaviour.md section 3). */
const RIGHTS = {
  readServers: { global: ["manageServers", "readServers"] },
  readUsers: { global: ["manageUsers", "readUsers"] },
  manageUsers: { global: ["manageUsers"] },
  listStreams: { global: ["manageStreams", "readStreams"] },
  createStream: { global: ["manageStreams"] },
  readStream: { global: ["manageStreams", "readStreams"], stream: ["manageStream", "readStream"] },
  manageStream: { global: ["manageStreams"], stream: ["manageStream"] },
  listTopics,
  readTopic,
  createTopic,
  manageTopic,
  pollMessages: {
    global: [...readTopic.global, "pollMessages"],
    stream: [...readTopic.stream, "pollMessages"],
    topic: [...readTopic.topic, "pollMessages"],
  },
  sendMessages: {
    global: [...manageTopic.global, "sendMessages"],
    stream: [...manageTopic.stream, "sendMessages"],
    topic: [...manageTopic.topic, "sendMessages"],
  },
} as const satisfies Readonly<Record<string, RightRule>>;

export type Right = keyof typeof RIGHTS;

/** Entries of streams and topics in one user's permissions. */
export const GRANT_COUNT_MAX = 10_000;

export function mayDo(user: UserEntry, right: Right, streamId?: number, topicId?: number): boolean {
  if (user.isDeleted) return false;
  if (user.id === ROOT_USER_ID) return true;
  return user.permissions !== null && gives(user.permissions, RIGHTS[right], streamId, topicId);
}

/** @throws Refusal status 41, for reads and partition operations */
export function requireRight(user: UserEntry, right: Right, streamId?: number, topicId?: number): void {
  if (!mayDo(user, right, streamId, topicId)) throw unauthorized("status");
}

/** @throws Refusal result 41, for metadata commands: what is missing is refused before, what is taken after */
export function requireRightInLog(user: UserEntry, right: Right, streamId?: number, topicId?: number): void {
  if (!mayDo(user, right, streamId, topicId)) throw unauthorized("result");
}

export function unauthorized(channel: Refusal["channel"]): Refusal {
  return channel === "status"
    ? statusRefusal(IggyErrorCode.Unauthorized)
    : resultRefusal(IggyErrorCode.Unauthorized);
}

export function grantCount(permissions: Permissions | null): number {
  return permissions?.streams.reduce((sum, stream) => sum + 1 + stream.topics.length, 0) ?? 0;
}

function gives(permissions: Permissions, rule: RightRule, streamId?: number, topicId?: number): boolean {
  if (rule.global.some((flag) => permissions.global[flag])) return true;
  if (streamId === undefined || rule.stream === undefined) return false;
  for (const stream of permissions.streams) {
    if (stream.streamId !== streamId) continue;
    if (rule.stream.some((flag) => stream[flag])) return true;
    if (topicId === undefined || rule.topic === undefined) continue;
    for (const topic of stream.topics) {
      if (topic.topicId === topicId && rule.topic.some((flag) => topic[flag])) return true;
    }
  }
  return false;
}
