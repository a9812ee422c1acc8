import fc from "fast-check";
import { encodeBatch } from "../batch/encode-batch.js";
import type { COMMANDS } from "../command-table.js";
import { option } from "../primitives/options.js";
import { GLOBAL_PERMISSIONS, STREAM_PERMISSIONS, TOPIC_PERMISSIONS } from "../primitives/permissions.js";
import { FieldKind } from "../primitives/typed-field.js";

/** Requests and replies of every command, of any values that the rules for senders allow. */
type CommandValues = Readonly<
  Record<
    keyof typeof COMMANDS,
    { readonly request: fc.Arbitrary<unknown>; readonly reply: fc.Arbitrary<unknown> }
  >
>;

const nothing = fc.constant(undefined);
const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt(0n, (1n << 64n) - 1n);
/** A u64 that is read as a number. */
const count = fc.maxSafeNat();
const f32 = fc.float({ noNaN: true });
const bytes = fc.uint8Array({ maxLength: 60 });
const sized = (min: number, max: number) =>
  fc
    .string({ unit: "grapheme", minLength: min, maxLength: Math.min(max, 40) })
    .filter((text) => Buffer.byteLength(text) >= min && Buffer.byteLength(text) <= max);
const text = sized(0, 255);
const name = sized(1, 255);
const list = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 4 });

const identifier = fc.oneof(u32, name);
const stream = { stream: identifier };
const topic = { ...stream, topic: identifier };
const group = { ...topic, group: identifier };
const user = { user: identifier };
const consumer = fc.record({ kind: fc.constantFrom("consumer", "group"), id: identifier });
const reader = { ...topic, consumer, partitionId: fc.option(u32) };
const ack = fc.constantFrom("none", "quorum");
const strategy = fc.oneof(
  fc.record({ kind: fc.constantFrom("offset", "timestamp"), value: u64 }),
  fc.record({ kind: fc.constantFrom("first", "last", "next") }),
);
const partitioning = fc.oneof(
  fc.constant({ kind: "balanced" }),
  fc.record({ kind: fc.constant("partition"), partitionId: u32 }),
  fc.record({ kind: fc.constant("key"), key: fc.uint8Array({ minLength: 1, maxLength: 255 }) }),
);
const options = fc
  .uniqueArray(name, { maxLength: 3 })
  .chain((keys) => fc.tuple(...keys.map((key) => u64.map((value) => option(key, FieldKind.U64, value)))));

const flags = <Name extends string>(names: readonly Name[]) =>
  fc.record(Object.fromEntries(names.map((right) => [right, fc.boolean()])));
const topicPermissions = fc
  .tuple(u32, flags(TOPIC_PERMISSIONS))
  .map(([topicId, rights]) => ({ topicId, ...rights }));
const streamPermissions = fc
  .tuple(u32, flags(STREAM_PERMISSIONS), list(topicPermissions))
  .map(([streamId, rights, topics]) => ({ streamId, ...rights, topics }));
const permissions = fc.option(
  fc.record({ global: flags(GLOBAL_PERMISSIONS), streams: list(streamPermissions) }),
);

const status = fc.constantFrom("active", "inactive");
const username = sized(3, 50);
const password = sized(3, 100);

const streamRecord = fc.record({
  id: u32,
  createdAtMicros: count,
  topicCount: u32,
  sizeBytes: count,
  messageCount: count,
  name: text,
  options,
});
const topicRecord = fc.record({
  id: u32,
  createdAtMicros: count,
  partitionCount: u32,
  messageExpiryMicros: u64,
  compressionAlgorithm: fc.constantFrom("none", "gzip"),
  maxTopicBytes: u64,
  sizeBytes: count,
  messageCount: count,
  name: text,
  options,
  derivedOptions: options,
});
const partitionRecord = fc.record({
  id: u32,
  createdAtMicros: count,
  segmentCount: u32,
  currentOffset: count,
  sizeBytes: count,
  messageCount: count,
});
const streamDetails = fc
  .tuple(streamRecord, list(topicRecord))
  .map(([record, topics]) => ({ ...record, topicCount: topics.length, topics }));
