import { DataType } from "@ims/common";

/** What stands before the market's name in a channel, by kind of data (bitstamp.md section 3). */
export const CHANNEL_PREFIXES: ReadonlyMap<DataType, string> = new Map([
  [DataType.Trade, "live_trades_"],
  [DataType.Book, "diff_order_book_"],
  [DataType.TopOfBook, "order_book_"],
  [DataType.MarkPrice, "funding_rate_"],
]);

/** `undefined` for a kind of data that the venue does not stream. */
export function channelOf(dataType: DataType, symbol: string): string | undefined {
  const prefix = CHANNEL_PREFIXES.get(dataType);
  return prefix === undefined ? undefined : `${prefix}${symbol}`;
}
