import { GapReason, RecordFlags } from "@ims/common";
import type { TradeFields } from "@ims/traits";
import { type Loss, MissingIds, type MissingRange } from "./missing-ids.js";
import { copyTrade } from "./trade-copy.js";

export interface TradeSequencerOptions {
  /** The trade may be reused after the call. */
  readonly publish: (trade: TradeFields) => void;
  /** Ids that nobody has any more, told once. */
  readonly gap: (range: MissingRange) => void;
  /** These ids were jumped over; have them read, then call {@link TradeSequencer.abandon} for what could not be had. */
  readonly fill: (from: number, to: number) => void;
  /** Records wait for missing ones from now on, or no longer. */
  readonly onHolding: (holding: boolean) => void;
  /** Most trades that wait. When it is reached they are passed on, and what is read later is marked Late. */
  readonly heldMax: number;
}

/** Losses that are looked after at once; beyond it the oldest becomes a Gap. */
const RANGES_MAX = 64;
/** A larger jump is no loss: the venue began other ids. */
const JUMP_MAX = 100_000_000;
/** An id that was seen before, on a trade so much later than any other: the venue began its ids anew. */
const RESTART_MICROS = 1_000_000;

/**
 * Passes the trades of one stream on in the order of their ids, each id once, whatever connection or request brought
 * it: ids that were seen are dropped, ids that were jumped over are asked for, and what follows them waits meanwhile.
 * In the end every id from the first one on was published once or lies in a Gap.
 *
 * Ids follow one another without holes on every trades stream of Binance, also over prints that are not passed on
 * (see {@link skip}).
 */
export class TradeSequencer {
  readonly #options: TradeSequencerOptions;
  readonly #missing = new MissingIds();
  /** In order of ids; all above {@link lastId}. */
  readonly #held: TradeFields[] = [];
  /** Largest id that was seen; 0: none yet. */
  private knownId = 0;
  /** Everything up to here was published, or its turn in the order is over. */
  private lastId = 0;
  private lastEventMicros = 0;
  #toldHolding = false;
  #lossReason: GapReason = GapReason.SequenceBroken;
  duplicateCount = 0;
  lossCount = 0;

  constructor(options: TradeSequencerOptions) {
    this.#options = options;
  }

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  get missing(): readonly MissingRange[] {
    return this.#missing.ranges;
  }

  /** Largest id that was seen, 0 before the first. */
  get largestId(): number {
    return this.knownId;
  }

  /** Before the first trade: the last id that an earlier run of the service has passed on. */
  resumeFrom(id: number): void {
    if (this.knownId !== 0 || id <= 0) return;
    this.knownId = id;
    this.lastId = id;
    this.#lossReason = GapReason.ServiceRestarted;
  }

