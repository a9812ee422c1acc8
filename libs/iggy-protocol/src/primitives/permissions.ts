import { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";

/** Rights on every object of the server, in the order of the wire. */
export const GLOBAL_PERMISSIONS = [
  "manageServers",
  "readServers",
  "manageUsers",
  "readUsers",
  "manageStreams",
  "readStreams",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
] as const;
/** Rights within one stream, in the order of the wire. */
export const STREAM_PERMISSIONS = [
  "manageStream",
  "readStream",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
] as const;
/** Rights within one topic, in the order of the wire. */
export const TOPIC_PERMISSIONS = ["manageTopic", "readTopic", "pollMessages", "sendMessages"] as const;

export type GlobalPermission = (typeof GLOBAL_PERMISSIONS)[number];
export type StreamPermission = (typeof STREAM_PERMISSIONS)[number];
export type TopicPermission = (typeof TOPIC_PERMISSIONS)[number];
export type GlobalPermissions = Readonly<Record<GlobalPermission, boolean>>;

export interface StreamPermissions extends Readonly<Record<StreamPermission, boolean>> {
  readonly streamId: number;
  readonly topics: readonly TopicPermissions[];
}

export interface TopicPermissions extends Readonly<Record<TopicPermission, boolean>> {
  readonly topicId: number;
}

/** What a user may do. A right is given when any of the three levels gives it; ids, not names, tell what it is for. */
export interface Permissions {
  readonly global: GlobalPermissions;
  readonly streams: readonly StreamPermissions[];
}

/** Shorthand for the rights of one level: those named are given, all others are not. */
export function globalPermissions(...given: readonly GlobalPermission[]): GlobalPermissions {
  return flags(GLOBAL_PERMISSIONS, given);
}

export function streamPermissions(
  streamId: number,
  given: readonly StreamPermission[],
  topics: readonly TopicPermissions[] = [],
): StreamPermissions {
  return { streamId, ...flags(STREAM_PERMISSIONS, given), topics };
}

export function topicPermissions(topicId: number, given: readonly TopicPermission[]): TopicPermissions {
  return { topicId, ...flags(TOPIC_PERMISSIONS, given) };
}

/**
 * `[flag u8 = 1][len u32][block]`, or the flag 0 alone. The block:
 * ```
 * 10 × bool global
 * [has_streams u8]{[stream_id u32][6 × bool][has_topics u8]{[topic_id u32][4 × bool][has_next_topic u8]}[has_next_stream u8]}
 * ```
 */
export function writeOptionalPermissions(writer: ByteWriter, permissions: Permissions | null): void {
  writer.bool(permissions !== null);
  if (permissions === null) return;
  const lengthAt = writer.position;
  writer.u32(0, "permissions length");
  writeFlags(writer, GLOBAL_PERMISSIONS, permissions.global);
  writer.bool(permissions.streams.length > 0);
  permissions.streams.forEach((stream, index) => {
    writer.u32(stream.streamId, "stream id");
    writeFlags(writer, STREAM_PERMISSIONS, stream);
    writer.bool(stream.topics.length > 0);
    stream.topics.forEach((topic, topicIndex) => {
      writer.u32(topic.topicId, "topic id");
      writeFlags(writer, TOPIC_PERMISSIONS, topic);
      writer.bool(topicIndex < stream.topics.length - 1);
    });
    writer.bool(index < permissions.streams.length - 1);
  });
  writer.patchU32(lengthAt, writer.position - lengthAt - 4);
}

export function readOptionalPermissions(reader: ByteReader): Permissions | null {
  if (!reader.bool("permissions flag")) return null;
  const length = reader.u32("permissions length");
  const start = reader.position;
  reader.raw(length, "permissions");
  const block = new ByteReader(reader.bytes, reader.subject, start, start + length);
  const permissions = readPermissions(block);
  if (block.remaining > 0) {
    throw reader.invalid("permissions", `${block.remaining} bytes follow the last entry`, block.position);
  }
  return permissions;
}

function readPermissions(reader: ByteReader): Permissions {
  const global = readFlags(reader, GLOBAL_PERMISSIONS);
  const streams: StreamPermissions[] = [];
  for (let more = reader.bool("has streams"); more; more = reader.bool("has next stream")) {
    const streamId = reader.u32("stream id");
    const given = readFlags(reader, STREAM_PERMISSIONS);
    const topics: TopicPermissions[] = [];
    for (let next = reader.bool("has topics"); next; next = reader.bool("has next topic")) {
      topics.push({ topicId: reader.u32("topic id"), ...readFlags(reader, TOPIC_PERMISSIONS) });
    }
    streams.push({ streamId, ...given, topics });
  }
  return { global, streams };
}

function flags<Name extends string>(
  names: readonly Name[],
  given: readonly Name[],
): Readonly<Record<Name, boolean>> {
  return Object.fromEntries(names.map((name) => [name, given.includes(name)])) as Record<Name, boolean>;
}

function writeFlags<Name extends string>(
  writer: ByteWriter,
  names: readonly Name[],
  values: Readonly<Record<Name, boolean>>,
): void {
  for (const name of names) writer.bool(values[name]);
}

function readFlags<Name extends string>(
  reader: ByteReader,
  names: readonly Name[],
): Readonly<Record<Name, boolean>> {
  return Object.fromEntries(names.map((name) => [name, reader.bool(name)])) as Record<Name, boolean>;
}
