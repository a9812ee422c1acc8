import { describeError, isImsError } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import type { StreamFault, StreamVerifier } from "./signing-package.js";

const PAGE_MESSAGES = 500;
/** Ids of so many last messages are kept, to know what is stored twice. */
const RECENT_IDS = 65_536;
/** Nothing is stored in the broker for this name. */
const CONSUMER = { kind: "consumer", id: "ims-verify" } as const;

/** A partition of a signed topic, as far as it goes now. */
export interface SignedPartition {
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
  readonly lastOffset: number;
}

/** What was found. */
export interface PartitionVerdict extends SignedPartition {
  readonly messages: number;
  readonly batches: number;
  /** Messages at the end whose batch has no signature yet, and those in front of the first whole batch. */
  readonly waiting: number;
  readonly skipped: number;
  /** Messages that are stored twice, which readers leave out. */
  readonly repeated: number;
  readonly fault: VerifyFault | undefined;
}

/** The first bad message. */
export interface VerifyFault {
  readonly reason: StreamFault["reason"] | "unreadable";
  readonly offset: number;
  readonly detail: string;
}

/** Checks all messages of a partition from an offset to what was its end at the beginning, or to the first bad one. */
export async function checkPartition(
  client: IggyClient,
  partition: SignedPartition,
  from: number,
  verifier: StreamVerifier,
): Promise<PartitionVerdict> {
  const { stream, topic, partitionId, lastOffset } = partition;
  const recent = new RecentIds();
  let next = from;
  let fault: VerifyFault | undefined;
  let count = PAGE_MESSAGES;
  while (next <= lastOffset && fault === undefined) {
    const before = next;
    try {
      const reply = await client.poll({
        stream,
        topic,
        partitionId,
        consumer: CONSUMER,
        strategy: { kind: "offset", value: next },
        count,
      });
      while (next <= lastOffset && fault === undefined && reply.next()) {
        next = reply.offset + 1;
        if (!recent.isRepeated(reply.idLow, reply.idHigh)) fault = verifier.take(reply);
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      // One by one from here, so that the message which cannot be read is found.
      if (count === 1) fault = { reason: "unreadable", offset: next, detail: describeError(error) };
      count = 1;
      continue;
    }
    if (next === before) {
      const detail = `the broker had messages up to offset ${lastOffset}, and gives none from here on`;
      fault = { reason: "unreadable", offset: next, detail };
    }
  }
  const waiting = verifier.waitingCount;
  if (fault === undefined && waiting > 0 && verifier.batchCount === 0) {
    fault = { reason: "unsigned", offset: verifier.waitingOffset ?? from, detail: "it has no signature" };
  }
  const { batchCount: batches, messageCount: messages, skippedCount: skipped } = verifier;
  return { ...partition, messages, batches, waiting, skipped, repeated: recent.repeatedCount, fault };
}

/** What the broker stores is not what was sent, by its checksums or its layout. */
function isUnreadable(error: unknown): boolean {
  return isImsError(error) && error.code.startsWith("iggy-protocol.");
}

/** Ids of the last messages. */
class RecentIds {
  repeatedCount = 0;
  private readonly ids = new Set<bigint>();

  /** Whether a message of this id was there before. Those without an id are all different. */
  isRepeated(low: bigint, high: bigint): boolean {
    const id = (high << 64n) | low;
    if (id === 0n) return false;
    if (this.ids.has(id)) {
      this.repeatedCount++;
      return true;
    }
    this.ids.add(id);
    if (this.ids.size > RECENT_IDS) {
      for (const oldest of this.ids) {
        this.ids.delete(oldest);
        break;
      }
    }
    return false;
  }
}
