import {
  COMMANDS,
  type CommandCodec,
  encodeReplyFrame,
  frameBody,
  globalPermissions,
  type Permissions,
  streamPermissions,
  topicOptions,
  topicPermissions,
} from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { clientFixture, READ } from "../spec-support/client-fixture.js";
import type { IggyClient } from "./iggy-client.js";

const { peerWith, clientOf } = clientFixture();

const FOR_EVER = 2n ** 64n - 1n;
const COUNTS = { sizeBytes: 1, messageCount: 2 };
const STREAM = { id: 1, createdAtMicros: 5, topicCount: 0, ...COUNTS, name: "s", options: [] };
const STREAM_DETAILS = { ...STREAM, topics: [] };
const TOPIC = {
  ...{ id: 2, createdAtMicros: 6, partitionCount: 0, messageExpiryMicros: FOR_EVER, ...COUNTS, name: "t" },
  ...{ compressionAlgorithm: "none", maxTopicBytes: FOR_EVER, options: [], derivedOptions: [] },
};
const TOPIC_DETAILS = { ...TOPIC, partitions: [] };
const GROUP = { id: 0, partitionCount: 3, memberCount: 0, name: "g" };
const GROUP_DETAILS = { ...GROUP, memberCount: 1, members: [{ id: 0, partitionIds: [0, 1, 2] }] };
const PERMISSIONS: Permissions = {
  global: globalPermissions("readServers", "pollMessages"),
  streams: [streamPermissions(3, ["readStream"], [topicPermissions(7, ["readTopic", "pollMessages"])])],
};
const USER = { id: 3, createdAtMicros: 7, status: "active", username: "alice", options: [] };
const USER_DETAILS = { ...USER, permissions: PERMISSIONS };
const CONNECTION = { clientId: 9, userId: 0, transport: 1, address: "127.0.0.1:1" };
const CLIENT_DETAILS = { ...CONNECTION, groups: [{ streamId: 1, topicId: 2, groupId: 0 }] };
const CLUSTER = { name: "single-node", nodes: [] };
const COMPRESSED = topicOptions({ compressionAlgorithm: "gzip" });

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

type Call = (client: IggyClient) => Promise<unknown>;
/** Method, command of the table, the call, what the server reads, what it answers, what the caller gets if not that. */
type Row = readonly [string, keyof typeof COMMANDS, Call, unknown, unknown?, unknown?];

