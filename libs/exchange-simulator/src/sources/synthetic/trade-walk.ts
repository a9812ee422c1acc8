import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import { type RandomState, SeededRandom, seedFor } from "./seeded-random.js";
import { FILLS_MAX, type TakerOrder } from "./taker-order.js";

/** Everything that decides the rest of a walk; kept as checkpoints of the history. */
export interface WalkState {
  readonly random: RandomState;
  readonly nextMicros: number;
  readonly nextTradeId: number;
  readonly nextAggregateId: number;
  readonly bookUpdateId: number;
  readonly bid: number;
  readonly bursting: boolean;
}

const NEXT_FILL = 0.35;
const FILLS_PER_ORDER = 1 / (1 - NEXT_FILL);
const BURST_BEGINS = 0.01;
const BURST_ENDS = 0.08;
const BURST_FACTOR = 12;
/** Mean gap over calm gap: one order in nine falls into a burst. */
const MEAN_OVER_CALM_GAP = 1 - (BURST_BEGINS / (BURST_BEGINS + BURST_ENDS)) * (1 - 1 / BURST_FACTOR);
const MOVE_OF_PRICE = 2e-6;

/**
 * The random walk of one symbol: taker orders at random gaps with bursts, both sides, in whole ticks, sizes spread
 * over some decades. The next order depends on the saved state alone, so any stretch can be produced again.
 */
export class TradeWalk {
  /** When the next order happens, microseconds since 1970; infinite when the symbol does not trade. */
  nextMicros: number;
  nextTradeId: number;
  nextAggregateId: number;
  private readonly random: SeededRandom;
  private readonly calmGapMicros: number;
  private readonly moveTicks: number;
  private readonly quantityMax: number;
  private readonly bidMin: number;
  private readonly bidMax: number;
  private bookUpdateId: number;
  private bid: number;
  private bursting = false;

  /** @param tradesPerSecond average; 0 for a symbol that never trades */
  constructor(
    private readonly instrument: SimulatedInstrument,
    seed: number,
    startMicros: number,
    tradesPerSecond: number,
    private readonly unusualShare: number,
  ) {
    this.random = new SeededRandom(seedFor(seed, instrument.symbol));
    this.calmGapMicros = ((1e6 / tradesPerSecond) * FILLS_PER_ORDER) / MEAN_OVER_CALM_GAP;
    const { startPriceUnits: start, tickUnits: tick } = instrument;
    this.bid = start;
    this.bidMin = Math.max(1, Math.floor(start / tick / 3)) * tick;
    this.bidMax = start * 3;
    this.moveTicks = Math.max(1, (start / tick) * MOVE_OF_PRICE);
    // Keeps price × quantity of one fill below 2^51.
    this.quantityMax = Math.max(1, Math.floor(2 ** 51 / (this.bidMax * 2)));
    this.nextTradeId = 1_000_000_000 + (this.random.next() % 1_000_000_000);
    this.nextAggregateId = 400_000_000 + (this.random.next() % 400_000_000);
    this.bookUpdateId = 10_000_000_000 + this.random.next();
    this.nextMicros = startMicros + this.gap();
  }

  /** Produces the order due at {@link nextMicros} and draws when the one after it happens. */
  next(order: TakerOrder): void {
    const random = this.random;
    order.eventMicros = this.nextMicros;
    order.sendMicros = this.nextMicros + 300 + Math.floor(random.unit() * 2500);
    order.firstTradeId = this.nextTradeId;
    order.firstAggregateId = this.nextAggregateId;
    // Leans back towards the start price, so that a long run stays in a believable range.
    const start = this.instrument.startPriceUnits;
    const lean = Math.min(0.2, Math.max(-0.2, (start - this.bid) / start));
    order.buyerIsMaker = random.unit() >= 0.5 + lean;
    if (this.unusualShare > 0 && random.unit() < this.unusualShare) this.unusualPrint(order);
    else this.marketOrder(order);
    this.nextTradeId += order.fillCount;
    this.bookUpdateId += 1 + (random.next() % 20);
    order.bookUpdateId = this.bookUpdateId;
    order.bid = this.bid;
    order.ask = this.bid + this.instrument.tickUnits;
    order.bidQuantity = this.quantity();
    order.askQuantity = this.quantity();
    this.nextMicros += this.gap();
  }

  save(): WalkState {
    return {
      random: this.random.save(),
      nextMicros: this.nextMicros,
      nextTradeId: this.nextTradeId,
      nextAggregateId: this.nextAggregateId,
      bookUpdateId: this.bookUpdateId,
      bid: this.bid,
      bursting: this.bursting,
    };
  }

  restore(state: WalkState): void {
    this.random.restore(state.random);
    this.nextMicros = state.nextMicros;
    this.nextTradeId = state.nextTradeId;
    this.nextAggregateId = state.nextAggregateId;
    this.bookUpdateId = state.bookUpdateId;
    this.bid = state.bid;
    this.bursting = state.bursting;
  }

  private marketOrder(order: TakerOrder): void {
    const random = this.random;
    const tick = this.instrument.tickUnits;
    const direction = order.buyerIsMaker ? -1 : 1;
    let price = order.buyerIsMaker ? this.bid : this.bid + tick;
    let fills = 0;
    let levels = 1;
    do {
      if (fills > 0 && random.unit() < 0.3) {
        const deeper = price + direction * tick * (1 + (random.next() % 3));
        if (deeper >= tick) {
          price = deeper;
          levels++;
        }
      }
      order.prices[fills] = price;
      order.quantities[fills] = this.quantity();
      fills++;
    } while (fills < FILLS_MAX && random.unit() < NEXT_FILL);
    order.origin = "MARKET";
    order.fillCount = fills;
    this.nextAggregateId += levels;
    const moved = Math.floor(random.unit() * random.unit() * this.moveTicks * 2 + random.unit() * 0.6);
    const bid = this.bid + direction * moved * tick;
    this.bid = Math.min(this.bidMax, Math.max(this.bidMin, bid));
  }

  /** Liquidations by the insurance fund and ADL print off the market; NA rows carry no price at all. */
  private unusualPrint(order: TakerOrder): void {
    const draw = this.random.unit();
    const tick = this.instrument.tickUnits;
    const away = Math.max(1, Math.round(this.bid / tick / 50)) * tick;
    order.origin = draw < 0.7 ? "NA" : draw < 0.9 ? "INSURANCE_FUND" : "ADL";
    order.fillCount = 1;
    order.prices[0] = order.origin === "NA" ? 0 : this.bid + (order.buyerIsMaker ? 0 : away);
    order.quantities[0] = order.origin === "NA" ? 0 : this.quantity();
  }

  /** Near log-normal around the median. */
  private quantity(): number {
    const random = this.random;
    const normal = (random.unit() + random.unit() + random.unit() + random.unit() - 2) * 1.7;
    const drawn = Math.round(this.instrument.medianQuantityUnits * Math.exp(1.3 * normal));
    return Math.min(this.quantityMax, Math.max(1, drawn));
  }

  private gap(): number {
    if (this.calmGapMicros === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const random = this.random;
    const draw = random.unit();
    this.bursting = this.bursting ? draw >= BURST_ENDS : draw < BURST_BEGINS;
    const mean = this.bursting ? this.calmGapMicros / BURST_FACTOR : this.calmGapMicros;
    return Math.max(1, Math.round(-Math.log(1 - random.unit()) * mean));
  }
}
