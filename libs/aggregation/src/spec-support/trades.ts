import { Aggressor, ExchangeId, TradeKind } from "@ims/common";
import { v2 } from "@ims/sbe";

/** A trade as a test writes it; microseconds, mantissas. */
export interface TradeRow {
  readonly symbol?: string;
  readonly micros: number;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly priceScale?: number;
  readonly quantityScale?: number;
  readonly aggressor?: number;
  readonly kind?: number;
  readonly instrumentId?: number;
  readonly exchangeId?: number;
  readonly receiveMicros?: number;
}

const values = new v2.TradeValues();

/** The values of a row; the same object each time. */
export function tradeValues(row: TradeRow): v2.TradeValues {
  values.eventTimeNumber = row.micros;
  values.sendTimeNumber = null;
  values.receiveTimeNumber = row.receiveMicros ?? row.micros + 1000;
  values.publishTimeNumber = (row.receiveMicros ?? row.micros + 1000) + 50;
  values.symbolText = row.symbol ?? "BTCUSDT";
  values.instrumentId = row.instrumentId ?? nameNumber(row.symbol ?? "BTCUSDT");
  values.exchangeId = row.exchangeId ?? ExchangeId.BinanceSpot;
  values.priceScale = row.priceScale ?? 2;
  values.quantityScale = row.quantityScale ?? 3;
  values.priceLo = Number(BigInt.asIntN(32, row.price));
  values.priceHi = Number(BigInt.asIntN(32, row.price >> 32n));
  values.quantityLo = Number(BigInt.asIntN(32, row.quantity));
  values.quantityHi = Number(BigInt.asIntN(32, row.quantity >> 32n));
  values.aggressor = row.aggressor ?? Aggressor.Buyer;
  values.kind = row.kind ?? TradeKind.Regular;
  return values;
}

function nameNumber(name: string): number {
  let number = 0;
  for (const char of name) number = (number * 31 + char.charCodeAt(0)) % 1_000_003;
  return number;
}
