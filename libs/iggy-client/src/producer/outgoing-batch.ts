import type { BatchSlot } from "@ims/iggy-protocol";

/** A sealed batch on its way. Sequences count up per producer and give the order that must be kept. */
export interface OutgoingBatch {
  readonly slot: BatchSlot;
  readonly sequence: number;
  readonly messageCount: number;
  /** Replies that stayed away. */
  timeouts: number;
  /** Monotonic time of the first transient refusal, −1 = none. */
  transientSinceMillis: number;
  /** Whether it was written at least once, so that it may be stored. */
  sent: boolean;
  /** Already reported as failed; only the slot is still to be given back. */
  abandoned: boolean;
}

/** Puts a batch back among the waiting ones, at its place in the order. */
export function insertInOrder(batches: OutgoingBatch[], batch: OutgoingBatch): void {
  let at = batches.length;
  while (at > 0 && batches[at - 1]!.sequence > batch.sequence) at--;
  batches.splice(at, 0, batch);
}
