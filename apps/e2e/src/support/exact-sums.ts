import type { TradeMessage } from "ims-client";

/** Sums in whole numbers at 18 digits after the point: independent of the Decimal arithmetic under test. */
const DIGITS = 18n;

export interface TradeTotals {
  readonly n: number;
  readonly baseQty: string;
  readonly quote: string;
  readonly firstId: string;
  readonly lastId: string;
}

/** Count, sum of quantity, sum of price × quantity, first and last id, in the form of the expectations. */
export function totalsOf(trades: readonly TradeMessage[]): TradeTotals {
  let quantity = 0n;
  let quote = 0n;
  for (const trade of trades) {
    const price = scaled(trade.price.toString());
    const size = scaled(trade.quantity.toString());
    quantity += size;
    quote += price * size;
  }
  return {
    n: trades.length,
    baseQty: canonical(text(quantity, DIGITS)),
    quote: canonical(text(quote, DIGITS * 2n)),
    firstId: String(trades[0]?.tradeId),
    lastId: String(trades.at(-1)?.tradeId),
  };
}

/** Decimal text without trailing zeros and without a trailing point. */
export function canonical(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/0+$/, "").replace(/\.$/, "") : decimal;
}

function scaled(decimal: string): bigint {
  const [whole, fraction = ""] = decimal.split(".");
  return BigInt(whole + fraction.padEnd(Number(DIGITS), "0"));
}

function text(value: bigint, digits: bigint): string {
  const padded = value.toString().padStart(Number(digits) + 1, "0");
  return `${padded.slice(0, -Number(digits))}.${padded.slice(-Number(digits))}`;
}
