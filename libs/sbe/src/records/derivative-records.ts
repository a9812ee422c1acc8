import type { Decimal } from "@ims/common";
import type { BookLevel } from "./book-records.js";
import type { NumberedRecordBase } from "./record-base.js";

/** Mark price and funding, from `v2.MarkPrice`; undefined what the venue gives not, or the instrument has not. */
export interface MarkPriceRecord extends NumberedRecordBase {
  readonly type: "mark-price";
  readonly markPrice: Decimal;
  readonly indexPrice: Decimal | undefined;
  readonly settlementEstimate: Decimal | undefined;
  /** A fraction: 0.0001 is one hundredth of a percent. */
  readonly fundingRate: Decimal | undefined;
  readonly nextFundingMicros: number | undefined;
}

/** An order by which the venue closed a position, from `v2.Liquidation`. */
export interface LiquidationRecord extends NumberedRecordBase {
  readonly type: "liquidation";
  /** Undefined for a market order. */
  readonly price: Decimal | undefined;
  readonly averagePrice: Decimal | undefined;
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal;
  /** A number of `v2.Side`: Sell closes a long position. */
  readonly side: number;
  /** A number of `v2.OrderStatus`, or of a newer schema. */
  readonly status: number;
}

/** Model outputs of an option; undefined what the venue gives not. */
export interface Greeks {
  /** Implied volatilities in percent per year. */
  readonly markIv: number | undefined;
  readonly bidIv: number | undefined;
  readonly askIv: number | undefined;
  readonly delta: number | undefined;
  readonly gamma: number | undefined;
  readonly theta: number | undefined;
  readonly vega: number | undefined;
  readonly rho: number | undefined;
}

/** Prices and greeks of an option, from `v2.OptionTicker`. */
export interface OptionTickerRecord extends NumberedRecordBase {
  readonly type: "option-ticker";
  readonly underlying: string;
  readonly expiryMicros: number;
  readonly strike: Decimal;
  readonly optionType: "call" | "put" | undefined;
  readonly lastPrice: Decimal | undefined;
  readonly markPrice: Decimal | undefined;
  readonly bid: BookLevel | undefined;
  readonly ask: BookLevel | undefined;
  readonly volume: Decimal | undefined;
  readonly openInterest: Decimal | undefined;
  readonly underlyingPrice: Decimal | undefined;
  readonly greeks: Greeks;
}
