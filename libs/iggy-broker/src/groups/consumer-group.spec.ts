import { SimulatedClock } from "@ims/common";
import { assertSeeded } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConsumerGroup, type Tenure } from "./consumer-group.js";

const TIMEOUT_MILLIS = 30_000;

function newGroup(partitionCount: number) {
  const clock = new SimulatedClock();
  const place = { streamId: 0, topicId: 0, groupId: 0 };
  const group = new ConsumerGroup(place, partitionCount, { clock, rebalanceTimeoutMillis: TIMEOUT_MILLIS });
  return { clock, group };
}

function assignments(group: ConsumerGroup): number[][] {
  return group.memberList.map((member) => group.assignment(member));
}

/** A poll that returns messages up to that offset, of a group that has stored nothing. */
function poll(group: ConsumerGroup, client: bigint, partitionId: number, lastOffset: number): Tenure {
  const tenure = group.beginPoll(client, partitionId)!;
  group.endPoll(tenure, lastOffset, undefined);
  return tenure;
}

describe("a join", () => {
  it("takes from the end of the lists of those who hold more than their share", () => {
    const { group } = newGroup(7);
    group.join(1n);
    expect(assignments(group)).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
    group.join(2n);
    expect(assignments(group)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
    ]);
    group.join(3n);
    expect(assignments(group)).toEqual([
      [0, 1, 2],
      [4, 5],
      [3, 6],
    ]);
    expect(group.generation).toBe(3);
  });

  it("of a member changes nothing", () => {
    const { group } = newGroup(2);
    group.join(1n);
    group.join(1n);
    expect(group.generation).toBe(1);
    expect(group.memberCount).toBe(1);
  });

  it("leaves a partition with uncommitted messages to nobody until they are committed", () => {
    const { group, clock } = newGroup(2);
    group.join(1n);
    const tenure = poll(group, 1n, 1, 9);
    group.join(2n);
    expect(assignments(group)).toEqual([[0], []]);
    expect(group.memberList.map((member) => group.holdings(member))).toEqual([[0, 1], []]);
    expect([group.beginPoll(1n, 1), group.beginPoll(2n, 1)]).toEqual([undefined, undefined]);
    group.noteStored(tenure, 8);
    expect(assignments(group)).toEqual([[0], []]);
    expect(group.generation).toBe(2);
    group.noteStored(tenure, 9);
    expect(assignments(group)).toEqual([[0], [1]]);
    expect(group.generation).toBe(3);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("waits for a poll that is under way", () => {
    const { group } = newGroup(2);
    group.join(1n);
    const tenure = group.beginPoll(1n, 1)!;
    group.join(2n);
    expect(group.beginPoll(2n, 1)).toBeUndefined();
    expect(group.endPoll(tenure, undefined, undefined)).toBe(true);
    expect(group.beginPoll(2n, 1)).toBeDefined();
  });

  it("does not wait longer than the timeout", async () => {
    const { group, clock } = newGroup(2);
    group.join(1n);
    const tenure = poll(group, 1n, 1, 9);
    group.join(2n);
    await clock.advance(TIMEOUT_MILLIS - 1);
    expect(assignments(group)).toEqual([[0], []]);
    await clock.advance(1);
    expect(assignments(group)).toEqual([[0], [1]]);
    // The late commit of the old owner changes nothing any more.
    expect(group.tenureOf(1n, 1)).toBeUndefined();
    group.noteStored(tenure, 9);
    expect(group.generation).toBe(3);
  });

  it("gives the last joiner what waits for another one", () => {
    const { group } = newGroup(4);
    group.join(1n);
    const tenures = [2, 3].map((partitionId) => poll(group, 1n, partitionId, 0));
    group.join(2n);
    group.join(3n);
    for (const tenure of tenures) group.noteStored(tenure, 0);
    expect(assignments(group)).toEqual([[0, 1], [2], [3]]);
  });
});

describe("every other change", () => {
  it("deals all partitions anew, at once, in the order of joining", () => {
    const { group } = newGroup(6);
    for (const client of [1n, 2n, 3n]) group.join(client);
    poll(group, 3n, 5, 5);
    group.leave(1n);
    expect(assignments(group)).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    group.repartition(3);
    expect(assignments(group)).toEqual([[0, 2], [1]]);
    expect(group.generation).toBe(5);
  });

  it("tells a poll under way that its partition has moved", () => {
    const { group } = newGroup(2);
    for (const client of [1n, 2n]) group.join(client);
    const tenure = group.beginPoll(2n, 1)!;
    group.leave(1n);
    expect(group.endPoll(tenure, 5, undefined)).toBe(true);
    const lost = group.beginPoll(2n, 0)!;
    group.leave(2n);
    expect(group.endPoll(lost, 5, undefined)).toBe(false);
  });

  it("gives a new member the lowest free number", () => {
    const { group } = newGroup(1);
    for (const client of [1n, 2n, 3n]) group.join(client);
    group.leave(2n);
    group.join(4n);
    expect(group.memberList.map((member) => member.id)).toEqual([0, 2, 1]);
  });

  it("completes what waited for messages that a purge has removed", () => {
    const { group } = newGroup(2);
    group.join(1n);
    poll(group, 1n, 1, 9);
    group.join(2n);
    group.forgetProgress();
    expect(assignments(group)).toEqual([[0], [1]]);
  });
});

type Step =
  | { readonly do: "join" | "leave"; readonly client: bigint }
  | { readonly do: "begin"; readonly client: bigint; readonly partitionId: number }
  | { readonly do: "end" | "commit"; readonly pick: number }
  | { readonly do: "repartition"; readonly partitionCount: number }
  | { readonly do: "wait"; readonly millis: number }
  | { readonly do: "purge" };

const client = fc.bigInt(1n, 5n);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("join" as const, "leave" as const), client }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("begin" as const), client, partitionId: fc.nat(6) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom("end" as const, "commit" as const), pick: fc.nat(9) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("repartition" as const), partitionCount: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), millis: fc.nat(TIMEOUT_MILLIS) }) },
  { weight: 1, arbitrary: fc.constant({ do: "purge" as const }) },
);