const topicDetails = fc
  .tuple(topicRecord, list(partitionRecord))
  .map(([record, partitions]) => ({ ...record, partitionCount: partitions.length, partitions }));
const groupRecord = fc.record({ id: u32, partitionCount: u32, memberCount: u32, name: text });
const groupDetails = fc
  .tuple(groupRecord, list(fc.record({ id: u32, partitionIds: list(u32) })))
  .map(([record, members]) => ({ ...record, memberCount: members.length, members }));
const userRecord = fc.record({
  id: u32,
  createdAtMicros: count,
  status: fc.oneof(status, fc.integer({ min: 3, max: 255 })),
  username: text,
  options,
});
const userDetails = fc
  .tuple(userRecord, permissions)
  .map(([record, given]) => ({ ...record, permissions: given }));
const connection = {
  clientId: u32,
  userId: fc.option(fc.nat(0xffff_fffe)),
  transport: u8,
  address: text,
};
const clientDetails = fc.record({
  ...connection,
  groups: list(fc.record({ streamId: u32, topicId: u32, groupId: u32 })),
});
const batch = fc
  .array(
    fc.record({
      id: fc.bigInt(0n, (1n << 128n) - 1n),
      payload: fc.uint8Array({ minLength: 1, maxLength: 50 }),
      originMicros: fc.nat(1_000_000),
      headers: bytes,
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((messages) => ({ messageCount: messages.length, batch: encodeBatch(messages) }));

export const COMMAND_VALUES: CommandValues = {
  ping: { request: nothing, reply: nothing },
  logout: { request: nothing, reply: nothing },
  login: {
    request: fc.record({
      protocolVersion: u32,
      sdkName: name,
      sdkVersion: name,
      // A token longer than its rest as a username cannot be taken for a password login.
      credentials: fc.record({ kind: fc.constant("password"), username, password }),
      context: bytes,
    }),
    reply: fc.record({ userId: u32, session: u64, serverProtocolVersion: u32, serverVersion: text }),
  },
  getStats: {
    request: nothing,
    reply: fc.record({
      processId: u32,
      cpuPercent: f32,
      totalCpuPercent: f32,
      memoryBytes: count,
      totalMemoryBytes: count,
      availableMemoryBytes: count,
      runTimeMicros: count,
      startedAtMicros: count,
      readBytes: count,
      writtenBytes: count,
      messagesBytes: count,
      streamCount: u32,
      topicCount: u32,
      partitionCount: u32,
      segmentCount: u32,
      messageCount: count,
      clientCount: u32,
      consumerGroupCount: u32,
      hostname: text,
      osName: text,
      osVersion: text,
      kernelVersion: text,
      serverVersion: text,
      serverSemver: u32,
      cacheMetrics: list(
        fc.record({
          streamId: u32,
          topicId: u32,
          partitionId: u32,
          hits: count,
          misses: count,
          hitRatio: f32,
        }),
      ),
      threadCount: u32,
      freeDiskBytes: count,
      totalDiskBytes: count,
    }),
  },
  getSnapshot: {
    request: fc.record({
      compression: fc.constantFrom("stored", "deflated", "bzip2", "zstd", "lzma", "xz"),
      parts: fc.oneof(
        fc.constant(["all"]),
        list(fc.constantFrom("filesystem-overview", "process-list", "resource-usage", "test", "server-logs")),
      ),
    }),
    reply: bytes,
  },
  getClusterMetadata: {
    request: nothing,
    reply: fc.record({
      name: text,
      nodes: list(
        fc.record({
          name: text,
          ip: text,
          tcpPort: u16,
          quicPort: u16,
          httpPort: u16,
          webSocketPort: u16,
          role: fc.constantFrom("leader", "follower"),
          status: fc.constantFrom("healthy", "starting", "stopping", "unreachable", "maintenance"),
        }),
      ),
    }),
  },
  describeOptions: {
    request: fc.record({ scope: fc.constantFrom("topic", "stream", "user") }),
    reply: list(fc.record({ key: text, kind: u8, defaultValue: bytes, description: text })),
  },
  getMe: { request: nothing, reply: fc.option(clientDetails) },
  getClient: { request: fc.record({ clientId: u32 }), reply: fc.option(clientDetails) },
  getClients: { request: nothing, reply: list(fc.record({ ...connection, groupCount: u32 })) },
  getUser: { request: fc.record(user), reply: fc.option(userDetails) },
  getUsers: { request: nothing, reply: list(userRecord) },
  createUser: {
    request: fc.record({ username, password, status, permissions, options }),
    reply: userDetails,
  },
  deleteUser: { request: fc.record(user), reply: nothing },
  updateUser: {
    request: fc.record({ ...user, username: fc.option(username), status: fc.option(status), options }),
    reply: nothing,
  },
  updatePermissions: { request: fc.record({ ...user, permissions }), reply: nothing },
  changePassword: {
    request: fc.record({ ...user, currentPassword: text, newPassword: password }),
    reply: nothing,
  },
  getTokens: {
    request: nothing,
    reply: list(fc.record({ name: text, expiresAtMicros: fc.option(fc.bigInt(1n, (1n << 64n) - 1n)) })),
  },
  createToken: {
    request: fc.record({ name, lifetimeMicros: fc.option(fc.bigInt(1n, (1n << 64n) - 1n)) }),
    reply: fc.record({ token: text }),
  },
  deleteToken: { request: fc.record({ name }), reply: nothing },
  pollMessages: {
    request: fc.record({ ...reader, strategy, count: u32, autoCommit: fc.boolean() }),
    reply: fc.record({ partitionId: u32, currentOffset: count, messageCount: u32, batches: bytes }),
  },
  sendMessages: {
    request: fc
      .tuple(fc.record({ ...topic, partitioning }), batch)
      .map(([route, messages]) => ({ ...route, ...messages })),
    reply: list(fc.record({ streamId: u32, topicId: u32, partitionId: u32, baseOffset: count })),
  },
  flushUnsavedBuffer: {
    request: fc.record({ ...topic, partitionId: u32, fsync: fc.boolean() }),
    reply: nothing,
  },
  getOffset: {
    request: fc.record(reader),
    reply: fc.option(fc.record({ partitionId: u32, currentOffset: count, storedOffset: count })),
  },
  storeOffset: { request: fc.record({ ...reader, offset: u64, ack }), reply: nothing },
  deleteOffset: { request: fc.record({ ...reader, ack }), reply: nothing },
  getStream: { request: fc.record(stream), reply: fc.option(streamDetails) },
  getStreams: { request: nothing, reply: list(streamRecord) },
  createStream: { request: fc.record({ name, options }), reply: streamDetails },
  deleteStream: { request: fc.record(stream), reply: nothing },
  updateStream: { request: fc.record({ ...stream, name, options }), reply: nothing },
  purgeStream: { request: fc.record(stream), reply: nothing },
  getTopic: { request: fc.record(topic), reply: fc.option(topicDetails) },
  getTopics: { request: fc.record(stream), reply: list(topicRecord) },
  createTopic: {
    request: fc.record({ ...stream, partitionCount: u32, name, options }),
    reply: topicDetails,
  },
  deleteTopic: { request: fc.record(topic), reply: nothing },
  updateTopic: { request: fc.record({ ...topic, name, options }), reply: nothing },
  purgeTopic: { request: fc.record(topic), reply: nothing },
  createPartitions: { request: fc.record({ ...topic, count: u32 }), reply: nothing },
  deletePartitions: { request: fc.record({ ...topic, count: u32 }), reply: nothing },
  deleteSegments: {
    request: fc.record({ ...topic, partitionId: u32, segmentCount: u32 }),
    reply: nothing,
  },
  getGroup: { request: fc.record(group), reply: fc.option(groupDetails) },
  getGroups: { request: fc.record(topic), reply: list(groupRecord) },
  createGroup: { request: fc.record({ ...topic, name }), reply: groupDetails },
  deleteGroup: { request: fc.record(group), reply: nothing },
  joinGroup: { request: fc.record(group), reply: nothing },
  leaveGroup: { request: fc.record(group), reply: nothing },
  syncGroup: {
    request: fc.record(group),
    reply: fc.option(fc.record({ generation: count, partitionIds: list(u32) })),
  },
};
