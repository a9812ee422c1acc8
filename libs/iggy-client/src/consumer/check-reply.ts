import type { ConsumedBatch } from "./consumed-batch.js";
import { consumerError } from "./consumer-errors.js";

/** Offsets that are missing inside a reply: the one that was due, and the one that came. */
export interface Hole {
  readonly expected: number;
  readonly found: number;
}

/**
 * Finds the range of a reply with messages, and the holes in it. Throws protocol errors for wrong checksums, and
 * `iggy-client.message-unreadable` for headers that do not add up or another partition's reply.
 */
export function checkReply(batch: ConsumedBatch, partitionId: number, verifyChecksums: boolean): Hole[] {
  if (batch.partitionId !== partitionId) {
    throw consumerError(
      "iggy-client.message-unreadable",
      `partition ${partitionId} was asked for, partition ${batch.partitionId} came`,
    );
  }
  if (verifyChecksums) batch.verifyChecksums();
  const holes: Hole[] = [];
  batch.findRange((expected, found) => holes.push({ expected, found }));
  return holes;
}
