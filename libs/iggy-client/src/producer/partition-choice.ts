import { type ImsError, isImsError } from "@ims/common";
import { xxh32 } from "@ims/iggy-protocol";
import { fail } from "../errors.js";
import { producerError } from "./producer-errors.js";
import type { Partitioner, ProducerMessage, SendPartitioning } from "./topic-producer-options.js";

const KEY_BYTES_MAX = 255;
const utf8 = new TextEncoder();

export interface ChoiceSettings {
  /** stream/topic, for messages */
  readonly label: string;
  readonly partitioning: SendPartitioning;
  readonly partitioner?: Partitioner;
  /** Messages in the batch that a partition is filling. */
  readonly collectingCount: (partitionId: number) => number;
}

/** Decides where messages go: by the partitioner, else by the message's key, the call, the producer. */
export class PartitionChoice {
  private readonly keyBytes = new Uint8Array(KEY_BYTES_MAX);
  /** The partition that balanced messages go to. */
  private turn = -1;

  constructor(private readonly settings: ChoiceSettings) {}

  /** Throws `iggy-client.argument`, `iggy-client.partition-missing` and what the partitioner throws. */
  choose(
    message: ProducerMessage,
    partitioning: SendPartitioning | undefined,
    partitionCount: number,
  ): number {
    const { partitioner, label } = this.settings;
    if (partitionCount === 0) throw missingPartition(label, 0, partitionCount);
    if (partitioner) return this.checked(partitioner(message, partitionCount), partitionCount);
    if (message.key !== undefined) return this.byKey(message.key, partitionCount);
    const chosen = partitioning ?? this.settings.partitioning;
    switch (chosen.kind) {
      case "balanced":
        return this.balanced(partitionCount);
      case "partition":
        if (chosen.partitionId < partitionCount) return chosen.partitionId;
        throw missingPartition(label, chosen.partitionId, partitionCount);
      case "key":
        return this.byKey(chosen.key, partitionCount);
    }
  }

  /** The partition of a key: XXH32 of its bytes modulo the count (server-behaviour.md section 5). */
  byKey(key: Uint8Array | string, partitionCount: number): number {
    let bytes = key;
    if (typeof bytes === "string") {
      const { read, written } = utf8.encodeInto(bytes, this.keyBytes);
      if (read < bytes.length) throw keyLength("more than 255");
      bytes = this.keyBytes.subarray(0, written);
    }
    if (bytes.length < 1 || bytes.length > KEY_BYTES_MAX) throw keyLength(`${bytes.length}`);
    return xxh32(bytes) % partitionCount;
  }

  /** Stays with a partition as long as its batch is being filled. */
  balanced(partitionCount: number): number {
    if (this.turn < 0 || this.turn >= partitionCount) this.turn = 0;
    else if (this.settings.collectingCount(this.turn) === 0) this.turn = (this.turn + 1) % partitionCount;
    return this.turn;
  }

  private checked(partitionId: number, partitionCount: number): number {
    if (Number.isInteger(partitionId) && partitionId >= 0 && partitionId < partitionCount) return partitionId;
    throw fail(
      "iggy-client.argument",
      `the partitioner chose ${partitionId} for a topic of ${partitionCount} partitions`,
    );
  }
}

export function missingPartition(label: string, partitionId: number, partitionCount: number): ImsError {
  return producerError(
    "iggy-client.partition-missing",
    `${label} has ${partitionCount} partitions, ${partitionId} is not among them`,
    { context: { partitionId, partitionCount } },
  );
}

/** Throws `iggy-client.argument` for a partitioning that can never be used. */
export function checkPartitioning(partitioning: SendPartitioning): void {
  if (partitioning.kind === "partition") {
    const { partitionId } = partitioning;
    if (!Number.isInteger(partitionId) || partitionId < 0 || partitionId > 0xffff_ffff) {
      throw fail("iggy-client.argument", `partition id ${partitionId} is not a whole number of 32 bits`);
    }
  }
}

/** What a partitioner of the caller threw, as an error of this library. */
export function choiceError(error: unknown): ImsError {
  if (isImsError(error)) return error;
  return fail("iggy-client.argument", "the partitioner threw", { cause: error });
}

function keyLength(length: string): ImsError {
  return fail("iggy-client.argument", `a key has ${length} bytes, allowed are 1 to ${KEY_BYTES_MAX}`);
}
