import { DataType, MARKET_DATA_TOPICS } from "@ims/common";

/** What a service publishes, each in a topic of its own; the numbers are places in arrays. */
export const Channel = {
  Trades: 0,
  Bars: 1,
  TopOfBook: 2,
  Book: 3,
  MarkPrice: 4,
  Liquidations: 5,
  OptionTickers: 6,
  Tickers: 7,
  Orders: 8,
  Gaps: 9,
  FeedStatus: 10,
} as const;
export type Channel = (typeof Channel)[keyof typeof Channel];

/** The topic of each channel. */
export const CHANNEL_TOPICS: readonly string[] = [
  MARKET_DATA_TOPICS.trades,
  MARKET_DATA_TOPICS.bars,
  MARKET_DATA_TOPICS.topOfBook,
  MARKET_DATA_TOPICS.book,
  MARKET_DATA_TOPICS.markPrice,
  MARKET_DATA_TOPICS.liquidations,
  MARKET_DATA_TOPICS.optionTickers,
  MARKET_DATA_TOPICS.tickers,
  MARKET_DATA_TOPICS.orders,
  MARKET_DATA_TOPICS.gaps,
  MARKET_DATA_TOPICS.feedStatus,
];

/** The data type that each channel carries; undefined for what is told about feeds. */
export const CHANNEL_DATA_TYPES: readonly (DataType | undefined)[] = [
  DataType.Trade,
  DataType.Bar,
  DataType.TopOfBook,
  DataType.Book,
  DataType.MarkPrice,
  DataType.Liquidation,
  DataType.OptionTicker,
  DataType.Ticker,
  DataType.Order,
  undefined,
  undefined,
];

/** Topics of seldom records about all feeds: one partition, so that one reader sees them in order. */
export const SINGLE_PARTITION_TOPICS: readonly string[] = [
  MARKET_DATA_TOPICS.instruments,
  MARKET_DATA_TOPICS.gaps,
  MARKET_DATA_TOPICS.feedStatus,
];

/** The channel of a data type that clients ask for; undefined for one that this service cannot publish. */
export function channelOf(dataType: number): Channel | undefined {
  const channel = CHANNEL_DATA_TYPES.indexOf(dataType as DataType);
  return channel < 0 ? undefined : (channel as Channel);
}
