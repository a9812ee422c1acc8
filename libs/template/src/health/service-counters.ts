import type { RejectReason } from "@ims/traits";
import { Lifecycle, scoped } from "tsyringe";
import { CHANNEL_TOPICS } from "../publishing/channels.js";

/** Running totals since the start of the service; read by the health server. */
@scoped(Lifecycle.ContainerScoped)
export class ServiceCounters {
  /** Records written into outgoing batches, by channel. */
  readonly published: number[] = CHANNEL_TOPICS.map(() => 0);
  /** Records that found no room in the outgoing batches, and changes of a book that lost one; gaps tell of them. */
  recordsDropped = 0;
  /** The same by channel. */
  readonly shed: number[] = CHANNEL_TOPICS.map(() => 0);
  /** Gaps that were published for records that were lost here. */
  gapsPublished = 0;
  /** Records of the shared topics that the broker refused or that could not be confirmed. */
  recordsFailed = 0;
  privateCopies = 0;
  /** Copies for a client whose own stream has no room or cannot be written. */
  privateCopiesDropped = 0;
  readonly framesRejected: Record<RejectReason, number> = {
    "not-json": 0,
    "missing-field": 0,
    "bad-number": 0,
    overflow: 0,
    "unknown-symbol": 0,
    unexpected: 0,
  };
  requestsHandled = 0;
  requestsRefused = 0;
  /** Control messages that are no request; see the log for the kinds. */
  requestsMalformed = 0;
  /** Requests older than the limit when the service read them. */
  requestsStale = 0;
  /** Replies that could not be delivered. */
  repliesLost = 0;
  sessionsExpired = 0;
}
