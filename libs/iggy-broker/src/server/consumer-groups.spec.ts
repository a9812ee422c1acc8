import { SimulatedClock } from "@ims/common";
import { COMMANDS, EvictionReason, readReply } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { afterEach, describe, expect, it } from "vitest";
import type { Broker } from "../broker-options.js";
import type { FrameClient } from "../spec-support/frame-client.js";
import {
  createGroupTopic,
  GROUP,
  groupCommit,
  groupJoin,
  groupOffset,
  groupPoll,
  groupSync,
  groupTarget,
} from "../spec-support/group-client.js";
import { HeldFileSystem } from "../spec-support/held-file-system.js";
import { STREAM, send, TOPIC } from "../spec-support/messages.js";
import { RunningBrokers } from "../spec-support/running-broker.js";

const running = new RunningBrokers();
afterEach(() => running.end());

function login(broker: Broker, client: bigint): Promise<FrameClient> {
  return running.login(broker, undefined, client);
}

/** A topic with a group on it. */
async function begin(broker: Broker, partitionCount: number): Promise<FrameClient> {
  const admin = await login(broker, 99n);
  await createGroupTopic(admin, partitionCount);
  return admin;
}

describe("a member", () => {
  it("that disconnects or logs out leaves its partitions to the others", async () => {
    const broker = await running.start();
    const admin = await begin(broker, 3);
    const [first, second, third] = [
      await login(broker, 1n),
      await login(broker, 2n),
      await login(broker, 3n),
    ];
    for (const member of [first, second, third]) await groupJoin(member);
    await second.call(COMMANDS.logout, undefined);
    expect(await groupSync(first)).toEqual([0, 2]);
    await third.end();
    // The end of the socket reaches the broker in its own time.
    const members = async () => (await admin.call(COMMANDS.getGroup, groupTarget))?.memberCount;
    while ((await members()) !== 1);
    expect(await groupSync(first)).toEqual([0, 1, 2]);
  });

  it("whose client id registers on another connection has to join again", async () => {
    const broker = await running.start();
    await begin(broker, 1);
    await groupJoin(await login(broker, 1n));
    expect(await groupSync(await login(broker, 1n))).toBeUndefined();
  });

  it("is silent for 36 s and is evicted; others are left alone", async () => {
    const clock = new SimulatedClock();
    const broker = await running.start({ clock });
    const admin = await begin(broker, 1);
    const [member, lively] = [await login(broker, 1n), await login(broker, 2n)];
    for (const client of [member, lively]) await groupJoin(client);
    await clock.advance(30_000);
    await lively.call(COMMANDS.ping, undefined);
    await clock.advance(30_000);
    const outcome = readReply(await member.next());
    expect(outcome).toMatchObject({ kind: "evicted", eviction: { reason: EvictionReason.StaleClient } });
    await expect(member.call(COMMANDS.getMe, undefined)).rejects.toThrow("status 40");
    expect(await groupSync(lively)).toEqual([0]);
    expect(await admin.call(COMMANDS.getMe, undefined)).toMatchObject({ userId: 0 });
  });

  it("is shown with its groups in the records of clients, and counted in the statistics", async () => {
    const broker = await running.start();
    const admin = await begin(broker, 1);
    const member = await login(broker, 1n);
    await groupJoin(member);
    const me = (await member.call(COMMANDS.getMe, undefined))!;
    expect(me.groups).toEqual([{ streamId: 0, topicId: 0, groupId: 0 }]);
    expect(await admin.call(COMMANDS.getClient, { clientId: me.clientId })).toEqual(me);
    const stranger = await running.connect(broker);
    await stranger.call(COMMANDS.ping, undefined);
    const records = await admin.call(COMMANDS.getClients, undefined);
    expect(records.map(({ userId, groupCount }) => [userId, groupCount])).toEqual([
      [0, 0],
      [0, 1],
      [null, 0],
    ]);
    expect(await admin.call(COMMANDS.getStats, undefined)).toMatchObject({
      consumerGroupCount: 1,
      clientCount: 3,
    });
  });
});

