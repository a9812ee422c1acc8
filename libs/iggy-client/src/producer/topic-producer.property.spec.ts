import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberedList, settled, topicBenches } from "../spec-support/topic-bench.js";
import { type SendStep, sendSteps, TopicPeer } from "../spec-support/topic-peer.js";
import type { SendReceipt } from "./send-call.js";

const bench = topicBenches();
const range = (count: number) => [...Array(count).keys()];

describe("every message ends in exactly one of stored, failed and dropped", () => {
  const fault = fc.constantFrom<SendStep>("store", "store", "store", "drop", "store-and-drop", 58, 41, 20);
  const call = fc.record({ count: fc.integer({ min: 1, max: 12 }), big: fc.boolean(), fixed: fc.boolean() });
  const scenario = fc.record({
    calls: fc.array(call, { minLength: 1, maxLength: 12 }),
    faults: fc.array(fault, { maxLength: 12 }),
    whenFull: fc.constantFrom("wait", "fail", "drop"),
    resend: fc.boolean(),
  });

  it("in order per partition, whatever the faults", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ calls, faults, whenFull, resend }) => {
        const run = await bench(3, {
          whenFull,
          resend,
          batchCountMax: 4,
          inFlightMax: 1,
          retriesMax: 2,
          retryMillis: 20,
        });
        const { topic, clock, producer } = run;
        topic.plan = sendSteps(...faults);
        let next = 0;
        const sent: { numbers: number[]; outcome: Promise<SendReceipt> }[] = [];
        for (const { count, big, fixed } of calls) {
          const from = next;
          next += count;
          const partitioning = fixed ? ({ kind: "partition", partitionId: 1 } as const) : undefined;
          const outcome = producer.send(numberedList(from, count, big ? 700 : 8), partitioning);
          outcome.catch(() => {});
          sent.push({ numbers: range(count).map((i) => from + i), outcome });
        }
        const results = await settled(clock, Promise.allSettled(sent.map(({ outcome }) => outcome)));
        const placed = [0, 1, 2].map((partitionId) => topic.numbers(partitionId));
        let stored = 0;
        results.forEach((result, i) => {
          const { numbers } = sent[i]!;
          const runs =
            result.status === "fulfilled" ? result.value.runs : (result.reason.context.stored ?? []);
          for (const { firstIndex, messageCount, partitionId, baseOffset } of runs) {
            stored += messageCount;
            expect(placed[partitionId]!.slice(baseOffset, baseOffset + messageCount)).toEqual(
              numbers.slice(firstIndex, firstIndex + messageCount),
            );
          }
        });
        expect(producer.confirmedCount).toBe(stored);
        expect(producer.confirmedCount + producer.failedCount + producer.droppedCount).toBe(next);
        expect(producer.pendingCount).toBe(0);
        for (const numbers of placed) {
          const firstTime = [...new Set(numbers)];
          expect(firstTime).toEqual(firstTime.toSorted((a, b) => a - b));
          if (!resend) expect(numbers).toEqual(firstTime);
        }
        await run.close();
        expect(producer.arena.freeSlotCount).toBe(producer.arena.slotCount);
      }),
      { numRuns: 60 },
    );
  });

  it("in order per partition with several batches on the wire and lost connections", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<SendStep>("store", "store", "drop", "store-and-drop"), { maxLength: 14 }),
        async (faults) => {
          const run = await bench(2, {
            batchCountMax: 3,
            inFlightMax: 2,
            retriesMax: 20,
            bufferBytesMax: 32_768,
          });
          const { topic, clock, producer } = run;
          topic.plan = sendSteps(...faults);
          const calls = range(20).map((i) => producer.send(numberedList(2 * i, 2)));
          await settled(clock, Promise.all(calls));
          for (const partitionId of [0, 1]) {
            const firstTime = [...new Set(topic.numbers(partitionId))];
            expect(firstTime).toEqual(firstTime.toSorted((a, b) => a - b));
          }
          expect(producer.confirmedCount).toBe(40);
          await run.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it("in order per partition with several batches on the wire that the server refuses for the moment", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<SendStep>("store", 58, "drop"), { maxLength: 20 }),
        async (faults) => {
          const run = await bench(2, {
            batchCountMax: 3,
            inFlightMax: 4,
            retriesMax: 20,
            bufferBytesMax: 32_768,
          });
          const { topic, clock, producer } = run;
          const next = sendSteps(...faults);
          const refused: (number | undefined)[] = [];
          // A server that has refused a batch takes nothing behind it for the partition until it comes again.
          topic.plan = (request, partitionId) => {
            const first = TopicPeer.firstNumber(request);
            if (refused[partitionId] !== undefined && first > refused[partitionId]) return 58;
            const step = next();
            refused[partitionId] = step === 58 ? first : undefined;
            return step;
          };
          const calls = range(20).map((i) => producer.send(numberedList(2 * i, 2)));
          const receipts = await settled(clock, Promise.all(calls));
          for (const partitionId of [0, 1]) {
            const firstTime = [...new Set(topic.numbers(partitionId))];
            expect(firstTime).toEqual(firstTime.toSorted((a, b) => a - b));
          }
          receipts.forEach((receipt, i) => {
            const { partitionId, offset } = receipt.locate(1)!;
            expect(topic.numbers(partitionId)[offset]).toBe(2 * i + 1);
          });
          expect(producer.confirmedCount).toBe(40);
          await run.close();
        },
      ),
      { numRuns: 40 },
    );
  });
});
