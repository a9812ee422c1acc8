import { systemClock } from "@ims/common";
import type { Processor } from "@ims/traits";
import { describe, expect, it } from "vitest";
import type { Checkpoint } from "./checkpoint.js";
import { TaskRunner } from "./task-runner.js";
import type { TaskStorage } from "./task-storage.js";

const processor: Processor = {
  name: "idle",
  stateVersion: 3,
  createTask: () => ({ process() {}, snapshot: () => new Uint8Array([7]) }),
};

describe("a checkpoint", () => {
  it("is stored only after the outputs before it are confirmed", async () => {
    const steps: string[] = [];
    let confirm!: () => void;
    const confirmed = new Promise<void>((resolve) => {
      confirm = resolve;
    });
    const storage = {
      topics: { stream: "idle", outputTopic: "out", checkpointTopic: "out-checkpoints" },
      lastCheckpoint: async () => undefined,
      lastOutput: async () => undefined,
      saveCheckpoint: async (_: number, checkpoint: Checkpoint) => {
        steps.push(`saved ${checkpoint.nextOffset} version ${checkpoint.stateVersion}`);
      },
    } as unknown as TaskStorage;
    const producer = { flush: () => confirmed.then(() => void steps.push("confirmed")) };
    const client = { createProducer: () => producer as never };
    const task = await TaskRunner.open(
      { client, storage, processor, clock: systemClock },
      { stream: "a", topic: "b", partitionId: 0 },
      0,
      async () => 12,
    );
    const saving = task.checkpoint();
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toEqual([]);
    confirm();
    expect(await saving).toBe(12);
    expect(steps).toEqual(["confirmed", "saved 12 version 3"]);
  });

  it("is not stored when an output before it was given up, also before the checkpoint was begun", async () => {
    const saved: Checkpoint[] = [];
    const storage = {
      topics: { stream: "idle", outputTopic: "out", checkpointTopic: "out-checkpoints" },
      lastCheckpoint: async () => undefined,
      lastOutput: async () => undefined,
      saveCheckpoint: async (_: number, checkpoint: Checkpoint) => void saved.push(checkpoint),
    } as unknown as TaskStorage;
    let giveUp!: (error: Error) => void;
    const client = {
      createProducer: ({ onFailed }: { onFailed: typeof giveUp }) => {
        giveUp = onFailed;
        // A flush knows only of what is given up while it waits.
        return { flush: async () => {} };
      },
    };
    const task = await TaskRunner.open(
      { client: client as never, storage, processor, clock: systemClock },
      { stream: "a", topic: "b", partitionId: 0 },
      0,
      async () => 12,
    );
    giveUp(new Error("the disk is full"));
    giveUp(new Error("still"));
    await expect(task.checkpoint()).rejects.toThrow("the disk is full");
    expect(saved).toEqual([]);
  });
});
