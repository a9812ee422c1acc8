import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient, refusalCode } from "@ims/iggy-client";
import { globalPermissions, IggyErrorCode } from "@ims/iggy-protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let dataDir: string;
let broker: Broker;
let client: IggyClient;

const connectAs = (login: string) => IggyClient.connect(`iggy://${login}@127.0.0.1:${broker.port}`);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "iggy-admin-"));
  broker = await startBroker({ port: 0, dataDir });
  client = await connectAs("iggy:iggy");
});

afterAll(async () => {
  await client.close();
  await broker.close();
  await rm(dataDir, { recursive: true });
});

/** The server's number of the refusal that a call ends in; 0 when it succeeds. */
async function refusalOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 0;
  } catch (error) {
    return refusalCode(error) ?? Number.NaN;
  }
}

const send = (topic: string, partitionId: number, count: number) =>
  client.sendMessages({
    stream: "s",
    topic,
    partitioning: { kind: "partition", partitionId },
    messages: Array.from({ length: count }, (_, i) => ({ payload: Uint8Array.of(i) })),
  });

describe("administration of the embedded broker", () => {
  it("streams", async () => {
    const { id } = await client.streams.create("before");
    await client.streams.rename(id, "s");
    expect(await client.streams.get("before")).toBeNull();
    expect(await client.streams.get("s")).toMatchObject({ id, topics: [] });
    expect(await refusalOf(client.streams.create("s"))).toBe(IggyErrorCode.StreamNameAlreadyExists);
    await client.streams.create("gone");
    await client.streams.delete("gone");
    expect((await client.streams.list()).map(({ name }) => name)).toEqual(["s"]);
  });

  it("topics, partitions and purging", async () => {
    await client.topics.create("s", { name: "t", partitionCount: 1, options: { segmentBytes: 1 << 20 } });
    await client.topics.update("s", "t", { name: "u", options: { messageExpiryMicros: 60_000_000n } });
    await client.partitions.create("s", "u", 2);
    expect(await client.topics.get("s", "u")).toMatchObject({
      partitionCount: 3,
      messageExpiryMicros: 60_000_000n,
    });
    await client.partitions.delete("s", "u", 1);
    expect((await client.topics.get("s", "u"))!.partitions.map(({ id }) => id)).toEqual([0, 1]);
    await send("u", 0, 3);
    await client.partitions.deleteSegments("s", "u", 0, 1);
    expect((await client.topics.list("s"))[0]).toMatchObject({ name: "u", messageCount: 3 });
    await client.topics.purge("s", "u");
    expect((await client.topics.get("s", "u"))!.messageCount).toBe(0);
    await send("u", 0, 1);
    await client.streams.purge("s");
    expect((await client.streams.get("s"))!.messageCount).toBe(0);
    expect(await refusalOf(client.partitions.flush("s", "u", 0, true))).toBe(
      IggyErrorCode.FeatureUnavailable,
    );
    await client.topics.create("s", { name: "gone", partitionCount: 0 });
    await client.topics.delete("s", "gone");
    expect(await client.topics.get("s", "gone")).toBeNull();
  });

  it("groups and offsets", async () => {
    const group = await client.groups.ensure("s", "u", "g");
    expect(await client.groups.ensure("s", "u", "g")).toEqual(group);
    expect(await client.groups.sync("s", "u", "g")).toBeNull();
    await client.groups.join("s", "u", "g");
    expect((await client.groups.sync("s", "u", "g"))!.partitionIds).toEqual([0, 1]);
    expect(await client.groups.get("s", "u", "g")).toMatchObject({ members: [{ partitionIds: [0, 1] }] });
    expect((await client.system.me())!.groups.length).toBe(1);
    await send("u", 1, 2);
    const place = { stream: "s", topic: "u", partitionId: 1, consumer: { kind: "group", id: "g" } } as const;
    await client.offsets.store({ ...place, offset: 1 });
    expect(await client.offsets.get(place)).toMatchObject({ storedOffset: 1, currentOffset: 1 });
    expect(await refusalOf(client.offsets.store({ ...place, offset: 9 }))).toBe(IggyErrorCode.InvalidOffset);
    await client.offsets.delete(place);
    expect(await client.offsets.get(place)).toBeNull();
    await client.groups.leave("s", "u", "g");
    expect(await refusalOf(client.groups.leave("s", "u", "g"))).toBe(
      IggyErrorCode.ConsumerGroupMemberNotFound,
    );
    await client.groups.delete("s", "u", "g");
    expect(await client.groups.list("s", "u")).toEqual([]);
  });

  it("users and their permissions, felt by open connections", async () => {
    const { id } = await client.users.create({ username: "alice", password: "wonderland" });
    const alice = await connectAs("alice:wonderland");
    expect(await refusalOf(alice.streams.list())).toBe(IggyErrorCode.Unauthorized);
    await client.users.setPermissions("alice", { global: globalPermissions("readStreams"), streams: [] });
    expect((await alice.streams.list()).length).toBe(1);
    await alice.users.changePassword(id, "wonderland", "looking glass");
    expect(await refusalOf(alice.users.changePassword(id, "wonderland", "again"))).toBe(
      IggyErrorCode.InvalidCredentials,
    );
    await alice.close();
    await client.users.update("alice", { username: "alicia", status: "inactive" });
    await expect(connectAs("alicia:looking%20glass")).rejects.toMatchObject({
      code: "iggy-client.login-refused",
    });
    expect((await client.users.list()).map(({ username }) => username)).toEqual(["iggy", "alicia"]);
    await client.users.delete("alicia");
    expect(await client.users.get("alicia")).toBeNull();
  });

  it("tokens log in instead of a password", async () => {
    const token = await client.tokens.create("ci", null);
    expect(await client.tokens.list()).toEqual([{ name: "ci", expiresAtMicros: null }]);
    const other = await connectAs(encodeURIComponent(token));
    await other.ping();
    await other.close();
    await client.tokens.delete("ci");
    await expect(connectAs(encodeURIComponent(token))).rejects.toMatchObject({
      code: "iggy-client.login-refused",
    });
  });

  it("the system", async () => {
    const { clientId } = (await client.system.me())!;
    expect(await client.system.client(clientId)).toMatchObject({ clientId, userId: 0 });
    expect((await client.system.clients()).map((each) => each.clientId)).toContain(clientId);
    expect((await client.system.stats()).streamCount).toBe(1);
    expect((await client.system.clusterMetadata()).nodes.length).toBe(1);
    expect((await client.system.describeOptions("topic")).length).toBe(8);
    const archive = await client.system.snapshot(["test"], "stored", { timeoutMillis: 60_000 });
    expect(Buffer.from(archive.subarray(0, 2)).toString()).toBe("PK");
  });
});
