import { describeError, type ImsError, type TimerHandle } from "@ims/common";
import {
  type BatchArena,
  type BatchSlot,
  COMMANDS,
  IggyErrorCode,
  isTransientError,
  type ReplyOutcome,
} from "@ims/iggy-protocol";
import { TRANSIENT_RETRY_MILLIS } from "../connection/log-in.js";
import type { ServerConnection } from "../connection/server-connection.js";
import type { WireSession } from "../connection/wire-session.js";
import { fail } from "../errors.js";
import { FlushWaiters } from "./flush-waiters.js";
import { insertInOrder, isMissing, OutgoingBatch } from "./outgoing-batch.js";
import type { BatchShare } from "./send-call.js";
import type { Remedy, SenderSettings } from "./sender-settings.js";

/**
 * Sends sealed batches of one partition in order, several in flight. After a lost connection the unanswered ones go out
 * again, before any later batch. After a transient refusal (57, 58), or one that has a remedy, nothing new is sent until
 * all in flight are answered, then the refused ones go first; a later batch that the server took meanwhile stays in
 * front of them, which only an overloaded server brings about.
 */
export class BatchSender {
  private waiting: OutgoingBatch[] = [];
  private inFlight: OutgoingBatch[] = [];
  private nextSequence = 0;
  private pendingMessages = 0;
  private paused = false;
  private isFindingRemedy = false;
  private retryTimer: TimerHandle | undefined;
  private expiryTimer: TimerHandle | undefined;
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

