import { encodeBatch } from "@ims/iggy-protocol";
import { expect } from "vitest";
import type { PartitionModel } from "../model/partition-model.js";
import type { ServerModel } from "../model/server-model.js";
import { numberedPayload, numberOf } from "./outcomes.js";

const PARTITION_FACTOR = 1_000_000;

/** Stores messages that carry their partition and offset, as if somebody had sent them. */
export function appendNumbered(partition: PartitionModel, count: number, nowMicros: number): void {
  const first = partition.messages.length;
  const messages = Array.from({ length: count }, (_, index) => ({
    id: BigInt(first + index + 1),
    payload: numberedPayload(partition.id * PARTITION_FACTOR + first + index, 16),
    originMicros: nowMicros,
  }));
  partition.append(encodeBatch(messages), nowMicros);
}

/** A message as any kind of iteration gives it. */
export interface Delivered {
  readonly partitionId: number;
  readonly offset: number;
  readonly payload: Uint8Array;
}

/**
 * What consumers of one name or group were given and are through with, over all of them together. Nothing may be left
 * out: an offset is given for the first time only after the one before it. Nothing may be committed that nobody handled.
 */
export class DeliveryLog {
  private readonly deliveredUpTo: number[];
  private readonly handledUpTo: number[];
  count = 0;

  constructor(private readonly partitions: readonly PartitionModel[]) {
    this.deliveredUpTo = partitions.map(() => -1);
    this.handledUpTo = partitions.map(() => -1);
  }

  static of(model: ServerModel, stream: string, topic: string): DeliveryLog {
    const found = model.catalog.streams.find(stream)?.topics.find(topic);
    if (!found) throw new Error(`the model has no topic ${stream}/${topic}`);
    return new DeliveryLog(found.partitions);
  }

  get partitionCount(): number {
    return this.partitions.length;
  }

  /** Every message of every partition was given to somebody. */
  get isComplete(): boolean {
    return this.partitions.every(({ messages }, id) => this.deliveredUpTo[id] === messages.length - 1);
  }

  delivered({ partitionId, offset, payload }: Delivered): void {
    this.count++;
    expect(numberOf(payload)).toBe(partitionId * PARTITION_FACTOR + offset);
    const upTo = this.deliveredUpTo[partitionId]!;
    expect(offset, `offset given in partition ${partitionId}`).toBeLessThanOrEqual(upTo + 1);
    this.deliveredUpTo[partitionId] = Math.max(upTo, offset);
  }

  handled({ partitionId, offset }: { readonly partitionId: number; readonly offset: number }): void {
    this.handledUpTo[partitionId] = Math.max(this.handledUpTo[partitionId]!, offset);
  }

  /** From now on, every stored offset is compared with what was handled. */
  watchCommits(): void {
    for (const { id, offsets } of this.partitions) {
      const set = offsets.set.bind(offsets);
      offsets.set = (key, offset) => {
        expect(offset, `offset committed in partition ${id}`).toBeLessThanOrEqual(this.handledUpTo[id]!);
        return set(key, offset);
      };
    }
  }
}
