import type { TakerOrder } from "./taker-order.js";
import type { TradeWalk, WalkState } from "./trade-walk.js";

const ORDERS_PER_CHECKPOINT = 256;
/** About 100 million orders; beyond it the oldest stretch can no longer be asked for. */
const CHECKPOINTS_MAX = 400_000;

/** Where to begin: at an id or an instant, all inclusive. */
export type HistoryStart =
  | { readonly tradeId: number }
  | { readonly aggregateId: number }
  | { readonly eventMicros: number };

/**
 * All orders so far without storing them: the walk's state every 256 orders, and a second walk that runs any stretch
 * again.
 */
export class TradeHistory {
  readonly #checkpoints: WalkState[] = [];
  #sinceCheckpoint = 0;

  /** @param replay a walk of the same symbol and seed, for this object alone */
  constructor(
    private readonly live: TradeWalk,
    private readonly replay: TradeWalk,
  ) {
    this.#checkpoints.push(live.save());
  }

  /** To be called before each `live.next()`. */
  beforeOrder(): void {
    if (this.#sinceCheckpoint++ < ORDERS_PER_CHECKPOINT) return;
    this.#sinceCheckpoint = 1;
    this.#checkpoints.push(this.live.save());
    if (this.#checkpoints.length > CHECKPOINTS_MAX) this.#checkpoints.splice(0, CHECKPOINTS_MAX / 10);
  }

  /** Orders from the one that holds the start on, into the one given object, until `visit` returns false. */
  visit(start: HistoryStart, order: TakerOrder, visit: () => boolean): void {
    const key: (state: WalkState) => number =
      "tradeId" in start
        ? (state) => state.nextTradeId
        : "aggregateId" in start
          ? (state) => state.nextAggregateId
          : (state) => state.nextMicros;
    const wanted = Object.values(start)[0] as number;
    let low = 0;
    let high = this.#checkpoints.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (key(this.#checkpoints[middle]!) <= wanted) low = middle;
      else high = middle - 1;
    }
    const walk = this.replay;
    walk.restore(this.#checkpoints[low]!);
    while (walk.nextTradeId < this.live.nextTradeId) {
      walk.next(order);
      const last =
        "tradeId" in start
          ? walk.nextTradeId - 1
          : "aggregateId" in start
            ? walk.nextAggregateId - 1
            : order.eventMicros;
      if (last >= wanted && !visit()) return;
    }
  }
}
