/** What an event does to the resting orders. */
export const ChangeKind = { Removed: 0, Buy: 1, Sell: 2 } as const;
export type ChangeKind = (typeof ChangeKind)[keyof typeof ChangeKind];

/**
 * One order as an event leaves it, used again for every event: numbers that are handed on within an object need no
 * objects of their own. Prices and quantities are int64 mantissas as two words; they mean nothing for a removed order.
 */
export class OrderChange {
  kind: ChangeKind = ChangeKind.Removed;
  /** A whole number of 1 to 2^53 - 1; a fraction at first, so that the engine keeps room for a double. */
  id = 0.5;
  /** When it happened by the venue, and when it was read here. */
  eventMicros = 0.5;
  receiveMicros = 0.5;
  priceLo = 0;
  priceHi = 0;
  quantityLo = 0;
  quantityHi = 0;
}
