import { OrderEvent, Side } from "@ims/common";
import type { OrderFields, OrderSnapshotFields } from "@ims/traits";
import { ChangeKind, OrderChange } from "./order-change.js";
import { scaledWords, scaleWords } from "./scale-words.js";

/**
 * Makes changes of events and of rows of lists, all at the same scales: those are to be raised first where an event or a
 * list has more digits.
 */
export class ChangeFiller {
  /** Used again for every change. */
  readonly change = new OrderChange();
  priceScale: number;
  quantityScale: number;

  constructor(private readonly scales: { readonly priceScale: number; readonly quantityScale: number }) {
    this.priceScale = scales.priceScale;
    this.quantityScale = scales.quantityScale;
  }

  /** Back to the scales of the instrument. */
  reset(): void {
    this.priceScale = this.scales.priceScale;
    this.quantityScale = this.scales.quantityScale;
  }

  /** Fills the change with what an event leaves of its order; false if it does not fit into 64 bits. */
  fill(order: OrderFields): boolean {
    const { change } = this;
    const { price, quantity } = order;
    change.id = order.orderId;
    change.eventMicros = order.eventMicros;
    change.receiveMicros = order.receiveMicros;
    change.kind = kindOf(order);
    if (change.kind === ChangeKind.Removed) return true;
    return (
      this.#fillPrice(price.lo, price.hi, price.scale) &&
      this.#fillQuantity(quantity.lo, quantity.hi, quantity.scale)
    );
  }

  /** The same with a row of a list. */
  fillRow(
    list: OrderSnapshotFields,
    kind: typeof ChangeKind.Buy | typeof ChangeKind.Sell,
    at: number,
  ): boolean {
    const { change } = this;
    const { ids, levels } = kind === ChangeKind.Sell ? list.asks : list.bids;
    change.kind = kind;
    change.id = ids[at]!;
    return (
      this.#fillPrice(levels.priceLo[at]!, levels.priceHi[at]!, list.priceScale) &&
      this.#fillQuantity(levels.quantityLo[at]!, levels.quantityHi[at]!, list.quantityScale)
    );
  }

  #fillPrice(lo: number, hi: number, scale: number): boolean {
    const fits = scaleWords(lo, hi, this.priceScale - scale);
    this.change.priceLo = scaledWords.lo;
    this.change.priceHi = scaledWords.hi;
    return fits;
  }

  #fillQuantity(lo: number, hi: number, scale: number): boolean {
    const fits = scaleWords(lo, hi, this.quantityScale - scale);
    this.change.quantityLo = scaledWords.lo;
    this.change.quantityHi = scaledWords.hi;
    return fits;
  }
}

/** An order without a price, or of which nothing is left, rests no longer. */
export function kindOf({ event, hasPrice, quantity, side }: OrderFields): ChangeKind {
  if (event === OrderEvent.Deleted || !hasPrice || (quantity.lo | quantity.hi) === 0)
    return ChangeKind.Removed;
  return side === Side.Sell ? ChangeKind.Sell : ChangeKind.Buy;
}
