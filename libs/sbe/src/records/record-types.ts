import type { Aggressor, Decimal, InstrumentKind, InstrumentStatus } from "@ims/common";
import type { NumberedRecordBase, RecordBase } from "./record-base.js";

/** A trade, from `v2.Trade` or `v1.TradeBar`. */
export interface TradeRecord extends RecordBase {
  readonly type: "trade";
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly tradeId: number | undefined;
  readonly firstTradeId: number | undefined;
  readonly lastTradeId: number | undefined;
  /** Numbers of a newer schema read as unknown. */
  readonly aggressor: Aggressor;
  /** A number of `TradeKind`, or of a newer schema: anything but regular stays out of bars. */
  readonly tradeKind: number;
}

/** A bar, from `v2.Bar` or `v1.DataBar`. */
export interface BarRecord extends RecordBase {
  readonly type: "bar";
  /** A time resolution number; 0 where the message names none. */
  readonly resolution: number;
  /** A number of `BarState`, or of a newer schema; undefined where the message names none. */
  readonly state: number | undefined;
  readonly openMicros: number | undefined;
  readonly closeMicros: number | undefined;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal | undefined;
  readonly takerVolume: Decimal | undefined;
  readonly tradeCount: number | undefined;
}

/** An instrument and its number, from `v2.Instrument`. */
export interface InstrumentRecord extends NumberedRecordBase {
  readonly type: "instrument";
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
  readonly kind: InstrumentKind;
  readonly status: InstrumentStatus;
  readonly priceScale: number;
  readonly quantityScale: number;
  readonly priceIncrement: Decimal;
  readonly quantityIncrement: Decimal;
  readonly contractSize: Decimal | undefined;
  readonly expiryMicros: number | undefined;
  readonly strike: Decimal | undefined;
  readonly optionType: "call" | "put" | undefined;
  /** Empty where there is none. */
  readonly underlying: string;
}
