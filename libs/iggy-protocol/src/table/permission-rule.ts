import type {
  GlobalPermission,
  Permissions,
  StreamPermission,
  TopicPermission,
} from "../primitives/permissions.js";

/** Any one of these rights is enough, on any level. */
interface AnyOf {
  readonly global: readonly GlobalPermission[];
  readonly stream?: readonly StreamPermission[];
  readonly topic?: readonly TopicPermission[];
  /** The object of the command may also be the caller itself. */
  readonly own?: true;
}

const READ_STREAMS = ["manageStreams", "readStreams"] as const;
const READ_TOPICS = {
  global: [...READ_STREAMS, "manageTopics", "readTopics"],
  stream: ["manageStream", "readStream", "manageTopics", "readTopics"],
} as const;
const READ_TOPIC = { ...READ_TOPICS, topic: ["manageTopic", "readTopic"] } as const;
const CREATE_TOPICS = {
  global: ["manageStreams", "manageTopics"],
  stream: ["manageStream", "manageTopics"],
} as const;
const MANAGE_TOPIC = { ...CREATE_TOPICS, topic: ["manageTopic"] } as const;

/**
 * Who may call a command (server-behaviour.md section 3). `anyone` needs no session, `user` any session. Root, user 0,
 * may do everything.
 */
export const PERMISSION_RULES = {
  anyone: "anyone",
  user: "user",
  readServers: { global: ["manageServers", "readServers"] },
  readUsers: { global: ["manageUsers", "readUsers"] },
  readUser: { global: ["manageUsers", "readUsers"], own: true },
  manageUsers: { global: ["manageUsers"] },
  manageUser: { global: ["manageUsers"], own: true },
  readStreams: { global: READ_STREAMS },
  createStreams: { global: ["manageStreams"] },
  readStream: { global: READ_STREAMS, stream: ["manageStream", "readStream"] },
  manageStream: { global: ["manageStreams"], stream: ["manageStream"] },
  readTopics: READ_TOPICS,
  readTopic: READ_TOPIC,
  createTopics: CREATE_TOPICS,
  manageTopic: MANAGE_TOPIC,
  pollMessages: {
    global: [...READ_TOPIC.global, "pollMessages"],
    stream: [...READ_TOPIC.stream, "pollMessages"],
    topic: [...READ_TOPIC.topic, "pollMessages"],
  },
  sendMessages: {
    global: [...MANAGE_TOPIC.global, "sendMessages"],
    stream: [...MANAGE_TOPIC.stream, "sendMessages"],
    topic: [...MANAGE_TOPIC.topic, "sendMessages"],
  },
} as const satisfies Readonly<Record<string, AnyOf | "anyone" | "user">>;

export type PermissionRule = keyof typeof PERMISSION_RULES;

/** What a command is about, as far as permissions ask for it. */
export interface PermissionObject {
  readonly streamId?: number;
  readonly topicId?: number;
  /** The command is about the calling user itself. */
  readonly own?: boolean;
}

/** Whether a logged-in user with these permissions may call a command of this rule. Root is the caller's business. */
export function permits(
  rule: PermissionRule,
  permissions: Permissions | null,
  object: PermissionObject = {},
): boolean {
  const needed: AnyOf | string = PERMISSION_RULES[rule];
  if (typeof needed === "string") return true;
  if (needed.own && object.own) return true;
  if (permissions === null) return false;
  if (needed.global.some((right) => permissions.global[right])) return true;
  const stream = permissions.streams.find(({ streamId }) => streamId === object.streamId);
  if (stream === undefined) return false;
  if (needed.stream?.some((right) => stream[right])) return true;
  const topic = stream.topics.find(({ topicId }) => topicId === object.topicId);
  return topic !== undefined && (needed.topic?.some((right) => topic[right]) ?? false);
}
