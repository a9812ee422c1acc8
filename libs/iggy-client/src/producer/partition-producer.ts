import type { ImsError } from "@ims/common";
import { BatchArena, encodeSendRoute, type MessageIdWords } from "@ims/iggy-protocol";
import type { ServerConnection } from "../connection/server-connection.js";
import { fail } from "../errors.js";
import { PartitionLane } from "./partition-lane.js";
import type { ProducerOptions } from "./producer-options.js";
import { wholeNumber } from "./whole-number.js";

const DEFAULT_SLOT_COUNT = 8;
const DEFAULT_SLOT_BYTES = 256 * 1024;
const CLOSE_TIMEOUT_MILLIS = 10_000;

/**
 * Writes messages of one partition without copying them: `reserve` gives a place in `arena.bytes`, the caller writes the
 * payload there, `commit` appends it to the batch. Batches go out when they are full, hold `batchCountMax` messages or
 * are `lingerMillis` old (at once after a pause, if `eager`) and there is a place on the wire; until then they grow. They keep their order, survive
 * reconnects (at least once: a batch whose reply was lost is sent again), and each ends in `onConfirmed` or `onFailed`.
 *
 * Backpressure: `accepting` turns false when fewer than `headroomSlots` slots are free. What was under way still fits,
 * since the slot in use has room and `reserve` may take the last free ones; when nothing is left `reserve` gives -1.
 */
export class PartitionProducer {
  readonly arena: BatchArena;
  private readonly lane: PartitionLane;
  private readonly headroomSlots: number;
  private readonly stopListening: () => void;
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
    this.headroomSlots = wholeNumber("headroomSlots", options.headroomSlots ?? 1, 1, this.arena.slotCount);
    this.lane = new PartitionLane(connection, this.arena, {
      route: encodeSendRoute(options.stream, options.topic, {
        kind: "partition",
        partitionId: options.partitionId,
      }),
      label: `${options.stream}/${options.topic}/${options.partitionId}`,
      lingerMillis: wholeNumber("lingerMillis", options.lingerMillis ?? 1, 0, 60_000),
      eager: options.eager ?? false,
      ...(options.eager && { growingInFlightMax: 1 }),
      batchCountMax: wholeNumber("batchCountMax", options.batchCountMax ?? 1000, 1, 1_000_000),
      inFlightMax: wholeNumber("inFlightMax", options.inFlightMax ?? 4, 1, 64),
      timeoutsMax: wholeNumber("timeoutsMax", options.timeoutsMax ?? 3, 1, 1000),
      retriesMax: Number.POSITIVE_INFINITY,
      retryMillis: 0,
      deliveryMillisMax: Number.POSITIVE_INFINITY,
      resend: options.resend ?? true,
      onConfirmed: options.onConfirmed,
      onFailed: options.onFailed,
    });
    this.stopListening = this.arena.onSlotFree(() => this.wakeAccepting());
  }

  /** Whether new work should be begun: open, and at least `headroomSlots` slots free. */
  get accepting(): boolean {
    return !this.isClosing && this.arena.freeSlotCount >= this.headroomSlots;
  }

  /** Messages committed and neither confirmed nor failed. */
  get pendingCount(): number {
    return this.lane.pendingCount;
  }

  /**
   * The position in `arena.bytes` where a payload of this many bytes must be written before `commit`, or -1 when there
   * is no room now. Throws `iggy-client.payload-too-large` for one that never fits, `iggy-client.producer-closed`.
   */
  reserve(payloadBytes: number): number {
    if (this.isClosing) throw closedError();
    return this.lane.reserve(payloadBytes);
  }

  /**
   * Appends the payload written at the place that the last `reserve` gave, in the same turn of the event loop: a timer
   * in between may send the batch without it.
   * @param payloadBytes at most what was reserved
   * @param id four u32 words, lowest first; copied
   * @param originMicros creation time, microseconds since 1970
   * @param headersBytes encoded user headers, written directly behind the payload and reserved together with it
   */
  commit(payloadBytes: number, id: MessageIdWords, originMicros: number, headersBytes = 0): void {
    this.lane.commit(payloadBytes, id, originMicros, headersBytes);
  }

  /**
   * Sends what is there without lingering; resolves when every message committed so far is confirmed or given up. Rejects
   * with the first error when a batch is given up meanwhile; of those before it only `onFailed` has told.
   */
  flush(): Promise<void> {
    return this.lane.flush();
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
      this.lane.abandon(`the producer was closed and ${timeoutMillis} ms were not enough to deliver it`);
    });
    try {
      await this.flush();
    } finally {
      timer.cancel();
      this.lane.stop();
      this.stopListening();
      this.onClosed();
    }
  }

  private wakeAccepting(): void {
    if (!this.accepting) return;
    for (const { resolve } of this.acceptWaiters.splice(0)) resolve();
  }
}

function closedError(): ImsError {
  return fail("iggy-client.producer-closed", "the producer is closed");
}
