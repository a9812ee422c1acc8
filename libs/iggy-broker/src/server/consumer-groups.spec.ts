import { SimulatedClock } from "@ims/common";
import { COMMANDS, EvictionReason, readReply } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Broker } from "../broker-options.js";
import type { FrameClient } from "../spec-support/frame-client.js";
import {
  GROUP,
  groupCommit,
  groupOffset,
  groupPoll,
  groupSync,
  groupTarget,
} from "../spec-support/group-client.js";
import { createTopic, STREAM, send, TOPIC } from "../spec-support/messages.js";
import { RunningBrokers } from "../spec-support/running-broker.js";

const running = new RunningBrokers();
afterEach(() => running.end());

function login(broker: Broker, client: bigint): Promise<FrameClient> {
  return running.login(broker, undefined, client);
}

/** A topic with a group on it. */
async function begin(broker: Broker, partitionCount: number): Promise<FrameClient> {
  const admin = await login(broker, 99n);
  await createTopic(admin, partitionCount);
  await admin.call(COMMANDS.createGroup, { stream: STREAM, topic: TOPIC, name: GROUP });
  return admin;
}

function join(client: FrameClient): Promise<unknown> {
  return client.call(COMMANDS.joinGroup, groupTarget);
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
    for (const member of [first, second, third]) await join(member);
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
    await join(await login(broker, 1n));
    expect(await groupSync(await login(broker, 1n))).toBeUndefined();
  });

  it("is silent for 36 s and is evicted; others are left alone", async () => {
    const clock = new SimulatedClock();
    const broker = await running.start({ clock });
    const admin = await begin(broker, 1);
    const [member, lively] = [await login(broker, 1n), await login(broker, 2n)];
    for (const client of [member, lively]) await join(client);
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
    await join(member);
    const me = await member.call(COMMANDS.getMe, undefined);
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
    await join(admin);
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
    await join(admin);
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
    await join(first);
    expect(await groupPoll(first, 1)).toEqual([0, 1]);
    await join(second);
    expect(await groupSync(second)).toEqual([]);
    await admin.call(COMMANDS.purgeTopic, { stream: STREAM, topic: TOPIC });
    expect(await groupSync(second)).toEqual([1]);
    await send(admin, ["c"], 1);
    expect(await groupPoll(second, 1)).toEqual([0]);
  });

  it("goes with its topic or stream", async () => {
    const broker = await running.start();
    const admin = await begin(broker, 1);
    await join(admin);
    await admin.call(COMMANDS.deleteTopic, { stream: STREAM, topic: TOPIC });
    expect((await admin.call(COMMANDS.getMe, undefined)).groups).toEqual([]);
    await admin.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount: 1, options: [] });
    await admin.call(COMMANDS.createGroup, { stream: STREAM, topic: TOPIC, name: GROUP });
    await join(admin);
    await admin.call(COMMANDS.deleteStream, { stream: STREAM });
    expect((await admin.call(COMMANDS.getMe, undefined)).groups).toEqual([]);
  });

  it("lets a partition go without the commit after 30 s", async () => {
    const clock = new SimulatedClock();
    const broker = await running.start({ clock, heartbeatIntervalMillis: 1_000_000 });
    const admin = await begin(broker, 2);
    const second = await login(broker, 2n);
    await send(admin, ["a", "b"], 1);
    await join(admin);
    await groupPoll(admin, 1);
    await join(second);
    await clock.advance(29_999);
    expect(await groupPoll(second, 1)).toBe("fenced");
    await clock.advance(1);
    expect(await groupPoll(second, 1)).toEqual([0, 1]);
    await expect(groupCommit(admin, 1, 1)).rejects.toThrow("status 20");
  });
});

type Step =
  | {
      readonly do: "join" | "leave" | "disconnect" | "poll" | "pollAndCommit" | "commit";
      readonly who: number;
    }
  | { readonly do: "send"; readonly partition: number; readonly count: number }
  | { readonly do: "addPartition" };

const MEMBER_COUNT = 5;

function steps(weight: number, todo: Exclude<Step["do"], "send" | "addPartition">) {
  return { weight, arbitrary: fc.record({ do: fc.constant(todo), who: fc.nat(MEMBER_COUNT - 1) }) };
}

// Few leaves and many polls without commit, so that many joins find partitions that have to wait.
const step: fc.Arbitrary<Step> = fc.oneof(
  steps(5, "join"),
  steps(1, "leave"),
  steps(1, "disconnect"),
  steps(6, "poll"),
  steps(1, "pollAndCommit"),
  steps(2, "commit"),
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      partition: fc.nat(4),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "addPartition" as const }) },
);

/** What the group must have stored, and what was handed out, by partition. */
class Model {
  readonly committed: number[] = [];
  readonly sent: number[] = [];
  readonly seen: Set<number>[] = [];

  constructor(partitionCount: number) {
    for (let index = 0; index < partitionCount; index++) this.addPartition();
  }