describe("any sequence of joins, leaves, polls, commits and changes of partitions", () => {
  it("keeps every partition with one owner or waiting for one, in fair shares, and leaves no timer", async () => {
    await assertSeeded(
      fc.asyncProperty(
        fc.nat(7),
        fc.array(step, { maxLength: 60, size: "max" }),
        async (partitionCount, steps) => {
          const { group, clock } = newGroup(partitionCount);
          const model = { partitionCount, clients: [] as bigint[], stored: new Map<number, number>() };
          const open: Tenure[] = [];
          const ended: Tenure[] = [];
          let generation = 0;
          let nextOffset = 0;
          for (const todo of steps) {
            const before = JSON.stringify(assignments(group));
            if (todo.do === "join" && !model.clients.includes(todo.client)) model.clients.push(todo.client);
            if (todo.do === "join") group.join(todo.client);
            if (todo.do === "leave") {
              expect(group.leave(todo.client)).toBe(model.clients.includes(todo.client));
              model.clients = model.clients.filter((candidate) => candidate !== todo.client);
            }
            if (todo.do === "begin") {
              const tenure = group.beginPoll(todo.client, todo.partitionId);
              const member = group.find(todo.client);
              const isAssigned = member !== undefined && group.assignment(member).includes(todo.partitionId);
              expect(tenure !== undefined).toBe(isAssigned);
              if (tenure !== undefined) open.push(tenure);
            }
            if (todo.do === "end" && open.length > 0) {
              const [tenure] = open.splice(todo.pick % open.length, 1);
              group.endPoll(tenure!, nextOffset++, model.stored.get(tenure!.partitionId));
              ended.push(tenure!);
            }
            if (todo.do === "commit" && ended.length > 0) {
              const tenure = ended[todo.pick % ended.length]!;
              if (group.tenureOf(tenure.member.client, tenure.partitionId) === tenure) {
                model.stored.set(tenure.partitionId, tenure.polledOffset);
                group.noteStored(tenure, tenure.polledOffset);
              }
            }
            if (todo.do === "repartition") {
              model.partitionCount = todo.partitionCount;
              group.repartition(todo.partitionCount);
            }
            if (todo.do === "wait") await clock.advance(todo.millis);
            if (todo.do === "purge") {
              model.stored.clear();
              group.forgetProgress();
            }
            expectSound(group, model);
            const isChanged = JSON.stringify(assignments(group)) !== before;
            expect(group.generation).toBeGreaterThanOrEqual(
              generation + (isChanged && todo.do !== "purge" ? 1 : 0),
            );
            generation = group.generation;
          }
          for (const member of [...group.memberList]) group.leave(member.client);
          expect(clock.pendingTimerCount).toBe(0);
        },
      ),
      100,
    );
  });
});

function expectSound(
  group: ConsumerGroup,
  model: { readonly partitionCount: number; readonly clients: readonly bigint[] },
): void {
  expect(group.memberList.map((member) => member.client)).toEqual(model.clients);
  const all = Array.from({ length: model.partitionCount }, (_, partitionId) => partitionId);
  const held = group.memberList.flatMap((member) => group.holdings(member));
  expect(held.sort((left, right) => left - right)).toEqual(model.clients.length === 0 ? [] : all);
  const waiting = all.length - group.memberList.flatMap((member) => group.assignment(member)).length;
  if (model.clients.length > 0 && waiting === 0) {
    const shares = group.memberList.map((member) => group.assignment(member).length);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  }
}
