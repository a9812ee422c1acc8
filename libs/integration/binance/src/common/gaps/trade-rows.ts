import { Aggressor, RecordFlags, TradeKind } from "@ims/common";
import {
  asObject,
  type JsonObject,
  microsOf,
  readBoolean,
  readDecimal,
  readWhole,
  Unusable,
} from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";

/**
 * Fills `trade`, all but the instrument, from one row of `aggTrades` (`a, p, q, f, l, T, m`) or of `trades` and
 * `historicalTrades` (`id, price, qty, time, isBuyerMaker`). Such rows have no send time. Returns why the row cannot be
 * used, undefined if it can.
 */
export function readTradeRow(
  value: unknown,
  isAggregate: boolean,
  receiveMicros: number,
  trade: TradeFields,
): string | undefined {
  const row = asObject(value);
  if (!row) return "not an object";
  try {
    if (isAggregate) readAggregate(row, trade);
    else readSingle(row, trade);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return error.message;
  }
  trade.sendMicros = 0;
  trade.receiveMicros = receiveMicros;
  trade.flags = RecordFlags.BackFilled;
  trade.kind = TradeKind.Regular;
  return undefined;
}

/** The id of a row, -1 if it has none. */
export function rowId(value: unknown, isAggregate: boolean): number {
  const id = asObject(value)?.[isAggregate ? "a" : "id"];
  return Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : -1;
}

function readAggregate(row: JsonObject, trade: TradeFields): void {
  trade.tradeId = readWhole(row, "a");
  trade.firstTradeId = readWhole(row, "f");
  trade.lastTradeId = readWhole(row, "l");
  readDecimal(row, "p", trade.price);
  readDecimal(row, "q", trade.quantity);
  trade.eventMicros = microsOf(readWhole(row, "T"));
  trade.aggressor = readBoolean(row, "m") ? Aggressor.Seller : Aggressor.Buyer;
}

function readSingle(row: JsonObject, trade: TradeFields): void {
  trade.tradeId = readWhole(row, "id");
  trade.firstTradeId = trade.tradeId;
  trade.lastTradeId = trade.tradeId;
  readDecimal(row, "price", trade.price);
  readDecimal(row, "qty", trade.quantity);
  trade.eventMicros = microsOf(readWhole(row, "time"));
  trade.aggressor = readBoolean(row, "isBuyerMaker") ? Aggressor.Seller : Aggressor.Buyer;
}
