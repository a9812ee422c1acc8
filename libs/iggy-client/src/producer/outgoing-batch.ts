import type { ImsError } from "@ims/common";
import { type BatchSlot, IggyErrorCode } from "@ims/iggy-protocol";
import type { WireSession } from "../connection/wire-session.js";
import { fail, refused } from "../errors.js";
import type { BatchShare } from "./send-call.js";

/** A sealed batch on its way. */
export class OutgoingBatch {
  readonly messageCount: number;
  /** Replies that stayed away. */
  timeouts = 0;
  /** Sendings beyond the first, without those after a transient refusal. */
  retries = 0;
  /** Monotonic time of the first transient refusal, −1 = none. */
  transientSinceMillis = -1;
  /** Number of the last refusal, 0 = none. */
  refusedCode = 0;
  /** It waits for a remedy of that refusal. */
  needsRemedy = false;
  /** Where and as which request it was written last; it keeps the number as long as the session lasts. */
  session: WireSession | undefined;
  requestNumber = 0;
  sentAtMillis = 0;
  /** Some sending of it had no answer that says whether it was stored. */
  mayBeStored = false;
  /** Already reported as failed; only the slot is still to be given back. */
  abandoned = false;

  /**
   * @param sequence counts up per partition and gives the order that must be kept
   * @param shares the calls that wait for the outcome of some of its messages
   * @param startedAtMillis when its first message came, monotonic
   */
  constructor(
    readonly slot: BatchSlot,
    readonly sequence: number,
    readonly shares: readonly BatchShare[],
    readonly startedAtMillis: number,
  ) {
    this.messageCount = slot.messageCount;
  }

  /** The error of a batch that is not sent again after this refusal. @param label stream/topic/partition */
  refusal(label: string, code: number): ImsError {
    const error = refused(`${this.describe(label)}`, code);
    if (!this.mayBeStored) return error;
    const detail = `${this.describe(label)} had no answer, and was refused with ${code} when sent again`;
    return fail("iggy-client.outcome-unknown", detail, { cause: error });
  }

  /** The error of a batch that is given up without a last word of the server. */
  loss(label: string, why: string): ImsError {
    if (this.mayBeStored) {
      return fail("iggy-client.outcome-unknown", `${this.describe(label)} was sent and not answered: ${why}`);
    }
    if (this.refusedCode !== 0) return refused(`${this.describe(label)}`, this.refusedCode);
    return fail("iggy-client.not-connected", `${this.describe(label)} was not sent: ${why}`);
  }

  describe(label: string): string {
    return `a batch of ${this.messageCount} messages for ${label}`;
  }
}

/** Puts a batch back among the waiting ones, at its place in the order. */
export function insertInOrder(batches: OutgoingBatch[], batch: OutgoingBatch): void {
  let at = batches.length;
  while (at > 0 && batches[at - 1]!.sequence > batch.sequence) at--;
  batches.splice(at, 0, batch);
}

/** The topic or partition of a send was not there: 20 from today's servers, a number of its own elsewhere. */
export function isMissing(code: number): boolean {
  return (
    code === IggyErrorCode.ResourceNotFound ||
    code === IggyErrorCode.StreamIdNotFound ||
    code === IggyErrorCode.TopicIdNotFound ||
    code === IggyErrorCode.PartitionNotFound
  );
}
