import {
  COMMANDS,
  encodeRequestFrame,
  globalPermissions,
  Operation,
  PROTOCOL_VERSION,
  readReply,
  streamPermissions,
} from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBroker } from "../broker.js";
import type { Broker } from "../broker-options.js";
import { FrameClient } from "../spec-support/frame-client.js";
import { createTopic, poll, STREAM, send, sendRequest, TOPIC } from "../spec-support/messages.js";

let broker: Broker;
beforeAll(async () => {
  broker = await startBroker({
    port: 0,
    dataDir: "/broker",
    fileSystem: new MemoryFileSystem(),
    inFlightCountMax: 4,
    outboundBytesMax: 64 * 1024,
    pollBytesMax: 256 * 1024,
    connectionCountMax: 20,
    passwordCost: { log2N: 10 },
  });
  const client = await FrameClient.login(broker.port);
  await createTopic(client, 2);
  for (let index = 0; index < 40; index++) await send(client, ["x".repeat(30_000)]);
  await client.end();
});
afterAll(() => broker.close());

async function expectAlive(): Promise<void> {
  const client = await FrameClient.connect(broker.port);
  expect(await client.ask(Operation.NonReplicated, new Uint8Array(0), { code: 1 })).toMatchObject({
    kind: "success",
  });
  await client.end();
}

/** One valid body of every command. */
const target = { stream: STREAM, topic: TOPIC };
const group = { ...target, group: "g" };
const consumer = { consumer: { kind: "consumer", id: 1 }, ...target, partitionId: 0 } as const;
const VALID: readonly { readonly operation: number; readonly code: number; readonly body: Uint8Array }[] = [
  valid(COMMANDS.login, {
    protocolVersion: PROTOCOL_VERSION,
    sdkName: "fuzz",
    sdkVersion: "1",
    credentials: { kind: "password", username: "iggy", password: "iggy" },
    context: new Uint8Array(0),
  }),
  valid(COMMANDS.createStream, { name: "f", options: [] }),
  valid(COMMANDS.updateStream, { stream: "f", name: "g", options: [] }),
  valid(COMMANDS.purgeStream, { stream: "f" }),
  valid(COMMANDS.deleteStream, { stream: "f" }),
  valid(COMMANDS.createTopic, { stream: "f", name: "t", partitionCount: 2, options: [] }),
  valid(COMMANDS.updateTopic, { stream: "f", topic: "t", name: "u", options: [] }),
  valid(COMMANDS.purgeTopic, { stream: "f", topic: "t" }),
  valid(COMMANDS.deleteTopic, { stream: "f", topic: "t" }),
  valid(COMMANDS.createPartitions, { stream: "f", topic: "t", count: 1 }),
  valid(COMMANDS.deletePartitions, { stream: "f", topic: "t", count: 1 }),
  valid(COMMANDS.sendMessages, sendRequest(["a", "b", "c"], 1)),
  valid(COMMANDS.storeOffset, { ...consumer, offset: 1n, ack: "quorum" }),
  valid(COMMANDS.deleteOffset, { ...consumer, ack: "quorum" }),
  valid(COMMANDS.getOffset, consumer),
  valid(COMMANDS.pollMessages, { ...consumer, strategy: { kind: "first" }, count: 2, autoCommit: true }),
  valid(COMMANDS.getStream, { stream: STREAM }),
  valid(COMMANDS.getStreams, undefined),
  valid(COMMANDS.getTopic, target),
  valid(COMMANDS.getTopics, { stream: STREAM }),
  valid(COMMANDS.describeOptions, { scope: "topic" }),
  valid(COMMANDS.getStats, undefined),
  valid(COMMANDS.getMe, undefined),
  valid(COMMANDS.getClusterMetadata, undefined),
  valid(COMMANDS.createGroup, { ...target, name: "g" }),
  valid(COMMANDS.joinGroup, group),
  valid(COMMANDS.syncGroup, group),
  valid(COMMANDS.getGroup, group),
  valid(COMMANDS.getGroups, target),
  valid(COMMANDS.pollMessages, {
    ...consumer,
    consumer: { kind: "group", id: "g" },
    strategy: { kind: "next" },
    count: 2,
    autoCommit: false,
  }),
  valid(COMMANDS.leaveGroup, group),
  valid(COMMANDS.deleteGroup, group),
  valid(COMMANDS.createUser, {
    username: "fuzzy",
    password: "secret",
    status: "active",
    permissions: {
      global: globalPermissions("readStreams"),
      streams: [streamPermissions(0, ["readStream"])],
    },
    options: [],
  }),
  valid(COMMANDS.getUser, { user: "fuzzy" }),
  valid(COMMANDS.getUsers, undefined),
  valid(COMMANDS.updateUser, { user: "fuzzy", username: "wuzzy", status: "inactive", options: [] }),
  valid(COMMANDS.updatePermissions, { user: "wuzzy", permissions: null }),
  valid(COMMANDS.changePassword, { user: "wuzzy", currentPassword: "secret", newPassword: "other" }),
  valid(COMMANDS.deleteUser, { user: "wuzzy" }),
  valid(COMMANDS.createToken, { name: "t", lifetimeMicros: 1_000_000n }),
  valid(COMMANDS.getTokens, undefined),
  valid(COMMANDS.deleteToken, { name: "t" }),
  valid(COMMANDS.deleteSegments, { ...target, partitionId: 0, segmentCount: 1 }),
  valid(COMMANDS.flushUnsavedBuffer, { ...target, partitionId: 0, fsync: true }),
  valid(COMMANDS.getClient, { clientId: 1 }),
  valid(COMMANDS.getClients, undefined),
  valid(COMMANDS.getSnapshot, { compression: "stored", parts: ["all"] }),
];