const ROWS: readonly Row[] = [
  [
    "streams.create",
    "createStream",
    (c) => c.streams.create("s"),
    { name: "s", options: [] },
    STREAM_DETAILS,
  ],
  ["streams.get", "getStream", (c) => c.streams.get("s"), { stream: "s" }, STREAM_DETAILS],
  ["streams.get of a missing one", "getStream", (c) => c.streams.get(4), { stream: 4 }, null],
  ["streams.list", "getStreams", (c) => c.streams.list(), undefined, [STREAM]],
  ["streams.rename", "updateStream", (c) => c.streams.rename(1, "n"), { stream: 1, name: "n", options: [] }],
  ["streams.delete", "deleteStream", (c) => c.streams.delete(1), { stream: 1 }],
  ["streams.purge", "purgeStream", (c) => c.streams.purge("s"), { stream: "s" }],
  [
    "topics.create",
    "createTopic",
    (c) => c.topics.create("s", { name: "t", partitionCount: 3, options: { compressionAlgorithm: "gzip" } }),
    { stream: "s", name: "t", partitionCount: 3, options: COMPRESSED },
    TOPIC_DETAILS,
  ],
  ["topics.get", "getTopic", (c) => c.topics.get("s", 2), { stream: "s", topic: 2 }, TOPIC_DETAILS],
  ["topics.list", "getTopics", (c) => c.topics.list("s"), { stream: "s" }, [TOPIC]],
  [
    "topics.update",
    "updateTopic",
    (c) => c.topics.update("s", 2, { name: "n", options: { compressionAlgorithm: "gzip" } }),
    { stream: "s", topic: 2, name: "n", options: COMPRESSED },
  ],
  ["topics.delete", "deleteTopic", (c) => c.topics.delete("s", "t"), { stream: "s", topic: "t" }],
  ["topics.purge", "purgeTopic", (c) => c.topics.purge("s", "t"), { stream: "s", topic: "t" }],
  [
    "partitions.create",
    "createPartitions",
    (c) => c.partitions.create("s", "t", 4),
    { stream: "s", topic: "t", count: 4 },
  ],
  [
    "partitions.delete",
    "deletePartitions",
    (c) => c.partitions.delete("s", "t", 4),
    { stream: "s", topic: "t", count: 4 },
  ],
  [
    "partitions.deleteSegments",
    "deleteSegments",
    (c) => c.partitions.deleteSegments("s", "t", 1, 2),
    { stream: "s", topic: "t", partitionId: 1, segmentCount: 2 },
  ],
  [
    "partitions.flush",
    "flushUnsavedBuffer",
    (c) => c.partitions.flush("s", "t", 1, true),
    { stream: "s", topic: "t", partitionId: 1, fsync: true },
  ],
  [
    "groups.create",
    "createGroup",
    (c) => c.groups.create("s", "t", "g"),
    { stream: "s", topic: "t", name: "g" },
    { ...GROUP, members: [] },
  ],
  [
    "groups.get",
    "getGroup",
    (c) => c.groups.get("s", "t", "g"),
    { stream: "s", topic: "t", group: "g" },
    GROUP_DETAILS,
  ],
  ["groups.list", "getGroups", (c) => c.groups.list("s", "t"), { stream: "s", topic: "t" }, [GROUP]],
  [
    "groups.delete",
    "deleteGroup",
    (c) => c.groups.delete("s", "t", 0),
    { stream: "s", topic: "t", group: 0 },
  ],
  ["groups.join", "joinGroup", (c) => c.groups.join("s", "t", "g"), { stream: "s", topic: "t", group: "g" }],
  [
    "groups.leave",
    "leaveGroup",
    (c) => c.groups.leave("s", "t", "g"),
    { stream: "s", topic: "t", group: "g" },
  ],
  [
    "groups.sync",
    "syncGroup",
    (c) => c.groups.sync("s", "t", "g"),
    { stream: "s", topic: "t", group: "g" },
    { generation: 4, partitionIds: [0, 2] },
  ],
  [
    "offsets.get",
    "getOffset",
    (c) => c.offsets.get(READ),
    READ,
    { partitionId: 0, currentOffset: 4, storedOffset: 3 },
  ],
  [
    "offsets.store",
    "storeOffset",
    (c) => c.offsets.store({ ...READ, offset: 3 }),
    { ...READ, offset: 3n, ack: "quorum" },
  ],
  ["offsets.delete", "deleteOffset", (c) => c.offsets.delete(READ), { ...READ, ack: "quorum" }],
  [
    "users.create",
    "createUser",
    (c) => c.users.create({ username: "alice", password: "secret", permissions: PERMISSIONS }),
    { username: "alice", password: "secret", status: "active", permissions: PERMISSIONS, options: [] },
    USER_DETAILS,
  ],
  ["users.get", "getUser", (c) => c.users.get("alice"), { user: "alice" }, USER_DETAILS],
  ["users.list", "getUsers", (c) => c.users.list(), undefined, [USER]],
  [
    "users.update",
    "updateUser",
    (c) => c.users.update(3, { status: "inactive" }),
    { user: 3, username: null, status: "inactive", options: [] },
  ],
  [
    "users.setPermissions",
    "updatePermissions",
    (c) => c.users.setPermissions(3, null),
    { user: 3, permissions: null },
  ],
  [
    "users.changePassword",
    "changePassword",
    (c) => c.users.changePassword(3, "old", "new"),
    { user: 3, currentPassword: "old", newPassword: "new" },
  ],
  ["users.delete", "deleteUser", (c) => c.users.delete("alice"), { user: "alice" }],
  [
    "tokens.create",
    "createToken",
    (c) => c.tokens.create("ci", 60_000_000n),
    { name: "ci", lifetimeMicros: 60_000_000n },
    { token: "abc=" },
    "abc=",
  ],
  ["tokens.list", "getTokens", (c) => c.tokens.list(), undefined, [{ name: "ci", expiresAtMicros: null }]],
  ["tokens.delete", "deleteToken", (c) => c.tokens.delete("ci"), { name: "ci" }],
  ["system.clusterMetadata", "getClusterMetadata", (c) => c.system.clusterMetadata(), undefined, CLUSTER],
  [
    "system.describeOptions",
    "describeOptions",
    (c) => c.system.describeOptions("user"),
    { scope: "user" },
    [],
  ],
  ["system.me", "getMe", (c) => c.system.me(), undefined, CLIENT_DETAILS],
  ["system.client", "getClient", (c) => c.system.client(9), { clientId: 9 }, CLIENT_DETAILS],
  ["system.clients", "getClients", (c) => c.system.clients(), undefined, [{ ...CONNECTION, groupCount: 0 }]],
  ["ping", "ping", (c) => c.ping(), undefined],
];

