import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBatch } from "../batch/encode-batch.js";
import { COMMANDS } from "../command-table.js";
import { option } from "../primitives/options.js";
import { globalPermissions, streamPermissions, topicPermissions } from "../primitives/permissions.js";
import { FieldKind, type FieldValue, fieldValue, typedField } from "../primitives/typed-field.js";
import { decodeUserHeaders, encodeUserHeaders } from "../primitives/user-headers.js";
import { UNLIMITED } from "../records/topic-record.js";
import type { CommandCodec } from "./command-codec.js";
import { encodeSendRoute } from "./send-messages.js";

const stream = {
  id: 1,
  createdAtMicros: 2,
  topicCount: 0,
  sizeBytes: 3,
  messageCount: 4,
  name: "s",
  options: [],
};
const topic = {
  id: 1,
  createdAtMicros: 2,
  partitionCount: 1,
  messageExpiryMicros: UNLIMITED,
  compressionAlgorithm: "gzip",
  maxTopicBytes: UNLIMITED,
  sizeBytes: 3,
  messageCount: 4,
  name: "t",
  options: [option("segment_size", FieldKind.U64, 1_048_576n)],
  derivedOptions: [option("enforce_fsync", FieldKind.Bool, false)],
};
const partitions = [
  { id: 0, createdAtMicros: 1, segmentCount: 1, currentOffset: 9, sizeBytes: 8, messageCount: 7 },
];
const target = { stream: "s", topic: 3 };
const connection = { clientId: 7, userId: 3, transport: 1, address: "127.0.0.1:1" };
const user = { id: 1, createdAtMicros: 2, status: "active", username: "alice", options: [] };
const permissions = {
  global: globalPermissions("manageServers", "sendMessages"),
  streams: [
    streamPermissions(1, ["readStream"]),
    streamPermissions(
      2,
      ["manageTopics"],
      [topicPermissions(0, ["readTopic"]), topicPermissions(9, ["pollMessages"])],
    ),
  ],
};
const groupTarget = { ...target, group: "g" };
const group = { id: 1, partitionCount: 8, memberCount: 0, name: "g" };
const reader = { ...target, consumer: { kind: "group", id: "g" }, partitionId: 2 };
const node = {
  name: "n",
  ip: "::1",
  tcpPort: 1,
  quicPort: 2,
  httpPort: 3,
  webSocketPort: 4,
  role: "follower",
  status: "starting",
};
const numbers = {
  processId: 1,
  cpuPercent: 0.5,
  totalCpuPercent: 1,
  memoryBytes: 2,
  totalMemoryBytes: 3,
  availableMemoryBytes: 4,
};
const times = { runTimeMicros: 5, startedAtMicros: 6, readBytes: 7, writtenBytes: 8, messagesBytes: 9 };
const counts = {
  streamCount: 1,
  topicCount: 2,
  partitionCount: 3,
  segmentCount: 4,
  messageCount: 5,
  clientCount: 6,
};
const names = {
  hostname: "h",
  osName: "o",
  osVersion: "v",
  kernelVersion: "k",
  serverVersion: "0.9.0",
  serverSemver: 9000,
};
const cacheMetrics = [{ streamId: 1, topicId: 2, partitionId: 3, hits: 4, misses: 5, hitRatio: 0.25 }];
const disk = { threadCount: 1, freeDiskBytes: 2, totalDiskBytes: 3 };

