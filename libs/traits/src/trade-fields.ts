import type { Aggressor, MantissaCell, TradeKind } from "@ims/common";

/**
 * One trade in primitive fields. The venue reuses one object for all its trades: a sink reads it during the call and
 * keeps nothing of it. Times are microseconds since 1970, 0 where the venue gives none; ids are whole numbers below 2^53.
 */
export interface TradeFields {
  /** What {@link MarketDataSink.register} returned for the instrument. */
  instrumentId: number;
  tradeId: number;
  /** For aggregated trades the first and last trade id covered; both equal `tradeId` otherwise. */
  firstTradeId: number;
  lastTradeId: number;
  /** When it happened, by the venue. */
  eventMicros: number;
  /** When the venue sent it. */
  sendMicros: number;
  /** When the frame was read here. */
  receiveMicros: number;
  readonly price: MantissaCell;
  readonly quantity: MantissaCell;
  aggressor: Aggressor;
  kind: TradeKind;
}
