import type { Instrument } from "@ims/common";
import { isSameInstrument, type ListedSymbol } from "@ims/integration-kit";
import type { ContractInfo } from "../decode/contract-info.js";
import type { BinanceSymbolRules } from "../market/binance-market.js";

/**
 * A listed contract with the state that a contractInfo record announced, ahead of the next reading of the list;
 * undefined if that says nothing new.
 */
export function withContractInfo(
  { instrument }: ListedSymbol,
  info: ContractInfo,
  { statuses }: BinanceSymbolRules,
): ListedSymbol | undefined {
  const status = Object.hasOwn(statuses, info.venueStatus) ? statuses[info.venueStatus]! : "unknown";
  const expires = instrument.kind === "future" && info.deliveryMicros > 0;
  const next: Instrument = { ...instrument, status, ...(expires && { expiryMicros: info.deliveryMicros }) };
  return isSameInstrument(instrument, next) ? undefined : { instrument: next, venueStatus: info.venueStatus };
}