  /** What a jump means from now on, until the next trade: the connection was lost, say. */
  expectLoss(reason: GapReason): void {
    if (this.#lossReason !== GapReason.ServiceRestarted) this.#lossReason = reason;
  }

  /** A trade from the stream, or from a request with the flag BackFilled. */
  offer(trade: TradeFields): void {
    const id = trade.tradeId;
    if (id === this.knownId + 1 && this.lastId === this.knownId) {
      this.knownId = id;
      this.lastId = id;
      this.lastEventMicros = trade.eventMicros;
      this.#lossReason = GapReason.SequenceBroken;
      this.#options.publish(trade);
      return;
    }
    this.#offerUnusual(trade);
  }

  /** An id that the venue used for something that is no trade. */
  skip(id: number): void {
    if (this.knownId === 0) return;
    if (id <= this.knownId) {
      this.#missing.take(id);
    } else {
      this.#miss(id, 0);
      this.knownId = id;
    }
    this.#drain();
  }

  /** What is still missing within will not be had: it becomes a Gap, and nothing waits for it any more. */
  abandon(from: number, to: number): void {
    for (const range of this.#missing.takeWithin(from, to)) this.#options.gap(range);
    this.#drain();
  }

  /** Ends it: what waits is passed on, what is missing becomes Gaps. */
  close(): void {
    this.abandon(0, this.knownId);
  }

  /** What waits is passed on now; what is missing may still come, and is then marked Late. */
  giveUpOrder(): void {
    const held = this.#held.splice(0);
    this.lastId = this.knownId;
    for (const trade of held) this.#options.publish(trade);
    this.#tellHolding();
  }

  /** The first missing id within, undefined if there is none. */
  firstMissing(from: number, to: number): number | undefined {
    const id = this.#missing.firstFrom(from);
    return id !== undefined && id <= to ? id : undefined;
  }

  #offerUnusual(trade: TradeFields): void {
    const id = trade.tradeId;
    if (this.knownId === 0) {
      this.#begin(trade);
    } else if (id > this.knownId) {
      if (id - this.knownId > JUMP_MAX) {
        this.#restart(trade);
        return;
      }
      this.#miss(id, trade.eventMicros);
      this.knownId = id;
      this.lastEventMicros = trade.eventMicros;
      this.#hold(trade);
    } else {
      this.#offerOld(trade);
    }
  }

  #offerOld(trade: TradeFields): void {
    const loss = this.#missing.take(trade.tradeId);
    if (!loss) {
      const isNew = trade.eventMicros > this.lastEventMicros + RESTART_MICROS;
      if (isNew && (trade.flags & RecordFlags.BackFilled) === 0) this.#restart(trade);
      else this.duplicateCount++;
      return;
    }
    loss.filledCount++;
    if (trade.tradeId <= this.lastId) {
      trade.flags |= RecordFlags.Late;
      this.#options.publish(trade);
      trade.flags &= ~RecordFlags.Late;
    } else {
      this.#hold(trade);
    }
  }

  #begin(trade: TradeFields): void {
    this.knownId = trade.tradeId;
    this.lastId = trade.tradeId;
    this.lastEventMicros = trade.eventMicros;
    this.#lossReason = GapReason.SequenceBroken;
    this.#options.publish(trade);
  }

  /** Ids begin anew: how many trades were between is not known. */
  #restart(trade: TradeFields): void {
    this.close();
    const { lastEventMicros: fromMicros } = this;
    const loss = {
      reason: GapReason.VenueRestarted,
      fromMicros,
      toMicros: trade.eventMicros,
      filledCount: 0,
    };
    this.lossCount++;
    this.#options.gap({ from: 0, to: 0, loss });
    this.#begin(trade);
  }

  /** Everything between the largest known id and this one is missing, if anything. */
  #miss(id: number, toMicros: number): void {
    const from = this.knownId + 1;
    if (from === id) return;
    const loss: Loss = {
      reason: this.#lossReason,
      fromMicros: this.lastEventMicros,
      toMicros,
      filledCount: 0,
    };
    this.#lossReason = GapReason.SequenceBroken;
    this.lossCount++;
    this.#missing.append(from, id - 1, loss);
    if (this.#missing.rangeCount > RANGES_MAX) {
      const oldest = this.#missing.ranges[0]!;
      this.abandon(oldest.from, oldest.to);
    }
    this.#options.fill(from, id - 1);
  }

  #hold(trade: TradeFields): void {
    let at = this.#held.length;
    while (at > 0 && this.#held[at - 1]!.tradeId > trade.tradeId) at--;
    this.#held.splice(at, 0, copyTrade(trade));
    this.#drain();
    if (this.#held.length > this.#options.heldMax) this.giveUpOrder();
  }

  /** Passes on what waits for nothing any more. */
  #drain(): void {
    const barrier = this.#missing.firstFrom(this.lastId + 1) ?? this.knownId + 1;
    this.lastId = Math.max(this.lastId, barrier - 1);
    let count = 0;
    while (count < this.#held.length && this.#held[count]!.tradeId < barrier) count++;
    for (const trade of this.#held.splice(0, count)) this.#options.publish(trade);
    this.#tellHolding();
  }

  #tellHolding(): void {
    if (this.#toldHolding === this.isHolding) return;
    this.#toldHolding = this.isHolding;
    this.#options.onHolding(this.#toldHolding);
  }
}
