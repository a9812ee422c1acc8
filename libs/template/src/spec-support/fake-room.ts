import type { Clock } from "@ims/common";
import { type BatchRoom, PublishingPressure } from "../publishing/publishing-pressure.js";

/** The memory of outgoing batches, of which a test says how much is free. */
export class FakeRoom implements BatchRoom {
  readonly slotBytes = 1024;
  #freeSlotCount: number;
  readonly #listeners = new Set<() => void>();

  constructor(readonly slotCount = 64) {
    this.#freeSlotCount = slotCount;
  }

  get freeSlotCount(): number {
    return this.#freeSlotCount;
  }

  /** More free slots than before are told to the listeners, fewer are not, as a real memory does. */
  set freeSlotCount(count: number) {
    const isMore = count > this.#freeSlotCount;
    this.#freeSlotCount = count;
    if (isMore) for (const listener of [...this.#listeners]) listener();
  }

  onSlotFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The parts of the producers that a sink needs besides the producers themselves. */
export function fakePublishing(clock: Clock, blockMillis = 1000) {
  const arena = new FakeRoom();
  return {
    arena,
    pressure: new PublishingPressure(clock, arena, blockMillis),
    onBatchFailed: () => {},
    pendingCount: 0,
  };
}
