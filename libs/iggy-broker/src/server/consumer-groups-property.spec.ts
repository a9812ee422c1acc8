import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "@ims/common";
import { COMMANDS } from "@ims/iggy-protocol";
import { nodeFileSystem } from "@ims/segment-log";
import { assertSeeded, seededMillis } from "@ims/spec-kit";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Broker } from "../broker-options.js";
import type { FrameClient } from "../spec-support/frame-client.js";
import {
  createGroupTopic,
  groupCommit,
  groupJoin,
  groupOffset,
  groupPoll,
  groupSync,
  groupTarget,
} from "../spec-support/group-client.js";
import { STREAM, send, TOPIC } from "../spec-support/messages.js";
import { RunningBrokers } from "../spec-support/running-broker.js";

const running = new RunningBrokers();
let directories: string[] = [];
afterEach(async () => {
  await running.end();
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  directories = [];
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
  it("gives no partition two owners and skips no message", {
    timeout: seededMillis(12, 60_000),
  }, async () => {
    await assertSeeded(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { minLength: 25, maxLength: 60, size: "max" }),
        runSteps,
      ),
      12,
    );
  });
});

async function runSteps(partitionCount: number, steps: readonly Step[]): Promise<void> {
  const broker = await running.start({ clock: new SimulatedClock() });
  const admin = await running.login(broker);
  await createGroupTopic(admin, partitionCount);
  const model = new Model(partitionCount);
  const members = await Promise.all(Array.from({ length: MEMBER_COUNT }, () => running.login(broker)));
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
        await groupJoin(member);
        joined.add(todo.who);
      } else if (todo.do === "leave" && isMember) {
        await member.call(COMMANDS.leaveGroup, groupTarget);
        joined.delete(todo.who);
      } else if (todo.do === "disconnect") {
        await member.end();
        members[todo.who] = await running.login(broker);
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

const concurrent = fc.array(
  fc.record({
    do: fc.constantFrom("join", "leave", "poll", "pollAndCommit", "pollAndCommit", "commit"),
    who: fc.nat(MEMBER_COUNT - 1),
  }),
  { minLength: 2, maxLength: 6 },
);

describe("joins, leaves, polls and commits of several members at the same time", () => {
  it("never store an offset behind messages that nobody was given", {
    timeout: seededMillis(12, 60_000),
  }, async () => {
    const rounds = fc.array(concurrent, { minLength: 10, maxLength: 25, size: "max" });
    await assertSeeded(fc.asyncProperty(rounds, runRounds), 12);
  });
});

async function runRounds(
  rounds: readonly (readonly { readonly do: string; readonly who: number }[])[],
): Promise<void> {
  // A real disk, and every read from it: polls take long enough to be overtaken.
  const dataDir = mkdtempSync(join(tmpdir(), "consumer-groups-"));
  directories.push(dataDir);
  const broker = await running.start({ dataDir, fileSystem: nodeFileSystem, hotTailBytesMax: 0 });
  const admin = await running.login(broker);
  await createGroupTopic(admin, 3);
  const members: FrameClient[] = [];
  for (let index = 0; index < MEMBER_COUNT; index++) members.push(await running.login(broker));
  const seen = [new Set<number>(), new Set<number>(), new Set<number>()];
  /** Each member does its part of a round in order, as one connection does. */
  const act = async (who: number, todo: string): Promise<void> => {
    const member = members[who]!;
    if (todo === "join") await groupJoin(member);
    if (todo === "leave") await member.call(COMMANDS.leaveGroup, groupTarget).catch(() => undefined);
    for (const partitionId of (await groupSync(member)) ?? []) {
      if (todo === "commit") {
        const last = Math.max(-1, ...seen[partitionId]!);
        if (last >= 0) await groupCommit(member, partitionId, last).catch(() => undefined);
      }
      if (!todo.startsWith("poll")) continue;
      const offsets = await groupPoll(member, partitionId, {
        count: 2,
        autoCommit: todo === "pollAndCommit",
      });
      if (offsets !== "fenced") for (const offset of offsets) seen[partitionId]!.add(offset);
    }
  };
  for (const round of rounds) {
    for (const partitionId of seen.keys()) await send(admin, ["a", "b"], partitionId);
    const turns = new Map<number, Promise<void>>();
    for (const { who, do: todo } of round) {
      turns.set(
        who,
        (turns.get(who) ?? Promise.resolve()).then(() => act(who, todo)),
      );
    }
    await Promise.all(turns.values());
    for (const [partitionId, offsets] of seen.entries()) {
      const storedOffset = (await groupOffset(admin, partitionId))?.storedOffset ?? -1;
      const given = Array.from({ length: storedOffset + 1 }, (_, offset) => offsets.has(offset));
      expect(given).toEqual(given.map(() => true));
    }
  }
  await running.end();
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
  const last = await running.login(broker);
  await groupJoin(last);
  for (const [partitionId, count] of model.sent.entries()) {
    const offsets = await groupPoll(last, partitionId);
    if (offsets === "fenced") throw new Error("the only member was fenced");
    model.expectNext(partitionId, offsets);
    expect([...model.seen[partitionId]!].sort((left, right) => left - right)).toEqual(
      Array.from({ length: count }, (_, offset) => offset),
    );
  }
}