  enqueue(slot: BatchSlot, shares: readonly BatchShare[]): void {
    const batch = new OutgoingBatch(slot, this.nextSequence++, shares, this.nowMillis());
    this.pendingMessages += batch.messageCount;
    this.waiting.push(batch);
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
      this.giveUp(batch, batch.loss(this.settings.label, why));
      batch.slot.release();
    }
    for (const batch of inFlight) {
      batch.mayBeStored = true;
      if (!batch.abandoned) this.giveUp(batch, batch.loss(this.settings.label, why));
      batch.abandoned = true;
    }
    this.reportProgress();
  }

  stop(): void {
    this.stopListening();
    this.retryTimer?.cancel();
    this.retryTimer = undefined;
    this.expiryTimer?.cancel();
    this.expiryTimer = undefined;
  }

  private pump(): void {
    while (this.waiting.length > 0 && !this.paused && this.inFlight.length < this.settings.inFlightMax) {
      const session = this.connection.readySession;
      if (!session?.isOpen) break;
      if (!session.hasRoom) {
        this.pumpWhenRoom(session);
        break;
      }
      this.send(this.waiting.shift()!, session);
    }
    if (this.waiting.length > 0) this.armExpiry();
  }

  private pumpWhenRoom(session: WireSession): void {
    if (this.waitsForRoom) return;
    this.waitsForRoom = true;
    session.waitForRoom(() => {
      this.waitsForRoom = false;
      this.pump();
    });
  }

  private send(batch: OutgoingBatch, session: WireSession): void {
    const { slot } = batch;
    this.inFlight.push(batch);
    if (!batch.session) this.connection.dependencies.metrics.batchSent(batch.messageCount, slot.byteCount);
    if (batch.session !== session) {
      batch.session = session;
      batch.requestNumber = session.nextRequestNumber();
      slot.stampRequest(session.clientId, session.sessionNumber, batch.requestNumber);
    }
    batch.sentAtMillis = this.nowMillis();
    const { start, end } = slot.frame();
    session.submit(this.arena.bytes.subarray(start, end), batch.requestNumber, {
      onReply: (outcome) => this.onReply(batch, outcome),
      onLost: (reason, timedOut) => this.onLost(batch, reason, timedOut),
    });
  }

  private onReply(batch: OutgoingBatch, outcome: Exclude<ReplyOutcome, { kind: "evicted" }>): void {
    this.leaveWire(batch);
    if (batch.abandoned) batch.slot.release();
    else if (outcome.kind === "success") this.confirm(batch, outcome.payload);
    else this.onRefused(batch, outcome.code);
    if (this.paused && this.inFlight.length === 0) this.resume();
    this.proceed();
  }

  private onRefused(batch: OutgoingBatch, code: number): void {
    const { label, resend, findRemedy } = this.settings;
    const isUnfinished = code === IggyErrorCode.TransientNotCommitted;
    batch.refusedCode = code;
    if (isUnfinished) batch.mayBeStored = true;
    if (isUnfinished && !resend) {
      this.finish(batch, batch.loss(label, "the server left it unfinished"));
    } else if (isTransientError(code) && this.mayRepeat(batch)) {
      this.connection.dependencies.metrics.retried("transient");
      this.holdBack(batch);
    } else if (isMissing(code) && findRemedy && this.countRetry(batch)) {
      batch.needsRemedy = true;
      this.holdBack(batch);
    } else this.finish(batch, batch.refusal(label, code));
  }

  private onLost(batch: OutgoingBatch, reason: ImsError, timedOut: boolean): void {
    const { label, resend, timeoutsMax, deliveryMillisMax } = this.settings;
    this.leaveWire(batch);
    batch.mayBeStored = true;
    if (timedOut) batch.timeouts++;
    if (batch.abandoned) batch.slot.release();
    else if (
      !resend ||
      this.connection.terminal ||
      batch.timeouts >= timeoutsMax ||
      this.nowMillis() - batch.enqueuedAtMillis >= deliveryMillisMax ||
      !this.countRetry(batch)
    ) {
      this.finish(batch, batch.loss(label, reason.message));
    } else {
      this.connection.dependencies.metrics.retried("resend");
      insertInOrder(this.waiting, batch);
      this.armExpiry();
    }
    if (this.paused && this.inFlight.length === 0) this.resume();
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
      const detail = `${batch.describe(label)} got an unreadable reply`;
      this.finish(batch, fail("iggy-client.outcome-unknown", detail, { cause }));
      return;
    }
    const { messageCount, shares, sentAtMillis } = batch;
    this.connection.dependencies.metrics.batchConfirmed(messageCount, this.nowMillis() - sentAtMillis);
    this.pendingMessages -= messageCount;
    batch.slot.release();
    if (onConfirmed) this.guard(() => onConfirmed(baseOffset, messageCount, shares));
    this.reportProgress();
  }

  private finish(batch: OutgoingBatch, error: ImsError): void {
    this.giveUp(batch, error);
    batch.slot.release();
    this.reportProgress();
  }

  /** Reports a failure; the slot is given back by the caller, once nobody reads it any more. */
  private giveUp(batch: OutgoingBatch, error: ImsError): void {
    this.pendingMessages -= batch.messageCount;
    this.flushes.onFailed(batch.sequence, error);
    const { onFailed } = this.settings;
    if (onFailed) this.guard(() => onFailed(error, batch.messageCount, batch.shares));
  }

  private leaveWire(batch: OutgoingBatch): void {
    this.inFlight.splice(this.inFlight.indexOf(batch), 1);
  }

  private holdBack(batch: OutgoingBatch): void {
    this.paused = true;
    insertInOrder(this.waiting, batch);
  }

  private mayRepeat(batch: OutgoingBatch): boolean {
    const nowMillis = this.nowMillis();
    if (batch.transientSinceMillis < 0) batch.transientSinceMillis = nowMillis;
    return nowMillis - batch.transientSinceMillis < this.connection.dependencies.requestTimeoutMillis;
  }

  /** Whether the batch may be sent once more after this. */
  private countRetry(batch: OutgoingBatch): boolean {
    return ++batch.retries <= this.settings.retriesMax;
  }

  /** All in flight are answered: after a pause, or once a remedy is found, the refused batches go out again. */
  private resume(): void {
    if (this.isFindingRemedy) return;
    const { findRemedy } = this.settings;
    const refused = this.waiting.find(({ needsRemedy }) => needsRemedy);
    if (!refused || !findRemedy) {
      this.resumeAfter(TRANSIENT_RETRY_MILLIS);
      return;
    }
    this.isFindingRemedy = true;
    findRemedy(refused.refusedCode).then(
      (remedy) => this.apply(remedy),
      () => this.apply("retry-later"),
    );
  }

  private apply(remedy: Remedy): void {
    this.isFindingRemedy = false;
    const refused = this.waiting.filter(({ needsRemedy }) => needsRemedy);
    for (const batch of refused) batch.needsRemedy = false;
    if (typeof remedy === "string") {
      for (const _ of refused) this.connection.dependencies.metrics.retried("resend");
      this.resumeAfter(remedy === "retry-now" ? 0 : this.settings.retryMillis);
      return;
    }
    this.waiting = this.waiting.filter((batch) => !refused.includes(batch));
    for (const batch of refused) this.finish(batch, remedy);
    this.resumeAfter(0);
  }

  private resumeAfter(delayMillis: number): void {
    if (this.waiting.length === 0) {
      this.paused = false;
      return;
    }
    this.retryTimer ??= this.connection.dependencies.clock.setTimer(delayMillis, () => {
      this.retryTimer = undefined;
      this.paused = false;
      this.proceed();
    });
  }

  /** Watches the age of the first waiting batch, which is the oldest. */
  private armExpiry(): void {
    const { deliveryMillisMax, label } = this.settings;
    const oldest = this.waiting[0];
    if (this.expiryTimer || deliveryMillisMax === Number.POSITIVE_INFINITY || !oldest) return;
    const dueInMillis = oldest.enqueuedAtMillis + deliveryMillisMax - this.nowMillis();
    this.expiryTimer = this.connection.dependencies.clock.setTimer(Math.max(1, dueInMillis), () => {
      this.expiryTimer = undefined;
      const expiredBefore = this.nowMillis() - deliveryMillisMax;
      while (this.waiting.length > 0 && this.waiting[0]!.enqueuedAtMillis <= expiredBefore) {
        const batch = this.waiting.shift()!;
        this.finish(batch, batch.loss(label, `${deliveryMillisMax} ms were not enough to deliver it`));
      }
      this.armExpiry();
    });
  }

  private reportProgress(): void {
    if (this.flushes.isEmpty) return;
    let oldest = this.nextSequence;
    for (const batch of this.waiting) oldest = Math.min(oldest, batch.sequence);
    for (const batch of this.inFlight) if (!batch.abandoned) oldest = Math.min(oldest, batch.sequence);
    this.flushes.onProgress(oldest);
  }

  private nowMillis(): number {
    return this.connection.dependencies.clock.monotonicMillis();
  }

  private guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.connection.dependencies.log?.error({ error: describeError(error) }, "a producer callback failed");
    }
  }
}
