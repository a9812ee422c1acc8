import { type ImsError, type TimerHandle } from "@ims/common";
import {
  BatchArena,
  BatchSlot,
  encodeSendRoute,
  type MessageIdWords,
  ORIGIN_SPREAD_MICROS_MAX,
} from "@ims/iggy-protocol";
import type { ServerConnection } from "../connection/server-connection.js";
import { fail } from "../errors.js";
import { BatchSender } from "./batch-sender.js";
import type { ProducerOptions } from "./producer-options.js";

const DEFAULT_SLOT_COUNT = 8;
const DEFAULT_SLOT_BYTES = 256 * 1024;
const CLOSE_TIMEOUT_MILLIS = 10_000;

/**
 * Writes messages of one partition without copying them: `reserve` gives a place in `arena.bytes`, the caller writes the
 * payload there, `commit` appends it to the batch. Batches go out when they are full, hold `batchCountMax` messages or
 * are `lingerMillis` old and there is a place on the wire; until then they grow. They keep their order, survive
 * reconnects (at least once: a batch whose reply was lost is sent again), and each ends in `onConfirmed` or `onFailed`.
 *
 * Backpressure: `accepting` turns false when fewer than `headroomSlots` slots are free. What was under way still fits,
 * since the slot in use has room and `reserve` may take the last free ones; when nothing is left `reserve` gives -1.
 */
export class PartitionProducer {
  readonly arena: BatchArena;
  private readonly route: Uint8Array;
  private readonly lingerMillis: number;
  private readonly batchCountMax: number;
  private readonly headroomSlots: number;
  private readonly payloadBytesMax: number;
  private readonly sender: BatchSender;
  private readonly stopListening: () => void;
  private current: BatchSlot | undefined;
  private lingerTimer: TimerHandle | undefined;
  /** The current batch has waited long enough, or somebody flushes. */
  private lingerDue = false;
  private closing: Promise<void> | undefined;
  private isClosing = false;
  private acceptWaiters: { resolve(): void; reject(error: ImsError): void }[] = [];

  /** Made by `IggyClient.createProducer`. */
  constructor(
    private readonly connection: ServerConnection,
    options: ProducerOptions,
    private readonly onClosed: () => void,
  ) {
    this.arena =
      options.arena ?? BatchArena.create({ slotCount: DEFAULT_SLOT_COUNT, slotBytes: DEFAULT_SLOT_BYTES });
    this.route = encodeSendRoute(options.stream, options.topic, {
      kind: "partition",
      partitionId: options.partitionId,
    });
    this.lingerMillis = wholeNumber("lingerMillis", options.lingerMillis ?? 1, 0, 60_000);
    this.batchCountMax = wholeNumber("batchCountMax", options.batchCountMax ?? 1000, 1, 1_000_000);
    this.headroomSlots = wholeNumber("headroomSlots", options.headroomSlots ?? 1, 1, this.arena.slotCount);
    this.payloadBytesMax = BatchSlot.payloadBytesMax(this.arena.slotBytes, this.route.length);
    this.sender = new BatchSender(connection, this.arena, {
      label: `${options.stream}/${options.topic}/${options.partitionId}`,
      inFlightMax: wholeNumber("inFlightMax", options.inFlightMax ?? 4, 1, 64),
      timeoutsMax: wholeNumber("timeoutsMax", options.timeoutsMax ?? 3, 1, 1000),
      onConfirmed: options.onConfirmed,
      onFailed: options.onFailed,
      onPlaceFree: () => this.sealWhenDue(),
    });
    this.stopListening = this.arena.onSlotFree(() => this.wakeAccepting());
  }

  /** Whether new work should be begun: open, and at least `headroomSlots` slots free. */
  get accepting(): boolean {
    return !this.isClosing && this.arena.freeSlotCount >= this.headroomSlots;
  }

  /** Messages committed and neither confirmed nor failed. */
  get pendingCount(): number {
    return this.sender.pendingCount + (this.current?.messageCount ?? 0);
  }

  /**
   * The position in `arena.bytes` where a payload of this many bytes must be written before `commit`, or -1 when there
   * is no room now. Throws `iggy-client.payload-too-large` for one that never fits, `iggy-client.producer-closed`.
   */
  reserve(payloadBytes: number): number {
    if (this.isClosing) throw closedError();
    if (this.current) {
      const at = this.current.reserve(payloadBytes);
      if (at >= 0) return at;
    }
    return this.reserveInNewSlot(payloadBytes);
  }

