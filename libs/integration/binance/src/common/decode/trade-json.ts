import { Aggressor, type MantissaCell, TradeKind } from "@ims/common";
import type { JsonObject } from "@ims/integration-kit";
import { microsOf, readBoolean, readDecimal, readText, readWhole, Unusable } from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";

/** What the record turned out to be: `none` is a print of kind NA, which takes an id but happened at no price. */
export type TradeReading = "trade" | "none";

/**
 * The `X` of futures trades. Prints other than MARKET happen at bankruptcy prices, away from the market. Older frames
 * and spot have no `X`.
 */
const KINDS = new Map<string, TradeKind>([
  ["MARKET", TradeKind.Regular],
  ["INSURANCE_FUND", TradeKind.InsuranceFund],
  ["ADL", TradeKind.AutoDeleveraging],
]);

/**
 * Fills `trade`, all but instrument and receive time, from a parsed trade or aggTrade record of any market
 * [Trade Streams] [Aggregate Trade Streams]. Throws {@link Unusable}.
 */
export function readTrade(record: JsonObject, aggregate: boolean, trade: TradeFields): TradeReading {
  trade.sendMicros = microsOf(readWhole(record, "E"));
  trade.eventMicros = microsOf(readWhole(record, "T"));
  trade.tradeId = readWhole(record, aggregate ? "a" : "t");
  trade.firstTradeId = aggregate ? readWhole(record, "f") : trade.tradeId;
  trade.lastTradeId = aggregate ? readWhole(record, "l") : trade.tradeId;
  trade.aggressor = readBoolean(record, "m") ? Aggressor.Seller : Aggressor.Buyer;
  readDecimal(record, "p", trade.price);
  readDecimal(record, "q", trade.quantity);
  const kind = Object.hasOwn(record, "X") ? readText(record, "X") : "MARKET";
  if (kind === "NA" && trade.price.isZero) return "none";
  const known = KINDS.get(kind);
  if (known === undefined) throw new Unusable("unexpected", `X is ${JSON.stringify(kind.slice(0, 40))}`);
  trade.kind = known;
  requirePositive(trade.price, "p");
  requirePositive(trade.quantity, "q");
  return "trade";
}

function requirePositive(cell: MantissaCell, key: string): void {
  if (cell.hi < 0 || cell.isZero) throw new Unusable("bad-number", `${key} is not above zero`);
}
