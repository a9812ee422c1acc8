import type { Aggressor, MantissaCell, TradeKind } from "@ims/common";
import type { RecordHead } from "./record-head.js";

/** One trade in primitive fields; ids are whole numbers below 2^53. */
export interface TradeFields extends RecordHead {
  tradeId: number;
  /** For aggregated trades the first and last trade id covered; both equal `tradeId` otherwise. */
  firstTradeId: number;
  lastTradeId: number;
  readonly price: MantissaCell;
  readonly quantity: MantissaCell;
  aggressor: Aggressor;
  kind: TradeKind;
}
