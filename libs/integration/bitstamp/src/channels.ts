import { DataType } from "@ims/common";

/** What stands before the market's name in a channel, by kind of data (bitstamp.md section 3). */
export const CHANNEL_PREFIXES: ReadonlyMap<DataType, string> = new Map([
  [DataType.Trade, "live_trades_"],
  [DataType.Book, "diff_order_book_"],
  [DataType.TopOfBook, "order_book_"],
  [DataType.MarkPrice, "funding_rate_"],
]);

/** Levels a side of a frame of `order_book_` (bitstamp.md section 3.2). */
export const BEST_LEVELS_MAX = 100;

const BEST_LEVELS_PREFIX = "order_book_";
/** No channel has it in its name. */
const BEST_LEVELS_MARK = "+levels";

/**
 * The stream of a book of the best levels. Its channel is that of tops of books too, of which it has to be told apart:
 * either may run without the other.
 */
export function bestLevelsStreamOf(symbol: string): string {
  return `${BEST_LEVELS_PREFIX}${symbol}${BEST_LEVELS_MARK}`;
}

/** The venue's channel of a stream. */
export function venueChannelOf(stream: string): string {
  return stream.endsWith(BEST_LEVELS_MARK) ? stream.slice(0, -BEST_LEVELS_MARK.length) : stream;
}

/** The streams that read a channel's frames. */
export function streamsOf(channel: string): readonly string[] {
  return channel.startsWith(BEST_LEVELS_PREFIX) ? [channel, `${channel}${BEST_LEVELS_MARK}`] : [channel];
}

/** `undefined` for a kind of data that the venue does not stream. */
export function channelOf(dataType: DataType, symbol: string): string | undefined {
  const prefix = CHANNEL_PREFIXES.get(dataType);
  return prefix === undefined ? undefined : `${prefix}${symbol}`;
}
