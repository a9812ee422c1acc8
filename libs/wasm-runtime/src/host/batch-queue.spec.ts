import { SimulatedClock } from "@ims/common";
import { beforeEach, describe, expect, it } from "vitest";
import { BatchJob } from "./batch-job.js";
import { BatchQueue } from "./batch-queue.js";
import { BufferPool } from "./buffer-pool.js";

const pools = { inputs: new BufferPool(0), outputs: new BufferPool(0) };
const span = { start: 0, end: 0, copyBytes: 0, recordBytes: 0, isDense: true };

let clock: SimulatedClock;
let begun: BatchJob[];
let queue: BatchQueue;

beforeEach(() => {
  clock = new SimulatedClock();
  begun = [];
  queue = new BatchQueue(3, clock, (job) => begun.push(job));
});

function push(count: number): BatchJob[] {
  return Array.from({ length: count }, () => {
    const shared = { input: new SharedArrayBuffer(0), count: 0, byteCount: 0, batchTime: 0 };
    const layout = { span, inputBytes: 0, outputBytes: 0 };
    const ends = { resolve: () => {}, reject: () => {} };
    const job = new BatchJob(queue.nextNumber + queue.length, {
      shared,
      layout,
      wantsState: false,
      pools,
      ...ends,
    });
    queue.push(job);
    return job;
  });
}

const ended = (count: number) => {
  for (const job of begun.splice(0, count)) queue.end(job);
};

describe("BatchQueue", () => {
  it("begins so many batches at once, and only one while it is narrow", () => {
    push(4);
    expect(begun).toHaveLength(3);
    queue.isNarrow = true;
    ended(2);
    expect(begun).toHaveLength(1);
    ended(1);
    expect(begun).toHaveLength(1);
    push(2);
    expect(begun).toHaveLength(1);
    queue.isNarrow = false;
    expect(begun).toHaveLength(3);
  });

  it("says when work waits for nothing but batches under way, and since when", async () => {
    push(4);
    let gated = 0;
    const work = queue.between(
      async (gatedMillis) => gatedMillis,
      () => gated++,
    );
    push(1);
    expect(gated).toBe(0);
    await clock.advance(5);
    const gatedAt = clock.monotonicMillis();
    ended(1);
    expect(gated).toBe(1);
    await clock.advance(5);
    ended(2);
    expect(gated).toBe(1);
    expect(begun).toHaveLength(1);
    ended(1);
    expect(begun).toHaveLength(0);
    expect(await work).toBe(gatedAt);
    await Promise.resolve();
    expect(begun).toHaveLength(1);
  });

  it("does work at once where no batch is under way", async () => {
    let gated = 0;
    const work = queue.between(
      async () => "done",
      () => gated++,
    );
    expect(await work).toBe("done");
    expect(gated).toBe(0);
  });
});
