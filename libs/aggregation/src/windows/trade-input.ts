/** One regular trade at the scales of its symbol; reused. Prices and quantities are above 0, as two limbs of 52 bits. */
export class TradeInput {
  /** Event time, microseconds since 1970. */
  micros = 0;
  priceLo = 0;
  priceHi = 0;
  /** The price's mantissa as a double. */
  price = 0;
  quantityLo = 0;
  quantityHi = 0;
  /** A number of `Aggressor`. */
  aggressor = 0;
}