/** A request and a reply of every command, with every optional part present. */
const SAMPLES: Readonly<Record<keyof typeof COMMANDS, readonly [request: unknown, reply: unknown]>> = {
  ping: [undefined, undefined],
  logout: [undefined, undefined],
  login: [
    {
      protocolVersion: 11264,
      sdkName: "a",
      sdkVersion: "1",
      credentials: { kind: "password", username: "iggy", password: "iggy" },
      context: Uint8Array.of(1),
    },
    { userId: 1, session: 2n ** 63n, serverProtocolVersion: 11264, serverVersion: "0.9" },
  ],
  getStats: [
    undefined,
    { ...numbers, ...times, ...counts, consumerGroupCount: 1, ...names, cacheMetrics, ...disk },
  ],
  getClusterMetadata: [undefined, { name: "c", nodes: [node] }],
  describeOptions: [
    { scope: "user" },
    [{ key: "k", kind: 2, defaultValue: Uint8Array.of(1), description: "d" }],
  ],
  getMe: [
    undefined,
    {
      clientId: 1,
      userId: null,
      transport: 1,
      address: "a:1",
      groups: [{ streamId: 1, topicId: 2, groupId: 3 }],
    },
  ],
  pollMessages: [
    { ...reader, strategy: { kind: "timestamp", value: 2n ** 63n }, count: 5, autoCommit: true },
    { partitionId: 1, currentOffset: 2, messageCount: 0, batches: new Uint8Array(0) },
  ],
  sendMessages: [
    {
      ...target,
      partitioning: { kind: "key", key: Uint8Array.of(1, 2) },
      messageCount: 1,
      batch: encodeBatch([{ id: 1n, payload: Uint8Array.of(1), originMicros: 1 }]),
    },
    [{ streamId: 1, topicId: 2, partitionId: 3, baseOffset: 4 }],
  ],
  getOffset: [reader, { partitionId: 1, currentOffset: 2, storedOffset: 3 }],
  storeOffset: [{ ...reader, offset: 2n ** 64n - 1n, ack: "none" }, undefined],
  deleteOffset: [{ ...reader, partitionId: null, ack: "quorum" }, undefined],
  getStream: [{ stream: "s" }, { ...stream, topicCount: 1, topics: [topic] }],
  getStreams: [undefined, [stream, stream]],
  createStream: [
    { name: "ü", options: [] },
    { ...stream, topics: [] },
  ],
  deleteStream: [{ stream: 0xffff_ffff }, undefined],
  updateStream: [{ stream: 1, name: "n", options: [] }, undefined],
  purgeStream: [{ stream: 1 }, undefined],
  getTopic: [target, { ...topic, partitions }],
  getTopics: [{ stream: 1 }, [topic]],
  createTopic: [
    { stream: 1, partitionCount: 3, name: "t", options: topic.options },
    { ...topic, partitions },
  ],
  deleteTopic: [target, undefined],
  updateTopic: [{ ...target, name: "n", options: topic.options }, undefined],
  purgeTopic: [target, undefined],
  createPartitions: [{ ...target, count: 1 }, undefined],
  deletePartitions: [{ ...target, count: 1000 }, undefined],
  deleteSegments: [{ ...target, partitionId: 2, segmentCount: 0xffff_ffff }, undefined],
  getSnapshot: [{ compression: "zstd", parts: ["server-logs", "test"] }, Uint8Array.of(80, 75)],
  getClient: [{ clientId: 7 }, { ...connection, groups: [{ streamId: 1, topicId: 2, groupId: 3 }] }],
  getClients: [
    undefined,
    [
      { ...connection, groupCount: 0 },
      { ...connection, userId: null, groupCount: 2 },
    ],
  ],
  getUser: [{ user: "alice" }, { ...user, permissions }],
  getUsers: [undefined, [user, { ...user, status: 9 }]],
  createUser: [
    { username: "alice", password: "secret", status: "inactive", permissions, options: [] },
    { ...user, permissions: null },
  ],
  deleteUser: [{ user: 1 }, undefined],
  updateUser: [{ user: 1, username: "bob", status: "active", options: [] }, undefined],
  updatePermissions: [{ user: "bob", permissions }, undefined],
  changePassword: [{ user: 0, currentPassword: "o", newPassword: "new" }, undefined],
  getTokens: [
    undefined,
    [
      { name: "ci", expiresAtMicros: null },
      { name: "b", expiresAtMicros: 2n ** 63n },
    ],
  ],
  createToken: [{ name: "ci", lifetimeMicros: UNLIMITED }, { token: "abc" }],
  deleteToken: [{ name: "ci" }, undefined],
  flushUnsavedBuffer: [{ ...target, partitionId: 1, fsync: true }, undefined],
  getGroup: [groupTarget, { ...group, memberCount: 1, members: [{ id: 3, partitionIds: [0, 7] }] }],
  getGroups: [target, [group, group]],
  createGroup: [
    { ...target, name: "g" },
    { ...group, members: [] },
  ],
  deleteGroup: [groupTarget, undefined],
  joinGroup: [groupTarget, undefined],
  leaveGroup: [groupTarget, undefined],
  syncGroup: [groupTarget, { generation: 9, partitionIds: [1, 2] }],
};

const samples = Object.entries(SAMPLES).map(([name, [request, reply]]) => {
  const codec = COMMANDS[name as keyof typeof COMMANDS].codec as CommandCodec<unknown, unknown>;
  return { name, codec, request, reply };
});
const isTyped = expect.objectContaining({ code: expect.stringMatching(/^iggy-protocol\./) });

describe.each(samples)("$name", ({ codec, request, reply }) => {
  it("comes back as it went, in both directions", () => {
    expect(codec.decodeRequest(codec.encodeRequest(request))).toEqual(request);
    expect(codec.decodeReply(codec.encodeReply(reply))).toEqual(reply);
  });

  it("is refused at every truncation that does not happen to be a shorter whole", () => {
    const directions = [
      [codec.encodeRequest(request), codec.decodeRequest, codec.encodeRequestUnchecked],
      [codec.encodeReply(reply), codec.decodeReply, codec.encodeReply],
    ] as const;
    for (const [bytes, decode, encode] of directions) {
      for (let length = 0; length < bytes.length; length++) {
        const part = bytes.slice(0, length);
        let value: unknown;
        try {
          value = decode(part);
        } catch (error) {
          expect(error).toEqual(isTyped);
          continue;
        }
        // A send reply without any byte stands for an empty list.
        if (Array.isArray(value) && value.length === 0) continue;
        expect(Buffer.from(encode(value)).equals(part), `${length} of ${bytes.length} bytes`).toBe(true);
      }
    }
  });

  it("survives flipped bits and random bytes with a typed error", () => {
    const survive = (bytes: Uint8Array) => {
      for (const decode of [codec.decodeRequest, codec.decodeReply]) {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toEqual(isTyped);
        }
      }
    };
    for (const bytes of [codec.encodeRequest(request), codec.encodeReply(reply)]) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        survive(flipped);
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), survive), { numRuns: 50 });
  });
});