function valid<Request>(
  command: {
    readonly operation: number;
    readonly code: number;
    readonly codec: { encodeRequest(request: Request): Uint8Array };
  },
  request: Request,
) {
  return { operation: command.operation, code: command.code, body: command.codec.encodeRequest(request) };
}

describe("hostile clients", () => {
  it("closes a connection whose bytes are no frames, and serves the others", async () => {
    await assertSeeded(
      fc.asyncProperty(fc.uint8Array({ minLength: 256, maxLength: 2000 }), async (bytes) => {
        const client = await FrameClient.connect(broker.port);
        bytes.set([0xff, 0xff, 0xff, 0xff], 48);
        client.socket.write(bytes);
        await client.waitClosed();
      }),
      20,
    );
    await expectAlive();
  });

  it("answers the requests that come with bytes that are no frames, and before them", async () => {
    const client = await FrameClient.connect(broker.port);
    const ping = (request: number) => {
      const fields = {
        client: client.client,
        request,
        operation: Operation.NonReplicated,
        session: 0n,
        code: 1,
      };
      return encodeRequestFrame(fields, new Uint8Array(0));
    };
    client.socket.write(Buffer.concat([ping(1), ping(2), ping(3), Buffer.alloc(300, 0xff)]));
    await client.waitClosed();
    expect(client.frames.map((frame) => readReply(frame).kind)).toEqual(["success", "success", "success"]);
    await expectAlive();
  });

  it("answers every mutation of every valid request, whatever its body", async () => {
    const mutation = fc.record({
      which: fc.nat(VALID.length - 1),
      cut: fc.option(fc.nat(400)),
      flips: fc.array(fc.record({ at: fc.nat(600), bit: fc.nat(7) }), { maxLength: 4 }),
      append: fc.uint8Array({ maxLength: 20 }),
    });
    const client = await FrameClient.login(broker.port, 0xabcn);
    let request = 0;
    await assertSeeded(
      fc.asyncProperty(mutation, async ({ which, cut, flips, append }) => {
        const { operation, code, body } = VALID[which]!;
        const mutated = Buffer.concat([body.subarray(0, cut ?? body.length), append]);
        for (const { at, bit } of flips) if (at < mutated.length) mutated[at]! ^= 1 << bit;
        const number = operation === Operation.Register ? 0 : ++request;
        const session = operation === Operation.Register ? 0n : client.session;
        const fields = { client: client.client, request: number, operation, session, code };
        client.socket.write(encodeRequestFrame(fields, mutated));
        // Nothing stays silent: one frame comes for each that went.
        expect((await client.next()).length).toBeGreaterThanOrEqual(256);
      }),
      1500,
    );
    expect(client.frames).toHaveLength(0);
    await client.end();
    await expectAlive();
  });

  it("survives requests with random headers", async () => {
    const client = await FrameClient.login(broker.port, 0xdefn);
    await assertSeeded(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 208, maxLength: 208 }),
        fc.uint8Array({ maxLength: 60 }),
        async (noise, body) => {
          const frame = new Uint8Array(256 + body.length);
          frame.set(noise, 48);
          frame.set(body, 256);
          new DataView(frame.buffer).setUint32(48, frame.length, true);
          frame[60] = 5;
          client.socket.write(frame);
          await client.next();
        },
      ),
      300,
    );
    await client.end();
    await expectAlive();
  });

  it("stops reading from a client that asks and does not read, and serves the others", async () => {
    const slow = await FrameClient.login(broker.port, 0x510n);
    slow.socket.pause();
    const { operation, code, codec } = COMMANDS.pollMessages;
    const question = codec.encodeRequest({
      ...consumer,
      strategy: { kind: "first" },
      count: 1000,
      autoCommit: false,
    });
    // What follows a decodable poll is ignored, so it serves to make the requests long.
    const body = Buffer.concat([question, new Uint8Array(100_000)]);
    const requestCount = 400;
    for (let index = 0; index < requestCount; index++) slow.write(operation, body, { code });
    const other = await FrameClient.login(broker.port, 0x511n);
    for (let index = 0; index < 300; index++) expect(await poll(other, { kind: "first" }, 1)).toHaveLength(1);
    // Of 40 MB of requests, what the operating system does not hold still waits on the side of the client.
    expect(slow.socket.writableLength).toBeGreaterThan(15_000_000);
    slow.socket.resume();
    for (let index = 0; index < requestCount; index++) await slow.next();
    await slow.end();
    await other.end();
  });

  it("confirms all of many sends written at once, in order, with few in flight", async () => {
    const client = await FrameClient.login(broker.port, 0x900n);
    const body = COMMANDS.sendMessages.codec.encodeRequest(sendRequest(["a"], 1));
    for (let index = 1; index <= 500; index++) client.write(Operation.SendMessages, body, { request: index });
    let previous = -1;
    for (let index = 1; index <= 500; index++) {
      const frame = await client.next();
      const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
      expect(Number(view.getBigUint64(200, true))).toBe(index);
      const baseOffset = Number(view.getBigUint64(256 + 16, true));
      expect(baseOffset).toBeGreaterThan(previous);
      previous = baseOffset;
    }
    await client.end();
  });

  it("refuses connections above its bound and takes new ones when some have gone", async () => {
    const open = await Promise.all(Array.from({ length: 20 }, () => FrameClient.connect(broker.port)));
    const surplus = await FrameClient.connect(broker.port);
    await surplus.waitClosed();
    await Promise.all(open.map((client) => client.end()));
    await expectAlive();
  });

  it("ends the session of a connection whose client id registers elsewhere", async () => {
    const first = await FrameClient.login(broker.port, 0x777n);
    const second = await FrameClient.login(broker.port, 0x777n);
    await expect(first.call(COMMANDS.getStreams, undefined)).rejects.toThrow("status 40");
    expect(await second.call(COMMANDS.getMe, undefined)).toMatchObject({ userId: 0 });
    await first.end();
    // The end of the old connection does not end the new session.
    expect(await second.call(COMMANDS.getMe, undefined)).toMatchObject({ userId: 0 });
    await second.end();
  });
});