  /**
   * Appends the payload written at the place that the last `reserve` gave, in the same turn of the event loop: a timer
   * in between may send the batch without it.
   * @param payloadBytes at most what was reserved
   * @param id four u32 words, lowest first; copied
   * @param originMicros creation time, microseconds since 1970
   */
  commit(payloadBytes: number, id: MessageIdWords, originMicros: number): void {
    const slot = this.current;
    if (!slot) throw fail("iggy-client.argument", "commit without a reserve before it");
    if (slot.messageCount === 0) this.startLinger();
    else if (Math.abs(originMicros - slot.firstOriginMicros) > ORIGIN_SPREAD_MICROS_MAX) {
      this.moveToNewSlot(slot, payloadBytes, id, originMicros);
      return;
    }
    slot.commit(payloadBytes, id, originMicros);
    if (slot.messageCount >= this.batchCountMax) this.sealCurrent();
  }

  /**
   * Sends what is there without lingering; resolves when every message committed so far is confirmed. Rejects with the
   * first error when one of their batches was given up.
   */
  async flush(): Promise<void> {
    const isCollecting = (this.current?.messageCount ?? 0) > 0;
    // Waits from before the batch is handed over, where it may fail at once.
    const settled = this.sender.settled(isCollecting);
    if (isCollecting) {
      this.lingerDue = true;
      this.sealWhenDue();
    }
    await settled;
  }

  /** Resolves when `accepting` is true; rejects with `iggy-client.producer-closed`. */
  whenAccepting(): Promise<void> {
    if (this.isClosing) return Promise.reject(closedError());
    if (this.accepting) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.acceptWaiters.push({ resolve, reject });
    });
  }

  /**
   * Takes no more messages, flushes, and gives every slot back. After `timeoutMillis` what is left is reported as failed
   * and the call rejects with that error.
   */
  close(timeoutMillis: number = CLOSE_TIMEOUT_MILLIS): Promise<void> {
    this.isClosing = true;
    this.closing ??= this.finish(timeoutMillis);
    return this.closing;
  }

  private async finish(timeoutMillis: number): Promise<void> {
    for (const { reject } of this.acceptWaiters.splice(0)) reject(closedError());
    const timer = this.connection.dependencies.clock.setTimer(timeoutMillis, () => {
      this.sealCurrent();
      this.sender.abandon(`the producer was closed and ${timeoutMillis} ms were not enough to deliver it`);
    });
    try {
      await this.flush();
    } finally {
      timer.cancel();
      this.lingerTimer?.cancel();
      if (this.current) {
        this.current.release();
        this.current = undefined;
      }
      this.sender.stop();
      this.stopListening();
      this.onClosed();
    }
  }

  private reserveInNewSlot(payloadBytes: number): number {
    if (!(payloadBytes <= this.payloadBytesMax)) {
      throw fail(
        "iggy-client.payload-too-large",
        `a payload of ${payloadBytes} bytes; a slot of ${this.arena.slotBytes} bytes takes ${this.payloadBytesMax}`,
      );
    }
    this.sealCurrent();
    const slot = this.arena.acquire();
    if (!slot) return -1;
    slot.begin(this.route);
    this.current = slot;
    return slot.reserve(payloadBytes);
  }

  /** Creation times too far apart for one batch: the message begins the next one, at the cost of a copy. */
  private moveToNewSlot(
    full: BatchSlot,
    payloadBytes: number,
    id: MessageIdWords,
    originMicros: number,
  ): void {
    const from = full.reserve(payloadBytes);
    const next = this.arena.acquire();
    if (!next) {
      throw fail(
        "iggy-client.argument",
        `creation time ${originMicros} needs a new batch and no slot is free: the message was not taken`,
      );
    }
    next.begin(this.route);
    this.arena.bytes.copyWithin(next.reserve(payloadBytes), from, from + payloadBytes);
    this.sealCurrent();
    this.current = next;
    this.startLinger();
    next.commit(payloadBytes, id, originMicros);
    if (next.messageCount >= this.batchCountMax) this.sealCurrent();
  }

  private startLinger(): void {
    this.lingerDue = false;
    this.lingerTimer ??= this.connection.dependencies.clock.setTimer(this.lingerMillis, () => {
      this.lingerTimer = undefined;
      this.lingerDue = true;
      this.sealWhenDue();
    });
  }

  /** An aged batch goes as soon as it can be sent at once; while it cannot, it had better grow. */
  private sealWhenDue(): void {
    if (this.lingerDue && this.sender.canSendNow) this.sealCurrent();
  }

  private sealCurrent(): void {
    const slot = this.current;
    if (!slot || slot.messageCount === 0) return;
    this.current = undefined;
    this.lingerDue = false;
    this.lingerTimer?.cancel();
    this.lingerTimer = undefined;
    slot.seal();
    this.sender.enqueue(slot);
  }

  private wakeAccepting(): void {
    if (!this.accepting) return;
    for (const { resolve } of this.acceptWaiters.splice(0)) resolve();
  }
}

function closedError(): ImsError {
  return fail("iggy-client.producer-closed", "the producer is closed");
}

function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw fail("iggy-client.argument", `${name} is ${value}, allowed are ${min} to ${max}`);
  }
  return value;
}
