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
  /** Lots that are open at the start; trades change it. Without it the market tells of the open interest, or nobody. */
  readonly openInterestLots?: number;
  /** About how often it trades, and half as often at least. Default: some times a second. */
  readonly tradeMillis?: number;
}

/** Best prices of a book, 0 for an empty side. */
export interface BestPrices {
  readonly bid: number;
  readonly ask: number;
}

/** The best bid and ask that makers give, in whole ticks; a bid of 0 is none. */
export interface MakerQuote {
  readonly bidTicks: number;
  readonly askTicks: number;
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
  /** Middle between bid and ask, in the unit of the instrument's prices. */
  fairPrice(symbol: string, nowMillis: number): number;
  /** Where the market sets the best prices itself. Default: one tick on either side of `fairPrice`. */
  quote?(symbol: string, nowMillis: number): MakerQuote | undefined;
  /** What the ticker says beside prices and amounts of the book: index, greeks, volatilities, open interest. */
  ticker(symbol: string, nowMillis: number, best?: BestPrices): Readonly<Record<string, unknown>>;
}
