import { describeError, type ImsError, type TimerHandle } from "@ims/common";
import {
  type BatchArena,
  type BatchSlot,
  COMMANDS,
  isTransientError,
  type ReplyOutcome,
} from "@ims/iggy-protocol";
import { TRANSIENT_RETRY_MILLIS } from "../connection/log-in.js";
import type { ServerConnection } from "../connection/server-connection.js";
import { fail, refused } from "../errors.js";
import { FlushWaiters } from "./flush-waiters.js";
import { insertInOrder, type OutgoingBatch } from "./outgoing-batch.js";

export interface SenderSettings {
  /** stream/topic/partition, for messages */
  readonly label: string;
  readonly inFlightMax: number;
  readonly timeoutsMax: number;
  readonly onConfirmed?: (baseOffset: number, messageCount: number) => void;
  readonly onFailed?: (error: ImsError, messageCount: number) => void;
  /** A batch could be sent at once now. */
  readonly onPlaceFree: () => void;
}

/**
 * Sends sealed batches of one partition in order, several in flight. After a lost connection the unanswered ones go out
 * again, before any later batch. After a transient refusal (57, 58) nothing new is sent until all in flight are
 * answered, then the refused ones go first; a later batch that the server took meanwhile stays in front of them, which
 * only an overloaded server brings about.
 */
export class BatchSender {
  private waiting: OutgoingBatch[] = [];
  private inFlight: OutgoingBatch[] = [];
  private nextSequence = 0;
  private pendingMessages = 0;
  private paused = false;
  private retryTimer: TimerHandle | undefined;
  private waitsForRoom = false;
  private readonly flushes = new FlushWaiters();
  private readonly stopListening: () => void;

  constructor(
    private readonly connection: ServerConnection,
    private readonly arena: BatchArena,
    private readonly settings: SenderSettings,
  ) {
    this.stopListening = connection.onChange(() => this.onConnectionChange());
  }

  /** Messages of batches without an outcome. */
  get pendingCount(): number {
    return this.pendingMessages;
  }

  /** Whether an enqueued batch would go out at once; where nothing can be sent ever again, it fails at once. */
  get canSendNow(): boolean {
    if (this.connection.terminal) return true;
    return (
      !this.paused &&
      this.waiting.length === 0 &&
      this.inFlight.length < this.settings.inFlightMax &&
      this.connection.readySession !== undefined
    );
  }

  enqueue(slot: BatchSlot): void {
    const { messageCount } = slot;
    const sequence = this.nextSequence++;
    this.pendingMessages += messageCount;
    this.waiting.push({
      slot,
      sequence,
      messageCount,
      timeouts: 0,
      transientSinceMillis: -1,
      sent: false,
      abandoned: false,
    });
    if (this.connection.terminal) this.abandon(this.connection.terminal.message);
    else this.pump();
  }

  /** Resolves when all batches enqueued so far, and one that is still being filled if `oneMore`, have an outcome. */
  settled(oneMore: boolean): Promise<void> {
    const lastSequence = oneMore ? this.nextSequence : this.nextSequence - 1;
    const outstanding = this.waiting.length + this.inFlight.length;
    if (!oneMore && outstanding === 0) return Promise.resolve();
    return this.flushes.wait(lastSequence);
  }

  /** Gives up everything without an outcome. Slots on the wire come back when their connection answers or ends. */
  abandon(why: string): void {
    const { waiting, inFlight } = this;
    this.waiting = [];
    for (const batch of waiting) {
      this.giveUp(batch, this.lossError(batch, why));
      batch.slot.release();
    }
    for (const batch of inFlight) {
      if (!batch.abandoned) this.giveUp(batch, this.lossError(batch, why));
      batch.abandoned = true;
    }
    this.flushes.onProgress(this.oldestOutstanding());
  }

  stop(): void {
    this.stopListening();
    this.retryTimer?.cancel();
    this.retryTimer = undefined;
  }

  private pump(): void {
    while (this.waiting.length > 0 && !this.paused && this.inFlight.length < this.settings.inFlightMax) {
      const session = this.connection.readySession;
      if (!session?.isOpen) return;
      if (!session.hasRoom) {
        if (this.waitsForRoom) return;
        this.waitsForRoom = true;
        session.waitForRoom(() => {
          this.waitsForRoom = false;
          this.pump();
        });
        return;
      }
      const batch = this.waiting.shift()!;
      this.inFlight.push(batch);
      batch.sent = true;
      const requestNumber = session.nextRequestNumber();
      batch.slot.stampRequest(session.clientId, session.sessionNumber, requestNumber);
      const { start, end } = batch.slot.frame();
      session.submit(this.arena.bytes.subarray(start, end), requestNumber, {
        onReply: (outcome) => this.onReply(batch, outcome),
        onLost: (reason, timedOut) => this.onLost(batch, reason, timedOut),
      });
    }
  }

