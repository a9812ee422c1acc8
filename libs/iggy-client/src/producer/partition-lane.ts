import type { TimerHandle } from "@ims/common";
import {
  type BatchArena,
  BatchSlot,
  type MessageIdWords,
  ORIGIN_SPREAD_MICROS_MAX,
} from "@ims/iggy-protocol";
import type { ServerConnection } from "../connection/server-connection.js";
import { fail } from "../errors.js";
import { BatchSender } from "./batch-sender.js";
import { ExpiryWatch } from "./expiry-watch.js";
import type { BatchShare, SendCall } from "./send-call.js";
import type { SenderSettings } from "./sender-settings.js";

export interface LaneSettings extends Omit<SenderSettings, "onPlaceFree"> {
  /** As `encodeSendRoute` gives it. */
  readonly route: Uint8Array;
  readonly lingerMillis: number;
  /** The first messages after a pause of `lingerMillis` go when the present call of the event loop ends. */
  readonly eager?: boolean;
  readonly batchCountMax: number;
}

const NO_SHARES: readonly BatchShare[] = [];
/** What hangs on it is called when the present call of the event loop ends. */
const CALL_END = Promise.resolve();

/**
 * One partition's messages on their way: collects them in the current batch and hands that to the sender when it is
 * full, holds `batchCountMax` messages, or is `lingerMillis` old and there is a place on the wire; until then it grows.
 */
export class PartitionLane {
  readonly payloadBytesMax: number;
  private readonly sender: BatchSender;
  private current: BatchSlot | undefined;
  /** Of the current batch. */
  private shares: BatchShare[] | undefined;
  private lingerTimer: TimerHandle | undefined;
  /** The current batch has waited long enough, or somebody flushes. */
  private lingerDue = false;
  /** When the first message of the current batch came. */
  private startedAtMillis = 0;
  /** When a batch was last handed over. */
  private sealedAtMillis = Number.NEGATIVE_INFINITY;
  private readonly sendCollected = () => {
    if (this.collectingCount > 0) this.hurry();
  };
  private readonly expiry: ExpiryWatch;

  constructor(
    private readonly connection: ServerConnection,
    private readonly arena: BatchArena,
    private readonly settings: LaneSettings,
  ) {
    this.payloadBytesMax = BatchSlot.payloadBytesMax(arena.slotBytes, settings.route.length);
    this.expiry = new ExpiryWatch(
      connection.dependencies.clock,
      settings.deliveryMillisMax,
      () => (this.collectingCount > 0 ? this.startedAtMillis : undefined),
      // The sender then finds it too old.
      () => this.seal(),
    );
    this.sender = new BatchSender(connection, arena, {
      ...settings,
      onPlaceFree: () => this.sealWhenDue(),
    });
  }

  /** Messages in the batch that is being filled. */
  get collectingCount(): number {
    return this.current?.messageCount ?? 0;
  }

  /** Messages without an outcome. */
  get pendingCount(): number {
    return this.sender.pendingCount + this.collectingCount;
  }

  /**
   * The position in the arena for a payload and what follows it, together this many bytes, or -1 when there is no room
   * now. Throws `iggy-client.payload-too-large` for what never fits.
   */
  reserve(byteCount: number): number {
    if (this.current) {
      const at = this.current.reserve(byteCount);
      if (at >= 0) return at;
    }
    return this.reserveInNewSlot(byteCount);
  }

  /** Ends the current batch when a message of this creation time cannot go into it. */
  makeWay(originMicros: number): void {
    const slot = this.current;
    if (slot && slot.messageCount > 0 && isTooFar(slot, originMicros)) this.seal();
  }

  /**
   * Appends the message written where the last `reserve` said.
   * @param headersBytes encoded user headers behind the payload
   * @param call told of the outcome, if given, as its message number `index`
   */
  commit(
    payloadBytes: number,
    id: MessageIdWords,
    originMicros: number,
    headersBytes = 0,
    call?: SendCall,
    index = 0,
  ): void {
    let slot = this.current;
    if (!slot) throw fail("iggy-client.argument", "commit without a reserve before it");
    if (slot.messageCount === 0) this.startLinger();
    else if (isTooFar(slot, originMicros))
      slot = this.moveToNewSlot(slot, payloadBytes + headersBytes, originMicros);
    slot.commit(payloadBytes, id, originMicros, headersBytes);
    if (call) this.share(call, index, slot.messageCount - 1);
    if (slot.messageCount >= this.settings.batchCountMax) this.seal();
  }

