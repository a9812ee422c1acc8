/** Who took liquidity. */
export const Aggressor = { Unknown: 0, Buyer: 1, Seller: 2 } as const;
export type Aggressor = (typeof Aggressor)[keyof typeof Aggressor];

/** Prints other than regular ones happen away from the market and stay out of bars and averages. */
export const TradeKind = {
  Regular: 0,
  InsuranceFund: 1,
  AutoDeleveraging: 2,
  Block: 3,
  Liquidation: 4,
  RetailPriceImprovement: 5,
  Correction: 6,
} as const;
export type TradeKind = (typeof TradeKind)[keyof typeof TradeKind];

/** Side of an order; of a liquidation, Sell closes a long position. Frozen. */
export const Side = { Unknown: 0, Buy: 1, Sell: 2 } as const;
export type Side = (typeof Side)[keyof typeof Side];

/** State of an order. Frozen. */
export const OrderStatus = {
  Unknown: 0,
  New: 1,
  PartiallyFilled: 2,
  Filled: 3,
  Canceled: 4,
  Expired: 5,
  Rejected: 6,
} as const;
export type OrderStatus = (typeof OrderStatus)[keyof typeof OrderStatus];