  private onReply(batch: OutgoingBatch, outcome: Exclude<ReplyOutcome, { kind: "evicted" }>): void {
    this.leaveWire(batch);
    if (batch.abandoned) {
      batch.slot.release();
    } else if (outcome.kind === "success") {
      this.confirm(batch, outcome.payload);
    } else if (isTransientError(outcome.code) && this.mayRetry(batch)) {
      this.paused = true;
      insertInOrder(this.waiting, batch);
    } else {
      this.finish(
        batch,
        refused(`a batch of ${batch.messageCount} messages for ${this.settings.label}`, outcome.code),
      );
    }
    if (this.paused && this.inFlight.length === 0) this.resumeLater();
    this.proceed();
  }

  private onLost(batch: OutgoingBatch, reason: ImsError, timedOut: boolean): void {
    this.leaveWire(batch);
    if (timedOut) batch.timeouts++;
    if (batch.abandoned) batch.slot.release();
    else if (batch.timeouts >= this.settings.timeoutsMax || this.connection.terminal) {
      this.finish(batch, this.lossError(batch, reason.message));
    } else insertInOrder(this.waiting, batch);
    if (this.paused && this.inFlight.length === 0) this.resumeLater();
  }

  private onConnectionChange(): void {
    if (this.connection.terminal) this.abandon(this.connection.terminal.message);
    this.proceed();
  }

  private proceed(): void {
    this.pump();
    if (this.canSendNow) this.settings.onPlaceFree();
  }

  private confirm(batch: OutgoingBatch, payload: Uint8Array): void {
    const { onConfirmed, label } = this.settings;
    let baseOffset = -1;
    try {
      baseOffset = COMMANDS.sendMessages.codec.decodeReply(payload)[0]?.baseOffset ?? -1;
    } catch (cause) {
      const detail = `a batch of ${batch.messageCount} messages for ${label} got an unreadable reply`;
      this.finish(batch, fail("iggy-client.outcome-unknown", detail, { cause }));
      return;
    }
    this.settle(batch);
    if (onConfirmed) this.guard(() => onConfirmed(baseOffset, batch.messageCount));
    this.flushes.onProgress(this.oldestOutstanding());
  }

  private finish(batch: OutgoingBatch, error: ImsError): void {
    this.giveUp(batch, error);
    batch.slot.release();
    this.flushes.onProgress(this.oldestOutstanding());
  }

  /** Reports a failure; the slot is given back by the caller, once nobody reads it any more. */
  private giveUp(batch: OutgoingBatch, error: ImsError): void {
    this.pendingMessages -= batch.messageCount;
    this.flushes.onFailed(batch.sequence, error);
    const { onFailed } = this.settings;
    if (onFailed) this.guard(() => onFailed(error, batch.messageCount));
  }

  private settle(batch: OutgoingBatch): void {
    this.pendingMessages -= batch.messageCount;
    batch.slot.release();
  }

  private leaveWire(batch: OutgoingBatch): void {
    this.inFlight.splice(this.inFlight.indexOf(batch), 1);
  }

  private mayRetry(batch: OutgoingBatch): boolean {
    const { clock, requestTimeoutMillis } = this.connection.dependencies;
    const nowMillis = clock.monotonicMillis();
    if (batch.transientSinceMillis < 0) batch.transientSinceMillis = nowMillis;
    return nowMillis - batch.transientSinceMillis < requestTimeoutMillis;
  }

  private resumeLater(): void {
    this.retryTimer ??= this.connection.dependencies.clock.setTimer(TRANSIENT_RETRY_MILLIS, () => {
      this.retryTimer = undefined;
      this.paused = false;
      this.proceed();
    });
  }

  private oldestOutstanding(): number {
    let oldest = this.nextSequence;
    for (const batch of this.waiting) oldest = Math.min(oldest, batch.sequence);
    for (const batch of this.inFlight) if (!batch.abandoned) oldest = Math.min(oldest, batch.sequence);
    return oldest;
  }

  private lossError(batch: OutgoingBatch, why: string): ImsError {
    const what = `a batch of ${batch.messageCount} messages for ${this.settings.label}`;
    return batch.sent
      ? fail("iggy-client.outcome-unknown", `${what} was sent and not answered: ${why}`)
      : fail("iggy-client.not-connected", `${what} was not sent: ${why}`);
  }

  private guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.connection.dependencies.log?.error({ error: describeError(error) }, "a producer callback failed");
    }
  }
}
