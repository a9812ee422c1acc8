import { type ImsError, isImsError } from "@ims/common";
import { producerError } from "./producer-errors.js";
import type { ProducerMessage, SendPartitioning } from "./topic-producer-options.js";

/** Where a run of consecutive messages of one call was stored. */
export interface StoredRun {
  /** Index of its first message within the call. */
  readonly firstIndex: number;
  readonly messageCount: number;
  readonly partitionId: number;
  /** Offset of the first message, the others follow without a gap; −1 when the server did not report one. */
  readonly baseOffset: number;
}

/** What became of the messages of a call, when none failed. */
export class SendReceipt {
  /** @param runs in the order of the messages. @param droppedCount messages given up because the buffer was full */
  constructor(
    readonly runs: readonly StoredRun[],
    readonly droppedCount: number,
  ) {}

  /** Where the message of this index was stored, or `null` when it was dropped. */
  locate(index: number): { readonly partitionId: number; readonly offset: number } | null {
    for (const { firstIndex, messageCount, partitionId, baseOffset } of this.runs) {
      if (index < firstIndex || index >= firstIndex + messageCount) continue;
      return { partitionId, offset: baseOffset < 0 ? -1 : baseOffset + (index - firstIndex) };
    }
    return null;
  }
}

/** Consecutive messages of one call that lie next to each other in one batch. */
export interface BatchShare {
  readonly call: SendCall;
  readonly firstIndex: number;
  readonly firstInBatch: number;
  messageCount: number;
}

interface FailedRun {
  readonly firstIndex: number;
  readonly messageCount: number;
  readonly error: ImsError;
}

/** One call of `send` or `post`: which messages are still to be placed in batches, and which have an outcome. */
export class SendCall {
  /** The first message that is not placed yet. */
  nextIndex = 0;
  /** When the wait for room is over, monotonic milliseconds. */
  waitsUntilMillis = Number.POSITIVE_INFINITY;
  /** The partition chosen for it, −1 = none yet: a partitioner is asked once for each message. */
  partitionId = -1;
  droppedCount = 0;
  /** Encoded user headers, filled where any message has some. */
  headers: (Uint8Array | undefined)[] | undefined;
  private unsettled: number;
  /** Made when there is something to list: many calls carry one message, and live until its reply. */
  private stored: StoredRun[] | undefined;
  private failures: FailedRun[] | undefined;
  private resolve: ((receipt: SendReceipt) => void) | undefined;
  private reject: ((error: ImsError) => void) | undefined;

  /** @param tracked whether the caller waits for the outcome in store, not only for room */
  constructor(
    readonly messages: readonly ProducerMessage[],
    readonly partitioning: SendPartitioning | undefined,
    /** Creation time of messages that have none. */
    readonly nowMicros: number,
    readonly tracked: boolean,
  ) {
    this.unsettled = messages.length;
  }

  /** Settles once every message is stored, failed or dropped; for an untracked call, is in a batch instead. */
  outcome(): Promise<SendReceipt> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      if (this.unsettled === 0) this.finish();
    });
  }

  /** Whether every message has an outcome, or is in a batch if that is all the caller waits for. */
  get isSettled(): boolean {
    return this.unsettled === 0;
  }

  get hasFailures(): boolean {
    return this.failures !== undefined;
  }

  get isPlaced(): boolean {
    return this.nextIndex === this.messages.length;
  }

  confirmed(share: BatchShare, partitionId: number, batchOffset: number): void {
    const { firstIndex, messageCount, firstInBatch } = share;
    const baseOffset = batchOffset < 0 ? -1 : batchOffset + firstInBatch;
    this.stored ??= [];
    this.stored.push({ firstIndex, messageCount, partitionId, baseOffset });
    this.settle(messageCount);
  }

  failed(firstIndex: number, messageCount: number, error: ImsError): void {
    this.failures ??= [];
    this.failures.push({ firstIndex, messageCount, error });
    this.settle(messageCount);
  }

  /** The next message is given up for want of room. */
  dropped(): void {
    this.droppedCount++;
    this.settle(1);
  }

  /** So many messages have what the caller waits for. */
  settle(messageCount: number): void {
    this.unsettled -= messageCount;
    if (this.unsettled === 0) this.finish();
  }

  private finish(): void {
    if (!this.resolve) return;
    const stored = (this.stored ?? []).sort(byIndex);
    if (this.failures) this.reject?.(this.failure(stored, this.failures.sort(byIndex)));
    else this.resolve(new SendReceipt(stored, this.droppedCount));
  }

  /** Not knowing outweighs knowing that nothing was stored: the caller must not simply send again. */
  private failure(stored: readonly StoredRun[], failures: readonly FailedRun[]): ImsError {
    const unknown = failures.find(({ error }) => isImsError(error, "iggy-client.outcome-unknown"));
    const { error } = unknown ?? failures[0]!;
    const failedCount = failures.reduce((sum, { messageCount }) => sum + messageCount, 0);
    if (failedCount === this.messages.length) return error;
    const detail = `${failedCount} of ${this.messages.length} messages failed, the first of them with ${error.code}`;
    const failed = failures.map(({ firstIndex, messageCount, error: { code } }) => ({
      firstIndex,
      messageCount,
      code,
    }));
    const { droppedCount } = this;
    return producerError("iggy-client.partly-sent", detail, {
      cause: error,
      context: { stored, failed, droppedCount },
    });
  }
}

function byIndex(a: { readonly firstIndex: number }, b: { readonly firstIndex: number }): number {
  return a.firstIndex - b.firstIndex;
}
