/** An instrument as `public/get_instruments` lists it, and what its prices and amounts are made of. */
export interface DeribitInstrument {
  readonly symbol: string;
  readonly kind: "future" | "option" | "spot";
  /** All that the list says of it, but for its name, kind and state. */
  readonly row: Readonly<Record<string, unknown>>;
  /** A price is a whole number of ticks, each of `tickUnits × 10^-priceScale`. */
  readonly tickUnits: number;
  readonly priceScale: number;
  /** An amount is a whole number of lots, each of `lotUnits × 10^-amountScale`. */
  readonly lotUnits: number;
  readonly amountScale: number;
  /** Milliseconds since 1970; `Infinity` for what does not expire. */
  readonly expiryMillis: number;
}

/**
 * What is traded on a simulated Deribit, and at which prices. The venue makes books and trades around `fairPrice`; a
 * market with another model of prices, such as a volatility surface, takes the place of the default one.
 */
export interface DeribitMarket {
  /** All instruments that there ever are, the expired and those not listed yet among them. */
  readonly instruments: readonly DeribitInstrument[];
  /** Whether it is listed and trades. */
  isListed(symbol: string, nowMillis: number): boolean;
  /** Middle between bid and ask, in the unit of the instrument's prices; above 0. */
  fairPrice(symbol: string, nowMillis: number): number;
  /** What the ticker says beside prices and amounts of the book: index, greeks, volatilities, open interest. */
  ticker(symbol: string, nowMillis: number): Readonly<Record<string, unknown>>;
}
