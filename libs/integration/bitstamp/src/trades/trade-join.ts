import { RecordFlags } from "@ims/common";
import { copyTrade } from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";
import { RecentIds } from "./recent-ids.js";

export interface TradeJoinOptions {
  /** The trade may be reused after the call. */
  readonly publish: (trade: TradeFields) => void;
  /** Trades that wait while missed ones are read; with more they are passed on at once. */
  readonly heldMax: number;
  /** The venue began its ids anew; event times on both sides, microseconds. */
  readonly restarted: (fromMicros: number, toMicros: number) => void;
}

/** Ids that are remembered to tell a copy from a trade that was overtaken. */
const RECENT_MAX = 8192;
const ANEW_MICROS = 60_000_000;

/**
 * Passes on the trades of one market, each id once. Ids only rise, with holes, for all markets share one counter
 * (bitstamp.md section 3.1): a jump says nothing, so nothing is missed by ids. Between {@link hold} and {@link release}
 * live trades wait for those of a lost connection that are read over REST.
 */
export class TradeJoin {
  readonly #options: TradeJoinOptions;
  readonly #recent = new RecentIds(RECENT_MAX);
  /** In order of ids. */
  readonly #held: TradeFields[] = [];
  #holding = false;
  #firstId = 0;
  #lastId = 0;
  #lastMicros = 0;
  #firstLiveId = 0;
  duplicateCount = 0;
  lateCount = 0;

  constructor(options: TradeJoinOptions) {
    this.#options = options;
  }

  /** The first id that was passed on; 0 before it. */
  get firstId(): number {
    return this.#firstId;
  }

  /** Largest id that was passed on; 0 before the first. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Largest event time of what was passed on in its place, microseconds: one wrong time says nothing of later ones. */
  get lastMicros(): number {
    return this.#lastMicros;
  }

  get isHolding(): boolean {
    return this.#holding;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  /** Smallest id of the stream since {@link hold}; 0 while there is none. */
  get firstLiveId(): number {
    return this.#firstLiveId;
  }

  /** Before the first trade: the last one that an earlier run of the service has passed on. */
  resumeFrom(id: number): void {
    this.#lastId = id;
  }

  /** The stream was cut: what it brings from now on waits. */
  hold(): void {
    this.#holding = true;
    this.#firstLiveId = 0;
  }

  /** A trade of the stream; read during the call. */
  offer(trade: TradeFields): void {
    if (this.#isAnew(trade)) this.#restart(trade.eventMicros);
    if (this.#firstLiveId === 0 || trade.tradeId < this.#firstLiveId) this.#firstLiveId = trade.tradeId;
    this.#take(trade);
    if (this.#held.length > this.#options.heldMax) this.release();
  }

  /** A trade that REST lists, with the flag BackFilled. False if it was there already. */
  offerListed(trade: TradeFields): boolean {
    return this.#take(trade);
  }

  /** What waits is passed on in order; what is listed later is marked Late where it comes behind its successors. */
  release(): void {
    this.#holding = false;
    for (const trade of this.#held.splice(0)) this.#pass(trade);
  }

  #take(trade: TradeFields): boolean {
    if (this.#isKnown(trade.tradeId)) {
      this.duplicateCount++;
      return false;
    }
    this.#recent.add(trade.tradeId);
    if (!this.#holding) {
      this.#pass(trade);
      return true;
    }
    let at = this.#held.length;
    while (at > 0 && this.#held[at - 1]!.tradeId > trade.tradeId) at--;
    this.#held.splice(at, 0, copyTrade(trade));
    return true;
  }

  /** Of ids that had to be forgotten it is not known: they count as seen, so that nothing comes twice. */
  #isKnown(id: number): boolean {
    return this.#recent.has(id) || id <= this.#recent.forgottenMax;
  }

  /** An old id on a trade that is so much later than any other: another counter began. */
  #isAnew({ eventMicros, tradeId }: TradeFields): boolean {
    const isOld = tradeId <= this.#lastId;
    return isOld && (this.#lastMicros === 0 || eventMicros > this.#lastMicros + ANEW_MICROS);
  }

  #restart(eventMicros: number): void {
    this.release();
    this.#options.restarted(this.#lastMicros, eventMicros);
    this.#recent.clear();
    this.#firstId = 0;
    this.#lastId = 0;
    this.#firstLiveId = 0;
  }

  #pass(trade: TradeFields): void {
    this.#firstId ||= trade.tradeId;
    if (trade.tradeId > this.#lastId) {
      this.#lastId = trade.tradeId;
      this.#lastMicros = Math.max(this.#lastMicros, trade.eventMicros);
    } else {
      this.lateCount++;
      trade.flags |= RecordFlags.Late;
    }
    this.#options.publish(trade);
  }
}
