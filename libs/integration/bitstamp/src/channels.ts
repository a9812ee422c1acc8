import { DataType } from "@ims/common";

/** What stands before the market's name in a channel, by kind of data (bitstamp.md section 3). */
export const CHANNEL_PREFIXES: ReadonlyMap<DataType, string> = new Map([
  [DataType.Trade, "live_trades_"],
  [DataType.Book, "diff_order_book_"],
  [DataType.TopOfBook, "order_book_"],
  [DataType.MarkPrice, "funding_rate_"],
  [DataType.Order, "live_orders_"],
]);

/** Levels a side of a frame of `order_book_` (bitstamp.md section 3.2). */
export const BEST_LEVELS_MAX = 100;

/** What is told of a channel whose frames another stream reads too: no channel has it in its name. */
const MARKS = [
  { prefix: "order_book_", mark: "+levels" },
  { prefix: "live_orders_", mark: "+liquidations" },
] as const;
const [BEST_LEVELS, LIQUIDATIONS] = MARKS;

/**
 * The stream of a book of the best levels. Its channel is that of tops of books too, of which it has to be told apart:
 * either may run without the other.
 */
export function bestLevelsStreamOf(symbol: string): string {
  return `${BEST_LEVELS.prefix}${symbol}${BEST_LEVELS.mark}`;
}

/** The stream of liquidations, whose channel is that of all orders. */
export function liquidationsStreamOf(symbol: string): string {
  return `${LIQUIDATIONS.prefix}${symbol}${LIQUIDATIONS.mark}`;
}

/** The venue's channel of a stream. */
export function venueChannelOf(stream: string): string {
  const found = MARKS.find(({ mark }) => stream.endsWith(mark));
  return found ? stream.slice(0, -found.mark.length) : stream;
}

/** The streams that read a channel's frames. */
export function streamsOf(channel: string): readonly string[] {
  const found = MARKS.find(({ prefix }) => channel.startsWith(prefix));
  return found ? [channel, `${channel}${found.mark}`] : [channel];
}

/** `undefined` for a kind of data that the venue does not stream. */
export function channelOf(dataType: DataType, symbol: string): string | undefined {
  const prefix = CHANNEL_PREFIXES.get(dataType);
  return prefix === undefined ? undefined : `${prefix}${symbol}`;
}