  addPartition(): void {
    this.committed.push(-1);
    this.sent.push(0);
    this.seen.push(new Set());
  }

  /** Every poll goes on behind what is committed, without a gap. */
  expectNext(partitionId: number, offsets: readonly number[]): void {
    const first = this.committed[partitionId]! + 1;
    expect(offsets).toEqual(offsets.map((_, index) => first + index));
    for (const offset of offsets) this.seen[partitionId]!.add(offset);
  }
}

describe("any sequence of joins, leaves, disconnects, polls, commits, sends and new partitions", () => {
  it("gives no partition two owners and skips no message", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { minLength: 25, maxLength: 60, size: "max" }),
        runSteps,
      ),
      { numRuns: 40 },
    );
  });
});

async function runSteps(partitionCount: number, steps: readonly Step[]): Promise<void> {
  const broker = await running.start({ clock: new SimulatedClock() });
  const admin = await begin(broker, partitionCount);
  const model = new Model(partitionCount);
  let nextClient = 100n;
  const members = await Promise.all(Array.from({ length: MEMBER_COUNT }, () => login(broker, nextClient++)));
  const joined = new Set<number>();
  const polled = members.map(() => new Map<number, number>());
  for (const todo of steps) {
    if (todo.do === "send") {
      const partition = todo.partition % model.sent.length;
      await send(
        admin,
        Array.from({ length: todo.count }, () => "m"),
        partition,
      );
      model.sent[partition]! += todo.count;
    } else if (todo.do === "addPartition") {
      await admin.call(COMMANDS.createPartitions, { stream: STREAM, topic: TOPIC, count: 1 });
      model.addPartition();
    } else {
      const member = members[todo.who]!;
      const isMember = joined.has(todo.who);
      if (todo.do === "join") {
        await join(member);
        joined.add(todo.who);
      } else if (todo.do === "leave" && isMember) {
        await member.call(COMMANDS.leaveGroup, groupTarget);
        joined.delete(todo.who);
      } else if (todo.do === "disconnect") {
        await member.end();
        members[todo.who] = await login(broker, nextClient++);
        joined.delete(todo.who);
        while ((await admin.call(COMMANDS.getGroup, groupTarget))!.memberCount !== joined.size);
      } else if (todo.do === "poll" || todo.do === "pollAndCommit") {
        const autoCommit = todo.do === "pollAndCommit";
        for (const partitionId of (await groupSync(member)) ?? []) {
          const offsets = await groupPoll(member, partitionId, { count: 3, autoCommit });
          if (offsets === "fenced") throw new Error("a partition of the assignment was fenced");
          model.expectNext(partitionId, offsets);
          const last = offsets.at(-1);
          if (last === undefined) continue;
          polled[todo.who]!.set(partitionId, last);
          if (autoCommit) model.committed[partitionId] = last;
        }
      } else if (todo.do === "commit") {
        for (const [partitionId, offset] of polled[todo.who]!) {
          const wasTaken = await groupCommit(member, partitionId, offset).then(
            () => true,
            () => false,
          );
          if (wasTaken) model.committed[partitionId] = offset;
        }
        polled[todo.who]!.clear();
      }
    }
    await expectOwners(admin, members, joined, model.sent.length);
  }
  await expectAllDelivered(broker, members, model);
  await Promise.all([...members, admin].map((client) => client.end()));
  await broker.close();
}

async function expectOwners(
  admin: FrameClient,
  members: readonly FrameClient[],
  joined: ReadonlySet<number>,
  partitionCount: number,
): Promise<void> {
  const group = (await admin.call(COMMANDS.getGroup, groupTarget))!;
  const held = group.members.flatMap((member) => member.partitionIds);
  const all = Array.from({ length: partitionCount }, (_, index) => index);
  expect([...held].sort((left, right) => left - right)).toEqual(joined.size === 0 ? [] : all);
  const assigned: number[] = [];
  for (const [index, member] of members.entries()) {
    const partitionIds = await groupSync(member);
    expect(partitionIds !== undefined).toBe(joined.has(index));
    assigned.push(...(partitionIds ?? []));
  }
  expect(new Set(assigned).size).toBe(assigned.length);
}

/** A member that is alone in the end gets everything that nobody has committed. */
async function expectAllDelivered(
  broker: Broker,
  members: readonly FrameClient[],
  model: Model,
): Promise<void> {
  for (const member of members) await member.call(COMMANDS.leaveGroup, groupTarget).catch(() => undefined);
  const last = await login(broker, 7n);
  await join(last);
  for (const [partitionId, count] of model.sent.entries()) {
    const offsets = await groupPoll(last, partitionId);
    if (offsets === "fenced") throw new Error("the only member was fenced");
    model.expectNext(partitionId, offsets);
    expect([...model.seen[partitionId]!].sort((left, right) => left - right)).toEqual(
      Array.from({ length: count }, (_, offset) => offset),
    );
  }
}