describe("administration", () => {
  for (const [title, commandName, call, request, reply, result = reply] of ROWS) {
    it(title, async () => {
      const { name, codec } = COMMANDS[commandName];
      const peer = await peerWith((received) => {
        if (received.name !== name) return false;
        received.reply(reply);
        return true;
      });
      const { client } = await clientOf(peer);
      expect(await call(client)).toEqual(result);
      const body = (codec as CommandCodec<unknown, unknown>).encodeRequest(request);
      expect(hex(frameBody(peer.named(name).at(-1)!.frame))).toBe(hex(body));
    });
  }

  it("has a method for every command of the table, but for the session's own and for messages", () => {
    const covered = new Set(ROWS.map(([, command]) => command));
    const others = ["login", "logout", "sendMessages", "pollMessages", "getStats", "getSnapshot"];
    const missing = Object.keys(COMMANDS).filter(
      (name) => !covered.has(name as never) && !others.includes(name),
    );
    expect(missing).toEqual([]);
  });

  it("a bad name or password is refused before it is sent, and never shown", async () => {
    const peer = await peerWith();
    const { client } = await clientOf(peer);
    const wrong = "p".repeat(101);
    for (const call of [
      client.users.create({ username: "alice", password: wrong }),
      client.users.changePassword("alice", "old", wrong),
    ]) {
      await expect(call).rejects.toMatchObject({
        code: "iggy-protocol.argument-out-of-range",
        message: expect.not.stringContaining(wrong.slice(0, 20)),
      });
    }
    expect(peer.requests.length).toBe(1);
  });
});

describe("raw commands", () => {
  it("go out with code and body as given, and give the payload of the reply", async () => {
    const answer = Uint8Array.of(9, 8, 7);
    const peer = await peerWith((request) => {
      if (request.header.code !== 12345) return false;
      const { client, request: number } = request.header;
      request.connection.write(encodeReplyFrame({ client, request: number, operation: 2 }, answer));
      return true;
    });
    const { client } = await clientOf(peer);
    expect([...(await client.sendRaw(12345, Uint8Array.of(1, 2)))]).toEqual([9, 8, 7]);
    const sent = peer.requests.at(-1)!;
    expect(sent.header).toMatchObject({ operation: 2, code: 12345 });
    expect([...sent.frame.subarray(256)]).toEqual([1, 2]);
  });

  it("that are known travel by their operation, without the result section in the payload", async () => {
    const peer = await peerWith();
    const { client } = await clientOf(peer);
    const body = COMMANDS.deleteStream.codec.encodeRequest({ stream: 3 });
    expect((await client.sendRaw(203, body)).length).toBe(0);
    expect(peer.named("stream.delete")[0]!.header).toMatchObject({ operation: 130, code: 0 });
  });

  it.each([38, 39, 40, 44, 45, -1, 1.5, 2 ** 32])("refuse code %s", async (code) => {
    const { client } = await clientOf(await peerWith());
    await expect(client.sendRaw(code, new Uint8Array(0))).rejects.toMatchObject({
      code: "iggy-client.argument",
    });
  });

  it("refuse a body that servers do not survive", async () => {
    const peer = await peerWith();
    const { client } = await clientOf(peer);
    await expect(client.sendRaw(203, new Uint8Array(0))).rejects.toMatchObject({
      code: "iggy-client.argument",
      cause: { code: "iggy-protocol.truncated" },
    });
    expect(peer.requests.length).toBe(1);
  });

  it("that are not known are never sent twice", async () => {
    let faults = 1;
    const peer = await peerWith((request) => {
      if (request.header.code !== 777 || faults-- <= 0) return false;
      request.connection.drop();
      return true;
    });
    const { client } = await clientOf(peer);
    await expect(client.sendRaw(777, new Uint8Array(0))).rejects.toMatchObject({
      code: "iggy-client.outcome-unknown",
    });
  });
});
