import type { ConsumedBatch } from "./consumed-batch.js";
import { consumerError } from "./consumer-errors.js";
import type { ConsumerRequests } from "./consumer-requests.js";
import type { PartitionPolls } from "./partition-polls.js";

/** Offsets that are missing inside a reply: the one that was due, and the one that came. */
export interface Hole {
  readonly expected: number;
  readonly found: number;
}

/** Checks the replies to the polls of one partition; asks for fewer messages where something is wrong, until one is to blame. */
export class ReplyCheck {
  /** Where a reply was damaged last. */
  private damagedAt = -1;

  constructor(
    private readonly partitionId: number,
    private readonly requests: ConsumerRequests,
    private readonly verifyChecksums: boolean,
    private readonly polls: PartitionPolls,
  ) {}

  /**
   * Checks a reply with messages.
   * @param position offset that was asked for
   * @returns the holes between its messages; `undefined`: it has to be asked for once more; an error: the message at
   *   the position cannot be read
   */
  holes(batch: ConsumedBatch, position: number): readonly Hole[] | undefined | Error {
    try {
      return this.checked(batch);
    } catch (cause) {
      const { partitionId, requests } = this;
      requests.connection.dependencies.metrics.checksumFailed();
      // A single message gets a second chance: the bytes may have changed on the way.
      const isNew = this.damagedAt !== position;
      this.damagedAt = position;
      if (this.polls.narrow() || isNew) return undefined;
      const where = `the message at or behind offset ${position} of ${requests.label(partitionId)}`;
      return consumerError("iggy-client.message-unreadable", `${where} cannot be read`, {
        cause,
        context: { partitionId, offset: position },
      });
    }
  }

  /**
   * Finds the range of a reply with messages, and the holes in it. Throws protocol errors for wrong checksums, and
   * `iggy-client.message-unreadable` for headers that do not add up or another partition's reply.
   */
  private checked(batch: ConsumedBatch): readonly Hole[] {
    const { partitionId } = this;
    if (batch.partitionId !== partitionId) {
      throw consumerError(
        "iggy-client.message-unreadable",
        `partition ${partitionId} was asked for, partition ${batch.partitionId} came`,
      );
    }
    if (this.verifyChecksums) batch.verifyChecksums();
    const holes: Hole[] = [];
    batch.findRange((expected, found) => holes.push({ expected, found }));
    return holes;
  }
}
