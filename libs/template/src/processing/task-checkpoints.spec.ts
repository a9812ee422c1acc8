import { describe, expect, it } from "vitest";
import type { Checkpoint } from "./checkpoint.js";
import { TaskCheckpoints } from "./task-checkpoints.js";

const PLACE = { partitionId: 0, stateVersion: 1, start: 5, publishedThrough: -1 };
const octets = (value: number) => new Uint8Array([value]);

function open(checkpoint?: Checkpoint) {
  const saved: Checkpoint[] = [];
  const releases: (() => void)[] = [];
  const saveCheckpoint = (_: number, written: Checkpoint) =>
    new Promise<void>((resolve) => {
      saved.push(written);
      releases.push(resolve);
    });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  /** Lets the write under way end, once it is under way. */
  const release = async () => {
    await turn();
    releases.shift()?.();
    await turn();
  };
  return { checkpoints: new TaskCheckpoints({ saveCheckpoint }, PLACE, checkpoint), saved, release };
}

describe("notes of a task", () => {
  it("are stored with the state that they follow, and forgotten with the first that has them", async () => {
    const { checkpoints, saved, release } = open();
    const first = checkpoints.keep(7, octets(1));
    await release();
    await first;
    expect(saved.at(-1)).toMatchObject({ nextOffset: 5, state: undefined, notes: [{ offset: 7 }] });
    expect(checkpoints.savedOffset).toBe(5);
    const state = checkpoints.save(7, octets(9));
    await release();
    await state;
    // Whether the state at 7 was taken before or behind the decision at 7 is not known.
    expect(saved.at(-1)).toMatchObject({ nextOffset: 7, state: octets(9), notes: [{ offset: 7 }] });
    const later = checkpoints.save(8, octets(10));
    await release();
    await later;
    expect(saved.at(-1)).toMatchObject({ nextOffset: 8, notes: [] });
  });

  it("never put an older state behind a younger one", async () => {
    const { checkpoints, saved, release } = open();
    const state = checkpoints.save(6, octets(1));
    const note = checkpoints.keep(6, octets(2));
    await release();
    await state;
    expect(saved).toHaveLength(2);
    expect(saved[1]).toMatchObject({ nextOffset: 6, state: octets(1), notes: [{ offset: 6 }] });
    await release();
    await note;
  });

  it("are there again for a task that goes on", async () => {
    const notes = [{ offset: 9, octets: octets(3) }];
    const { checkpoints, saved, release } = open({ stateVersion: 1, nextOffset: 8, state: octets(1), notes });
    expect(checkpoints.notes).toEqual(notes);
    const note = checkpoints.keep(12, octets(4));
    await release();
    await note;
    expect(saved[0]).toMatchObject({ nextOffset: 8, notes: [{ offset: 9 }, { offset: 12 }] });
  });
});
