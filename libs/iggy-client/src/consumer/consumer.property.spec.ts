import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GroupRig } from "../spec-support/group-rig.js";
import { TopicModel } from "../spec-support/topic-model.js";
import type { CommitMode } from "./commit-mode.js";

/** Long runs say how many seeds the cheapest property gets; this one gets a tenth. */
const RUNS = Math.ceil(Number(process.env.IMS_SEEDS ?? 600) / 10);

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      at: fc.nat(3),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("pull" as const),
      at: fc.nat(2),
      count: fc.integer({ min: 1, max: 15 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("commit" as const), at: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("disconnect" as const), at: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("join" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), at: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("pass" as const), millis: fc.integer({ min: 1, max: 7000 }) }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

const commit: fc.Arbitrary<CommitMode> = fc.constantFrom<CommitMode[]>(
  { kind: "manual" },
  { kind: "after", point: "each" },
  { kind: "after", point: { every: 3 } },
  { kind: "after", point: "batch", intervalMillis: 300 },
  { kind: "interval", intervalMillis: 200 },
);

async function act(rig: GroupRig, step: Action): Promise<void> {
  const { topic, members } = rig;
  switch (step.do) {
    case "append":
      topic.partitions[step.at % topic.partitions.length]!.append(step.count);
      return;
    case "pull":
      for (let left = step.count; left > 0 && members.length > 0; left--) {
        members[step.at % members.length]!.pull();
        await rig.pass(5);
      }
      return;
    case "commit":
      await members[step.at % Math.max(1, members.length)]?.commitHandled();
      return;
    case "disconnect":
      rig.disconnect(step.at);
      return;
    case "join":
      if (members.length < 3) await rig.join();
      return;
    case "leave":
      await rig.leave(step.at);
      return;
    case "pass":
      await rig.pass(step.millis);
  }
}

/** Everybody reads and commits until every message was taken; gives up after ten simulated minutes. */
async function readAll(rig: GroupRig): Promise<void> {
  if (rig.members.length === 0) await rig.join();
  for (let millis = 0; !rig.allTaken && millis < 600_000; millis += 50) {
    for (const member of rig.members) {
      member.pull();
      await member.commitHandled();
    }
    await rig.pass(50);
  }
}

describe("a group under random appends, rebalances, disconnects and commits", () => {
  it("takes every message, first in order, and commits nothing unhandled", { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 2 }),
        commit,
        fc.array(action, { minLength: 5, maxLength: 40 }),
        async (partitionCount, batchCount, prefetchBatches, commitMode, actions) => {
          const rig = new GroupRig(new TopicModel(partitionCount), {
            batchCount,
            prefetchBatches,
            commit: commitMode,
            pollRetryMillis: 100,
          });
          await rig.start();
          try {
            for (const step of actions) await act(rig, step);
            await readAll(rig);
            expect(rig.faults).toEqual([]);
            expect(rig.allTaken).toBe(true);
          } finally {
            await rig.end();
          }
          expect(rig.clock.pendingTimerCount).toBe(0);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