describe("arguments", () => {
  const refuse = (call: () => unknown) =>
    expect(call).toThrow(expect.objectContaining({ code: "iggy-protocol.argument-out-of-range" }));

  it("outside their range are not encoded", () => {
    const { createStream, deleteStream, createTopic, storeOffset } = COMMANDS;
    refuse(() => createStream.codec.encodeRequest({ name: "", options: [] }));
    refuse(() => createStream.codec.encodeRequest({ name: "ü".repeat(128), options: [] }));
    for (const id of [-1, 1.5, 2 ** 32, Number.NaN])
      refuse(() => deleteStream.codec.encodeRequest({ stream: id }));
    const twice = [option("a", FieldKind.Bool, true), option("a", FieldKind.Bool, true)];
    refuse(() =>
      createTopic.codec.encodeRequest({ stream: 1, partitionCount: 1, name: "t", options: twice }),
    );
    refuse(() => encodeSendRoute(1, 1, { kind: "key", key: new Uint8Array(0) }));
    const consumer = { kind: "consumer", id: 1 } as const;
    for (const offset of [-1n, 2n ** 64n]) {
      refuse(() =>
        storeOffset.codec.encodeRequest({
          stream: 1,
          topic: 1,
          consumer,
          partitionId: 0,
          offset,
          ack: "quorum",
        }),
      );
    }
  });

  it("of options are read with the rules of the server", () => {
    const { createTopic } = COMMANDS;
    const body = (options: number[]) => Uint8Array.from([1, 4, 0, 0, 0, 0, 1, 0, 0, 0, 1, 116, ...options]);
    const key = [2, 1, 0, 0, 0, 97];
    for (const options of [
      [1, 1, 0, 0, 0, 97, 3, 1, 0, 0, 0, 1],
      [2, 0, 0, 0, 0, 3, 1, 0, 0, 0, 1],
      [...key, 3, 2, 0, 0, 0, 1, 1],
      [...key, 16, 1, 0, 0, 0, 1],
      [...key, 3, 1, 0, 0, 0, 1, ...key, 3, 1, 0, 0, 0, 1],
      [...key],
    ]) {
      expect(() => createTopic.codec.decodeRequest(body(options))).toThrow(isTyped);
    }
    const many = Array.from({ length: 1025 }, (_, i) => [
      2,
      2,
      0,
      0,
      0,
      32 + (i >> 6),
      32 + (i & 63),
      3,
      1,
      0,
      0,
      0,
      1,
    ]).flat();
    expect(() => createTopic.codec.decodeRequest(body(many))).toThrow(/1024/);
  });
});

describe("typed fields", () => {
  it("hold every kind", () => {
    const values: [number, FieldValue][] = [
      [FieldKind.Raw, Uint8Array.of(1, 2)],
      [FieldKind.Text, "käse"],
      [FieldKind.Bool, true],
      [FieldKind.I8, -128],
      [FieldKind.I16, -32_768],
      [FieldKind.I32, -(2 ** 31)],
      [FieldKind.I64, -(2n ** 63n)],
      [FieldKind.I128, -(2n ** 127n)],
      [FieldKind.U8, 255],
      [FieldKind.U16, 65_535],
      [FieldKind.U32, 2 ** 32 - 1],
      [FieldKind.U64, 2n ** 64n - 1n],
      [FieldKind.U128, 2n ** 128n - 1n],
      [FieldKind.F32, 0.5],
      [FieldKind.F64, Math.PI],
    ];
    for (const [kind, value] of values) expect(fieldValue(typedField(kind, value))).toEqual(value);
    const headers = values.map(([kind, value]) => ({
      key: typedField(kind, value),
      value: typedField(kind, value),
    }));
    expect(decodeUserHeaders(encodeUserHeaders(headers))).toEqual(headers);
  });

  it("refuse what does not fit", () => {
    for (const [kind, value] of [
      [FieldKind.U8, 256],
      [FieldKind.I8, -129],
      [FieldKind.U64, -1n],
      [FieldKind.Text, ""],
      [FieldKind.Raw, new Uint8Array(256)],
      [FieldKind.Bool, 1],
      [FieldKind.F32, 1n],
      [99, 1],
    ] as [number, FieldValue][]) {
      expect(() => typedField(kind, value), `${kind} ${String(value)}`).toThrow(isTyped);
    }
  });
});
