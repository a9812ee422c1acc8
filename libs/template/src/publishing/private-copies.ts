import { describeError } from "@ims/common";
import type { ServiceCounters } from "../health/service-counters.js";
import { feedKey } from "../subscriptions/feed.js";
import type { Subscription } from "../subscriptions/subscription-table.js";
import type { ClientOutboxes } from "./client-outboxes.js";
import type { LostRecord } from "./loss-ledger.js";
import type { PrivateLosses } from "./private-losses.js";
import type { RateLimitedLog } from "./rate-limited-log.js";

/** Copies of records in the own streams of the clients that asked for private delivery. */
export class PrivateCopies {
  constructor(
    private readonly outboxes: Pick<ClientOutboxes, "of">,
    private readonly counters: ServiceCounters,
    private readonly log: RateLimitedLog,
    private readonly losses: Pick<PrivateLosses, "lost">,
  ) {}

  /**
   * Queues one copy for each reader; a copy that cannot be made or has no room is counted and leaves the others alone.
   *
   * @param record must not change afterwards
   * @param lost the record as a loss, for the gap that a reader gets whose copy is lost
   * @param version1 makes the record of version 1; may throw, since its fields are narrower
   */
  push(
    readers: readonly Subscription[],
    record: Uint8Array,
    id: bigint,
    lost: LostRecord | undefined,
    version1?: () => Uint8Array,
  ): void {
    let older: Uint8Array | undefined;
    for (const reader of readers) {
      if (reader.generation === 1 && version1 === undefined) continue;
      const isTaken = this.#push(reader, id, () => {
        if (reader.generation !== 1) return record;
        older ??= version1!();
        return older;
      });
      // Version 1 has no message for a gap.
      if (!isTaken && lost && reader.generation !== 1) this.losses.lost(reader.clientId, lost);
    }
  }

  #push(reader: Subscription, id: bigint, payload: () => Uint8Array): boolean {
    try {
      if (this.outboxes.of(reader.clientId).push(payload(), id)) {
        this.counters.privateCopies++;
        return true;
      }
    } catch (error) {
      this.counters.privateCopiesDropped++;
      this.log.error("copy-failed", "a client's private copy cannot be made", () => ({
        clientId: reader.clientId,
        feed: feedKey(reader.feed),
        error: describeError(error),
      }));
      return false;
    }
    this.counters.privateCopiesDropped++;
    this.log.error("copy-dropped", "a client's private copies are lost: its own stream is too slow", () => ({
      clientId: reader.clientId,
      feed: feedKey(reader.feed),
      total: this.counters.privateCopiesDropped,
    }));
    return false;
  }
}