describe("a group", () => {
  it("survives a restart with its offsets and without its members, and its id is never given again", async () => {
    const fileSystem = new MemoryFileSystem();
    const broker = await running.start({ fileSystem });
    const admin = await begin(broker, 1);
    await admin.call(COMMANDS.createGroup, { stream: STREAM, topic: TOPIC, name: "gone" });
    await admin.call(COMMANDS.deleteGroup, { ...groupTarget, group: "gone" });
    await send(admin, ["a", "b"]);
    await groupJoin(admin);
    await groupPoll(admin, 0, { autoCommit: true });
    await broker.close();
    const again = await running.start({ fileSystem });
    const client = await login(again, 1n);
    expect(await client.call(COMMANDS.getGroup, groupTarget)).toMatchObject({ id: 0, memberCount: 0 });
    expect(await groupOffset(client, 0)).toMatchObject({ storedOffset: 1 });
    const created = await client.call(COMMANDS.createGroup, { stream: STREAM, topic: TOPIC, name: "new" });
    expect(created.id).toBe(2);
  });

  it("made again under the same name begins without offsets", async () => {
    const broker = await running.start();
    const admin = await begin(broker, 1);
    await send(admin, ["a"]);
    await groupJoin(admin);
    await groupPoll(admin, 0, { autoCommit: true });
    await admin.call(COMMANDS.deleteGroup, groupTarget);
    await admin.call(COMMANDS.createGroup, { stream: STREAM, topic: TOPIC, name: GROUP });
    expect(await groupOffset(admin, 0)).toBeNull();
    expect(await groupPoll(admin, 0)).toBe("fenced");
  });

  it("keeps its members over a purge, begins at the new first message and waits for nothing old", async () => {
    const broker = await running.start();
    const admin = await begin(broker, 2);
    const [first, second] = [await login(broker, 1n), await login(broker, 2n)];
    await send(admin, ["a", "b"], 1);
    await groupJoin(first);
    expect(await groupPoll(first, 1)).toEqual([0, 1]);
    await groupJoin(second);
    expect(await groupSync(second)).toEqual([]);
    await admin.call(COMMANDS.purgeTopic, { stream: STREAM, topic: TOPIC });
    expect(await groupSync(second)).toEqual([1]);
    await send(admin, ["c"], 1);
    expect(await groupPoll(second, 1)).toEqual([0]);
  });

  it("goes with its topic or stream", async () => {
    const broker = await running.start();
    const admin = await begin(broker, 1);
    await groupJoin(admin);
    await admin.call(COMMANDS.deleteTopic, { stream: STREAM, topic: TOPIC });
    expect((await admin.call(COMMANDS.getMe, undefined))?.groups).toEqual([]);
    await admin.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount: 1, options: [] });
    await admin.call(COMMANDS.createGroup, { stream: STREAM, topic: TOPIC, name: GROUP });
    await groupJoin(admin);
    await admin.call(COMMANDS.deleteStream, { stream: STREAM });
    expect((await admin.call(COMMANDS.getMe, undefined))?.groups).toEqual([]);
  });

  it("lets a partition go without the commit after 30 s", async () => {
    const clock = new SimulatedClock();
    const broker = await running.start({ clock, heartbeatIntervalMillis: 1_000_000 });
    const admin = await begin(broker, 2);
    const second = await login(broker, 2n);
    await send(admin, ["a", "b"], 1);
    await groupJoin(admin);
    await groupPoll(admin, 1);
    await groupJoin(second);
    await clock.advance(29_999);
    expect(await groupPoll(second, 1)).toBe("fenced");
    await clock.advance(1);
    expect(await groupPoll(second, 1)).toEqual([0, 1]);
    await expect(groupCommit(admin, 1, 1)).rejects.toThrow("status 20");
  });
});

describe("a partition that moves while it is polled", () => {
  /** Three members on four partitions, of whom the first loses partition 1 to the second when the third leaves. */
  async function threeMembers() {
    const disk = new HeldFileSystem();
    const broker = await running.start({ fileSystem: disk.fileSystem, hotTailBytesMax: 0 });
    const admin = await begin(broker, 4);
    const [old, heir, last] = [await login(broker, 1n), await login(broker, 2n), await login(broker, 3n)];
    for (const member of [old, heir, last]) await groupJoin(member);
    expect(await groupSync(old)).toEqual([0, 1]);
    await send(admin, ["a"], 1);
    await send(admin, ["b"], 1);
    return { disk, old, heir, leave: () => last.call(COMMANDS.leaveGroup, groupTarget) };
  }

  it("is not committed by the old owner: the new one gets its messages", async () => {
    const { disk, old, heir, leave } = await threeMembers();
    const isRead = disk.holdBack({ kind: "read", pathEnd: ".log" });
    const polled = groupPoll(old, 1, { count: 1, autoCommit: true });
    await isRead;
    await leave();
    disk.letGo();
    expect(await polled).toBe("fenced");
    expect(await groupSync(heir)).toEqual([1, 3]);
    expect(await groupPoll(heir, 1, { count: 1 })).toEqual([0]);
  });

  it("has given its messages to the old owner when they were committed before", async () => {
    const { disk, old, heir, leave } = await threeMembers();
    const isWritten = disk.holdBack({ kind: "write", pathEnd: "/offsets" });
    const polled = groupPoll(old, 1, { count: 1, autoCommit: true });
    await isWritten;
    await leave();
    disk.letGo();
    expect(await polled).toEqual([0]);
    expect(await groupPoll(heir, 1, { count: 1 })).toEqual([1]);
  });
});
