import type { ConsumedBatch } from "./consumed-batch.js";
import type { PartitionCommits } from "./partition-commits.js";
import type { PartitionReader } from "./partition-reader.js";

/** A batch on its way to the application, with the place where its progress counts. */
export interface FetchedBatch {
  readonly reader: PartitionReader;
  readonly commits: PartitionCommits;
  readonly batch: ConsumedBatch;
}

/** Batches of one partition that wait for the application, oldest first. */
export class FetchedBatches {
  private batches: FetchedBatch[] = [];
  private byteCount = 0;

  get count(): number {
    return this.batches.length;
  }

  get bytes(): number {
    return this.byteCount;
  }

  push(fetched: FetchedBatch): void {
    this.batches.push(fetched);
    this.byteCount += fetched.batch.bytes.length;
  }

  /** Puts back what was taken, in front. */
  unshift(fetched: FetchedBatch): void {
    this.batches.unshift(fetched);
    this.byteCount += fetched.batch.bytes.length;
  }

  shift(): FetchedBatch | undefined {
    const fetched = this.batches.shift();
    if (fetched) this.byteCount -= fetched.batch.bytes.length;
    return fetched;
  }

  clear(): void {
    this.batches = [];
    this.byteCount = 0;
  }

  /** Passes over all messages up to this offset; returns how many those are. */
  passOver(throughOffset: number): number {
    return this.batches.reduce((count, { batch }) => count + batch.passOver(throughOffset), 0);
  }
}
