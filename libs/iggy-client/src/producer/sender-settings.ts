import type { ImsError } from "@ims/common";
import type { BatchShare } from "./send-call.js";

/** What to do about refused batches: send them again at once or after the pause, or give them up with this error. */
export type Remedy = "retry-now" | "retry-later" | ImsError;

export interface SenderSettings {
  /** stream/topic/partition, for messages */
  readonly label: string;
  readonly inFlightMax: number;
  /** Batches on the wire below which one goes that could still grow. Default: `inFlightMax`. */
  readonly growingInFlightMax?: number;
  /** Replies that may stay away for one batch. */
  readonly timeoutsMax: number;
  /** Sendings beyond the first; those after transient refusals are not counted. */
  readonly retriesMax: number;
  /** Pause of `retry-later`. */
  readonly retryMillis: number;
  /**
   * From the first message of a batch to its outcome; `Infinity` = no limit. A batch on the wire is left to the request
   * timeout.
   */
  readonly deliveryMillisMax: number;
  /** Whether a batch that may be stored is sent again. */
  readonly resend: boolean;
  /** Asked, once at a time, after a refusal because something is missing; such refusals fail at once without it. */
  readonly findRemedy?: () => Promise<Remedy>;
  readonly onConfirmed?: (baseOffset: number, messageCount: number, shares: readonly BatchShare[]) => void;
  readonly onFailed?: (error: ImsError, messageCount: number, shares: readonly BatchShare[]) => void;
  /** A batch could be sent at once now. */
  readonly onPlaceFree: () => void;
}
