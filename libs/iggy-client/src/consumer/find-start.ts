import type { ConsumerRequests } from "./consumer-requests.js";
import type { ConsumerSettings } from "./consumer-settings.js";
import type { PartitionPolls } from "./partition-polls.js";

/** Where a partition is read from. */
export interface PartitionStart {
  /** Offset of the first message to ask for. */
  readonly position: number;
  /** Offset that the server has for this consumer, −1 = none. */
  readonly stored: number;
  /** Last offset of the partition, as far as known; −1 = not known. */
  readonly end: number;
  /** The message at `position` was there, or is to come: finding a later one instead is a gap. */
  readonly exact: boolean;
}

/** What finding the start can meet: an assignment that is not valid any more, or nothing at or behind the time yet. */
export type NoStart = "fenced" | "nothing-yet";

/**
 * Turns every kind of start into an offset, so that all polls ask for offsets and may be repeated: a lost reply to a
 * poll by `next` or `last` could not be told from none. Costs one request, two for `last` and `timestamp`.
 */
export async function findStart(
  requests: ConsumerRequests,
  { start, batchCount, allowReplay }: ConsumerSettings,
  partitionId: number,
  polls: PartitionPolls,
): Promise<PartitionStart | NoStart> {
  const known = await requests.getOffset(partitionId);
  const stored = known?.storedOffset ?? -1;
  const end = known?.currentOffset ?? -1;
  switch (start.kind) {
    case "next":
      return { position: stored + 1, stored, end, exact: stored >= 0 };
    case "first":
      return { position: 0, stored: allowReplay ? -1 : stored, end, exact: false };
    case "offset":
      return { position: Number(start.value), stored: allowReplay ? -1 : stored, end, exact: true };
    case "last": {
      const reply = await polls.look({ kind: "first" }, 0);
      if (reply.resyncRequired) return "fenced";
      const position = Math.max(0, reply.currentOffset - batchCount + 1);
      return { position, stored: allowReplay ? -1 : stored, end: reply.currentOffset, exact: false };
    }
    case "timestamp": {
      const strategy = { kind: "timestamp", value: BigInt(start.value) } as const;
      const reply = await polls.look(strategy, 1);
      if (reply.resyncRequired) return "fenced";
      if (reply.messageCount === 0) return "nothing-yet";
      reply.findRange(() => {});
      const position = reply.firstOffset;
      return { position, stored: allowReplay ? -1 : stored, end: reply.currentOffset, exact: true };
    }
  }
}
