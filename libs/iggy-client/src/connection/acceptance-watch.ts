import type { Clock } from "@ims/common";
import { IggyErrorCode, Operation, type ReplyOutcome } from "@ims/iggy-protocol";

/** Refusals with 58 for this long: perhaps another node leads by now (wire.md section 5). */
const NOT_ACCEPTED_MILLIS = 2000;

/** Whether a server goes on accepting changes, as its replies tell. */
export class AcceptanceWatch {
  private notAcceptedSinceMillis = -1;

  constructor(private readonly clock: Clock) {}

  /** Looks at a reply. True when changes have been refused with 58 for two seconds, and every two seconds from then on. */
  isRefusing(outcome: ReplyOutcome, operation: number): boolean {
    if (outcome.kind === "success") {
      if (operation !== Operation.NonReplicated) this.notAcceptedSinceMillis = -1;
      return false;
    }
    if (outcome.kind !== "refused" || outcome.code !== IggyErrorCode.TransientNotAccepted) return false;
    const nowMillis = this.clock.monotonicMillis();
    const isFirst = this.notAcceptedSinceMillis < 0;
    const isLong = !isFirst && nowMillis - this.notAcceptedSinceMillis >= NOT_ACCEPTED_MILLIS;
    if (isFirst || isLong) this.notAcceptedSinceMillis = nowMillis;
    return isLong;
  }
}
