import type { MarketEvent } from "./market-event.js";
import type { MatchingWalk, WalkState } from "./matching-walk.js";
import { OrderBook } from "./order-book.js";

const EVENTS_PER_CHECKPOINT = 512;
/** Beyond it every second checkpoint is let go: nothing is forgotten, looking back takes longer. */
const CHECKPOINTS_MAX = 512;

/** Where to begin: at an id or an instant, all inclusive. */
export type HistoryStart =
  | { readonly tradeId: number }
  | { readonly aggregateId: number }
  | { readonly eventMicros: number };

/** A book at one update id. */
export interface BookAt {
  readonly updateId: number;
  readonly book: OrderBook;
}

/**
 * All events so far without storing them: the walk's state now and then, and a second walk that runs any stretch
 * again.
 */
export class EventHistory {
  #checkpoints: WalkState[] = [];
  #spacing: number;
  #sinceCheckpoint = 0;
  #replay: MatchingWalk | undefined;

  /**
   * @param makeReplay a walk of the same symbol and seed, for this object alone
   * @param bookLevels wider checkpoints are taken more rarely
   */
  constructor(
    private readonly live: MatchingWalk,
    private readonly makeReplay: () => MatchingWalk,
    bookLevels: number,
  ) {
    this.#spacing = Math.max(EVENTS_PER_CHECKPOINT, bookLevels * 4);
  }

  /** Id of the book before the first event; undefined until that happened. */
  get firstUpdateId(): number | undefined {
    return this.#checkpoints[0]?.bookUpdateId;
  }

  /** To be called before each `live.next()`. */
  beforeEvent(): void {
    if (this.#checkpoints.length > 0 && ++this.#sinceCheckpoint < this.#spacing) return;
    this.#sinceCheckpoint = 0;
    this.#checkpoints.push(this.live.save());
    if (this.#checkpoints.length <= CHECKPOINTS_MAX) return;
    this.#checkpoints = this.#checkpoints.filter((_, at) => at % 2 === 0);
    this.#spacing *= 2;
  }

  /** Orders with fills from the one that holds the start on, into the one given object, until `visit` returns false. */
  visit(start: HistoryStart, event: MarketEvent, visit: () => boolean): void {
    const key: (state: WalkState) => number =
      "tradeId" in start
        ? (state) => state.nextTradeId
        : "aggregateId" in start
          ? (state) => state.nextAggregateId
          : (state) => state.nextMicros;
    const wanted = Object.values(start)[0] as number;
    const walk = this.#walkFrom(key, wanted);
    if (!walk) return;
    while (walk.eventCount < this.live.eventCount) {
      walk.next(event);
      if (event.fillCount === 0) continue;
      const last =
        "tradeId" in start
          ? walk.nextTradeId - 1
          : "aggregateId" in start
            ? walk.nextAggregateId - 1
            : event.eventMicros;
      if (last >= wanted && !visit()) return;
    }
  }

  /**
   * The book after all changes with an id up to the given one; undefined for an id before the first event or after the
   * last change.
   */
  bookAt(updateId: number, event: MarketEvent): BookAt | undefined {
    const first = this.#checkpoints[0];
    if (updateId > this.live.bookUpdateId || updateId < (first?.bookUpdateId ?? this.live.bookUpdateId)) {
      return undefined;
    }
    const book = new OrderBook();
    const walk = this.#walkFrom((state) => state.bookUpdateId, updateId);
    let reached = walk?.bookUpdateId ?? this.live.bookUpdateId;
    let undoFrom = 0;
    event.changeCount = 0;
    while (walk && walk.eventCount < this.live.eventCount && walk.bookUpdateId < updateId) {
      walk.next(event);
      for (undoFrom = 0; undoFrom < event.changeCount; undoFrom++) {
        if (event.changeIds[undoFrom]! > updateId) break;
        reached = event.changeIds[undoFrom]!;
      }
    }
    book.restore((walk ?? this.live).book.save());
    if (walk) {
      for (let at = event.changeCount - 1; at >= undoFrom; at--) {
        const side = event.changeIsBid[at] ? book.bids : book.asks;
        side.set(event.changePrices[at]!, event.changeBefore[at]!);
      }
    }
    return { updateId: reached, book };
  }

  /** The replaying walk, at the last checkpoint not after the wanted value; undefined before the first event. */
  #walkFrom(key: (state: WalkState) => number, wanted: number): MatchingWalk | undefined {
    if (this.#checkpoints.length === 0) return undefined;
    let low = 0;
    let high = this.#checkpoints.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (key(this.#checkpoints[middle]!) <= wanted) low = middle;
      else high = middle - 1;
    }
    this.#replay ??= this.makeReplay();
    this.#replay.restore(this.#checkpoints[low]!);
    return this.#replay;
  }
}
