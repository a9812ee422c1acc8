import type { ImsError } from "@ims/common";
import type { BatchArena, Identifier } from "@ims/iggy-protocol";

export interface ProducerOptions {
  readonly stream: Identifier;
  readonly topic: Identifier;
  readonly partitionId: number;
  /** Memory of the outgoing batches; may be shared by producers. Default: 8 slots of 256 KiB of its own. */
  readonly arena?: BatchArena;
  /** A started batch waits at most this long for more messages; 0 = until the event loop turns. Default 1. */
  readonly lingerMillis?: number;
  /**
   * After a pause of `lingerMillis` the first messages do not wait: they go as soon as the call of the event loop ends
   * that brought them, and what follows is collected again. There is still at most one batch in `lingerMillis`, unless
   * batches fill up, and none that could still grow while another is on the wire: the slower the server, the larger the
   * batches. Default false.
   */
  readonly eager?: boolean;
  /** Messages after which a batch is sent. Default 1000. */
  readonly batchCountMax?: number;
  /** Batches on the wire without a reply. Default 4. */
  readonly inFlightMax?: number;
  /** Free slots below which `accepting` turns false; what is reserved then still fits. Default 1. */
  readonly headroomSlots?: number;
  /** Replies that may stay away in a row for one batch before it is reported as failed. Default 3. */
  readonly timeoutsMax?: number;
  /**
   * Whether a batch whose reply was lost is sent again: stored at least once, perhaps twice. If false it fails with
   * `iggy-client.outcome-unknown`, and is stored at most once. Default true.
   */
  readonly resend?: boolean;
  /** A batch is stored. `baseOffset` is −1 when the server did not report one. */
  readonly onConfirmed?: (baseOffset: number, messageCount: number) => void;
  /** A batch is given up: refused by the server, or without an answer `timeoutsMax` times. */
  readonly onFailed?: (error: ImsError, messageCount: number) => void;
}
