import { Lifecycle, scoped } from "tsyringe";
import type { TopicDetails } from "./topic-details.js";

/**
 * The next offset of every partition this service writes, so that a client can be told where its data begins without
 * asking the broker each time. Follows confirmations; reset from the broker at every session.
 */
@scoped(Lifecycle.ContainerScoped)
export class PartitionOffsets {
  readonly #next = new Map<string, number[]>();

  /** Takes over what the broker says; a partition that was emptied starts at 0 again. */
  reset(topic: string, details: TopicDetails): void {
    const next: number[] = [];
    for (const partition of details.partitions) next[partition.id] = nextOffsetOf(partition);
    this.#next.set(topic, next);
  }

  /** A batch was stored. An unknown base offset (negative) changes nothing: the next session corrects it. */
  confirmed(topic: string, partitionId: number, baseOffset: number, messageCount: number): void {
    const next = this.#next.get(topic);
    if (!next || baseOffset < 0) return;
    const end = baseOffset + messageCount;
    if (end > (next[partitionId] ?? 0)) next[partitionId] = end;
  }

  /** Offset that the next stored message gets; 0 where nothing is known. */
  next(topic: string, partitionId: number): number {
    return this.#next.get(topic)?.[partitionId] ?? 0;
  }
}

/** The broker reports the last offset, and 0 for an empty partition as well as for one message. */
export function nextOffsetOf(partition: TopicDetails["partitions"][number]): number {
  const isEmpty = partition.messageCount === 0 && partition.currentOffset === 0;
  return isEmpty ? 0 : partition.currentOffset + 1;
}
