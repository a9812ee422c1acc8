import { describeError, type ImsError } from "@ims/common";
import {
  type BatchArena,
  type BatchSlot,
  COMMANDS,
  IggyErrorCode,
  isTransientError,
  type ReplyOutcome,
} from "@ims/iggy-protocol";
import type { ServerConnection } from "../connection/server-connection.js";
import type { WireSession } from "../connection/wire-session.js";
import { fail } from "../errors.js";
import { ExpiryWatch } from "./expiry-watch.js";
import { FlushWaiters } from "./flush-waiters.js";
import { insertInOrder, isMissing, OutgoingBatch } from "./outgoing-batch.js";
import { RefusalPause } from "./refusal-pause.js";
import type { BatchShare } from "./send-call.js";
import type { SenderSettings } from "./sender-settings.js";

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
  private waitsForRoom = false;
  private readonly flushes = new FlushWaiters();
  private readonly pause: RefusalPause;
  private readonly expiry: ExpiryWatch;
  private readonly stopListening: () => void;

  constructor(
    private readonly connection: ServerConnection,
    private readonly arena: BatchArena,
    private readonly settings: SenderSettings,
  ) {
    this.pause = new RefusalPause(connection.dependencies, settings, {
      waitingBatches: () => this.waiting,
      giveUp: (batches, error) => this.finishWaiting(batches, error),
      goOn: () => this.proceed(),
    });
    this.expiry = new ExpiryWatch(
      connection.dependencies.clock,
      settings.deliveryMillisMax,
      () => this.waiting[0]?.startedAtMillis,
      (sinceMillis) => this.expire(sinceMillis),
    );
    this.stopListening = connection.onChange(() => this.onConnectionChange());
  }

  /** Messages of batches without an outcome. */
  get pendingCount(): number {
    return this.pendingMessages;
  }

  /** Whether a batch that could still grow is to go, and would at once; where nothing can be sent ever again, it fails. */
  get canSendNow(): boolean {
    if (this.connection.terminal) return true;
    const { growingInFlightMax, inFlightMax } = this.settings;
    return (
      !this.pause.isActive &&
      this.waiting.length === 0 &&
      this.inFlight.length < (growingInFlightMax ?? inFlightMax) &&
      this.connection.readySession !== undefined
    );
  }

  /** @param startedAtMillis when its first message came */
  enqueue(slot: BatchSlot, shares: readonly BatchShare[], startedAtMillis: number): void {
    const batch = new OutgoingBatch(slot, this.nextSequence++, shares, startedAtMillis);
    this.pendingMessages += batch.messageCount;
    this.waiting.push(batch);
    if (this.connection.terminal) this.abandon(this.connection.terminal.message);
    else this.pump();
  }

  /** Resolves when all batches enqueued so far, and one that is still being filled if `oneMore`, have an outcome. */
  settled(oneMore: boolean): Promise<void> {
    const lastSequence = oneMore ? this.nextSequence : this.nextSequence - 1;
    return this.oldestOutstanding() > lastSequence ? Promise.resolve() : this.flushes.wait(lastSequence);
  }

  /** Gives up everything without an outcome. Slots on the wire come back when their connection answers or ends. */
  abandon(why: string): void {
    const { waiting, inFlight } = this;
    this.waiting = [];
    for (const batch of inFlight) {
      batch.mayBeStored = true;
      if (!batch.abandoned) this.giveUp(batch, batch.loss(this.settings.label, why));
      batch.abandoned = true;
    }
    for (const batch of waiting) {
      this.giveUp(batch, batch.loss(this.settings.label, why));
      batch.slot.release();
    }
    this.reportProgress();
  }

  stop(): void {
    this.stopListening();
    this.pause.stop();
    this.expiry.stop();
  }

  private pump(): void {
    while (
      this.waiting.length > 0 &&
      !this.pause.isActive &&
      this.inFlight.length < this.settings.inFlightMax
    ) {
      const session = this.connection.readySession;
      if (!session?.isOpen) break;
      if (!session.hasRoom) {
        this.pumpWhenRoom(session);
        break;
      }
      this.send(this.waiting.shift()!, session);
    }
    if (this.waiting.length > 0) this.expiry.arm();
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
      onLost: (reason, timedOut, denied) => this.onLost(batch, reason, timedOut, denied === true),
    });
  }

  private onReply(batch: OutgoingBatch, outcome: Exclude<ReplyOutcome, { kind: "evicted" }>): void {
    this.leaveWire(batch);
    if (batch.abandoned) batch.slot.release();
    else if (outcome.kind === "success") this.confirm(batch, outcome.payload);
    else this.onRefused(batch, outcome.code);
    if (this.inFlight.length === 0) this.pause.onDrained();
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

  private onLost(batch: OutgoingBatch, reason: ImsError, timedOut: boolean, denied: boolean): void {
    const { label, resend, timeoutsMax, deliveryMillisMax } = this.settings;
    this.leaveWire(batch);
    if (denied) batch.refusedCode = IggyErrorCode.Unauthenticated;
    else batch.mayBeStored = true;
    if (timedOut) batch.timeouts++;
    if (batch.abandoned) batch.slot.release();
    else if (
      (batch.mayBeStored && !resend) ||
      this.connection.terminal ||
      batch.timeouts >= timeoutsMax ||
      this.nowMillis() - batch.startedAtMillis >= deliveryMillisMax ||
      !this.countRetry(batch)
    ) {
      this.finish(batch, batch.loss(label, reason.message));
    } else {
      this.connection.dependencies.metrics.retried("resend");
      insertInOrder(this.waiting, batch);
      this.expiry.arm();
    }
    if (this.inFlight.length === 0) this.pause.onDrained();
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
    this.pause.begin();
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

  private finishWaiting(batches: readonly OutgoingBatch[], error: ImsError): void {
    this.waiting = this.waiting.filter((batch) => !batches.includes(batch));
    for (const batch of batches) this.finish(batch, error);
  }

  private expire(sinceMillis: number): void {
    const { label, deliveryMillisMax } = this.settings;
    while (this.waiting.length > 0 && this.waiting[0]!.startedAtMillis <= sinceMillis) {
      const batch = this.waiting.shift()!;
      this.finish(batch, batch.loss(label, `${deliveryMillisMax} ms were not enough to deliver it`));
    }
  }

  private reportProgress(): void {
    if (!this.flushes.isEmpty) this.flushes.onProgress(this.oldestOutstanding());
  }

  /** The next sequence when there is none. */
  private oldestOutstanding(): number {
    let oldest = this.nextSequence;
    for (const batch of this.waiting) oldest = Math.min(oldest, batch.sequence);
    for (const batch of this.inFlight) if (!batch.abandoned) oldest = Math.min(oldest, batch.sequence);
    return oldest;
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