  /**
   * Sends what is there without lingering; resolves when every message committed so far is confirmed. Rejects with the
   * first error when one of their batches was given up.
   */
  async flush(): Promise<void> {
    const isCollecting = this.collectingCount > 0;
    // Waits from before the batch is handed over, where it may fail at once.
    const settled = this.sender.settled(isCollecting);
    if (isCollecting) this.hurry();
    await settled;
  }

  /** Gives an empty slot back: what was reserved in it is not going to be committed. */
  releaseUnused(): void {
    if (this.current?.messageCount !== 0) return;
    this.current.release();
    this.current = undefined;
  }

  /** The current batch goes as soon as there is a place on the wire. */
  hurry(): void {
    this.lingerDue = true;
    this.sealWhenDue();
  }

  /** Gives up everything without an outcome. */
  abandon(why: string): void {
    this.seal();
    this.sender.abandon(why);
  }

  /** Ends timers and listening and gives back an empty slot; what has no outcome must be abandoned before. */
  stop(): void {
    this.lingerTimer?.cancel();
    this.lingerTimer = undefined;
    this.expiry.stop();
    this.releaseUnused();
    this.sender.stop();
  }

  private reserveInNewSlot(byteCount: number): number {
    if (!(byteCount <= this.payloadBytesMax)) {
      throw fail(
        "iggy-client.payload-too-large",
        `a payload of ${byteCount} bytes; a slot of ${this.arena.slotBytes} bytes takes ${this.payloadBytesMax}`,
      );
    }
    this.seal();
    const slot = this.arena.acquire();
    if (!slot) return -1;
    slot.begin(this.settings.route);
    this.current = slot;
    return slot.reserve(byteCount);
  }

  /** Creation times too far apart for one batch: the message begins the next one, at the cost of a copy. */
  private moveToNewSlot(full: BatchSlot, byteCount: number, originMicros: number): BatchSlot {
    const from = full.reserve(byteCount);
    const next = this.arena.acquire();
    if (!next) {
      throw fail(
        "iggy-client.argument",
        `creation time ${originMicros} needs a new batch and no slot is free: the message was not taken`,
      );
    }
    next.begin(this.settings.route);
    this.arena.bytes.copyWithin(next.reserve(byteCount), from, from + byteCount);
    this.seal();
    this.current = next;
    this.startLinger();
    return next;
  }

  private share(call: SendCall, index: number, indexInBatch: number): void {
    this.shares ??= [];
    const last = this.shares.at(-1);
    if (last?.call === call && last.firstIndex + last.messageCount === index) last.messageCount++;
    else this.shares.push({ call, firstIndex: index, firstInBatch: indexInBatch, messageCount: 1 });
  }

  private startLinger(): void {
    const { clock } = this.connection.dependencies;
    this.lingerDue = false;
    this.startedAtMillis = clock.monotonicMillis();
    const { eager, lingerMillis } = this.settings;
    if (eager && this.startedAtMillis - this.sealedAtMillis >= lingerMillis) {
      void CALL_END.then(this.sendCollected);
      return;
    }
    this.lingerTimer ??= clock.setTimer(lingerMillis, () => {
      this.lingerTimer = undefined;
      this.hurry();
    });
  }

  /** An aged batch goes as soon as it can be sent at once; while it cannot, it had better grow. */
  private sealWhenDue(): void {
    if (!this.lingerDue) return;
    if (this.sender.canSendNow) this.seal();
    else this.expiry.arm();
  }

  private seal(): void {
    const slot = this.current;
    if (!slot || slot.messageCount === 0) return;
    const shares = this.shares ?? NO_SHARES;
    this.current = undefined;
    this.shares = undefined;
    this.lingerDue = false;
    this.lingerTimer?.cancel();
    this.lingerTimer = undefined;
    if (this.settings.eager) this.sealedAtMillis = this.connection.dependencies.clock.monotonicMillis();
    slot.seal();
    this.sender.enqueue(slot, shares, this.startedAtMillis);
  }
}

function isTooFar(slot: BatchSlot, originMicros: number): boolean {
  return Math.abs(originMicros - slot.firstOriginMicros) > ORIGIN_SPREAD_MICROS_MAX;
}
