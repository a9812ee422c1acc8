import type { Clock, PublishingPhase, TimerHandle } from "@ims/common";
import { fail } from "../errors.js";
import { CHANNEL_TOPICS, Channel } from "./channels.js";

/** The memory of the outgoing batches, as a `BatchArena` tells of it. */
export interface BatchRoom {
  readonly freeSlotCount: number;
  readonly slotCount: number;
  onSlotFree(listener: () => void): () => void;
}

/**
 * What is given up first when the broker takes less than the venue gives: what the next record of the feed replaces
 * anyway, then what can be asked for again, and trades last. Gaps and feed states are never given up for others.
 */
export const SHED_ORDER: readonly Channel[] = [
  Channel.Tickers,
  Channel.OptionTickers,
  Channel.MarkPrice,
  Channel.TopOfBook,
  Channel.Orders,
  Channel.Book,
  Channel.Bars,
  Channel.Liquidations,
  Channel.Trades,
];

/**
 * Decides what happens when the outgoing batches fill up, because the broker is slow or away:
 * - while a quarter of their slots is free, everything flows;
 * - below that the venue is not read (`accepting` is false), and what it had sent already takes from the quarter;
 * - when the venue was left unread for `blockMillis` longer than it flowed since, it is read again, and feeds are given up in the order of {@link SHED_ORDER}: each class when the free slots fall below its
 *   floor, which is lower the later it stands. A class that is given up stays so, which makes one gap of it;
 * - when half of the slots are free again everything flows.
 */
export class PublishingPressure {
  /** By channel: 1 while its records are given up. */
  readonly shed = new Uint8Array(CHANNEL_TOPICS.length);
  /** Read for each record. */
  isShedding = false;
  private readonly headroom: number;
  private readonly resumeAt: number;
  private readonly calmAt: number;
  private readonly floors: readonly number[];
  private current: PublishingPhase = "flowing";
  private sinceMillis: number;
  /** Of `blockMillis`, when the phase began; flowing gives its own time back. */
  private blockedMillis = 0;
  private readonly pastMillis: Record<PublishingPhase, number> = { flowing: 0, blocking: 0, shedding: 0 };
  private shedCount = 0;
  private isClosed = false;
  private timer: TimerHandle | undefined;
  private waiters: { resolve(): void; reject(error: Error): void }[] = [];
  private readonly listeners: ((phase: PublishingPhase) => void)[] = [];
  private readonly stopListening: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly room: BatchRoom,
    private readonly blockMillis: number,
  ) {
    const { slotCount } = room;
    this.headroom = Math.max(1, Math.ceil(slotCount / 4));
    this.resumeAt = Math.min(slotCount, this.headroom + Math.max(1, Math.floor(slotCount / 8)));
    this.calmAt = Math.max(this.resumeAt, Math.ceil(slotCount / 2));
    this.floors = SHED_ORDER.map((_, index) =>
      Math.ceil((this.headroom * (SHED_ORDER.length - index)) / (SHED_ORDER.length + 1)),
    );
    this.sinceMillis = clock.monotonicMillis();
    this.stopListening = room.onSlotFree(() => this.onSlotFree());
  }

  get phase(): PublishingPhase {
    return this.current;
  }

  get phaseMillis(): number {
    return this.clock.monotonicMillis() - this.sinceMillis;
  }

  /** How long each phase lasted since the start, all its times together. */
  millisIn(phase: PublishingPhase): number {
    return this.pastMillis[phase] + (phase === this.current ? this.phaseMillis : 0);
  }

  /** Whether the venue should be read; asked after each frame, which is when a shortage is noticed. */
  get accepting(): boolean {
    if (this.isClosed) return false;
    if (this.current === "flowing" && this.room.freeSlotCount < this.headroom) this.block();
    return this.current !== "blocking";
  }

  /** Resolves when {@link accepting} is true; rejects with `service.stopped` when the service ends. */
  whenAccepting(): Promise<void> {
    if (this.isClosed) return Promise.reject(stopped());
    if (this.accepting) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject });
    });
  }

  /** While {@link isShedding}: whether a record of the channel is to be given up. */
  sheds(channel: Channel): boolean {
    const free = this.room.freeSlotCount;
    while (this.shedCount < SHED_ORDER.length && free < this.floors[this.shedCount]!) this.shedNext();
    return this.shed[channel] === 1;
  }

  /** Calls `listener` at each change of the phase. */
  onPhase(listener: (phase: PublishingPhase) => void): void {
    this.listeners.push(listener);
  }

  /** The venue is not read any more. */
  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.stopListening();
    for (const { reject } of this.waiters.splice(0)) reject(stopped());
  }

  private onSlotFree(): void {
    if (this.current === "flowing") return;
    const free = this.room.freeSlotCount;
    if (this.current === "blocking" ? free >= this.resumeAt : free >= this.calmAt) this.flow();
  }

  private block(): void {
    this.blockedMillis = Math.max(0, this.blockedMillis - this.phaseMillis);
    const leftMillis = this.blockMillis - this.blockedMillis;
    if (leftMillis <= 0) {
      this.beginShedding();
      return;
    }
    this.enter("blocking");
    this.timer = this.clock.setTimer(leftMillis, () => this.beginShedding());
  }

  private beginShedding(): void {
    this.blockedMillis = this.blockMillis;
    this.isShedding = true;
    this.shedNext();
    this.enter("shedding");
  }

  private flow(): void {
    if (this.current === "blocking") this.blockedMillis += this.phaseMillis;
    this.isShedding = false;
    this.shed.fill(0);
    this.shedCount = 0;
    this.enter("flowing");
  }

  private shedNext(): void {
    this.shed[SHED_ORDER[this.shedCount]!] = 1;
    this.shedCount++;
  }

  private enter(phase: PublishingPhase): void {
    this.timer?.cancel();
    this.pastMillis[this.current] += this.phaseMillis;
    this.current = phase;
    this.sinceMillis = this.clock.monotonicMillis();
    for (const listener of this.listeners) listener(phase);
    if (phase !== "blocking") for (const { resolve } of this.waiters.splice(0)) resolve();
  }
}

function stopped(): Error {
  return fail("service.stopped", "The service is stopping");
}
