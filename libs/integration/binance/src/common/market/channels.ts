import { DataType, type TimeResolutionText } from "@ims/common";
import type { FeedRequest } from "@ims/traits";

/** Stream kinds that carry trades: every single one, or one record per taker order and price. */
export type BinanceTradesChannel = "trade" | "aggTrade";

/** One kind of stream. */
export interface ChannelDescription {
  /** Behind the lower-case symbol, with `{interval}` for that of bars; the whole name where {@link isForAllSymbols}. */
  readonly stream: string;
  /** In front of `/stream` where the venue serves it; a wrong one is acknowledged and stays silent. */
  readonly path: string;
  /** Least time between two records of one stream while there is something to tell; 0 = at once. */
  readonly paceMillis: number;
  /** One stream for all instruments. */
  readonly isForAllSymbols?: boolean;
}

/** Every stream kind that is read; those that a market does not have are missing. */
export interface BinanceChannels {
  readonly trade: ChannelDescription;
  readonly aggTrade: ChannelDescription;
  readonly kline: ChannelDescription;
  readonly bookTicker: ChannelDescription;
  /** Changes of the book. */
  readonly depth: ChannelDescription;
  /** The best 20 levels, whole at every push. */
  readonly partialDepth: ChannelDescription;
  readonly ticker: ChannelDescription;
  readonly markPrice?: ChannelDescription;
  readonly forceOrder?: ChannelDescription;
  readonly allMarkPrices?: ChannelDescription;
  readonly allForceOrders?: ChannelDescription;
  /** Listings, settlements and changes of state, as they happen. */
  readonly contractInfo?: ChannelDescription;
}

export type BinanceChannel = keyof BinanceChannels;

/** Levels that {@link BinanceChannels.partialDepth} carries of each side. */
export const PARTIAL_DEPTH_LEVELS = 20;

/** Which stream kind carries a data type; undefined where no market has one. */
export function channelOf(
  dataType: DataType,
  tradesChannel: BinanceTradesChannel,
): BinanceChannel | undefined {
  switch (dataType) {
    case DataType.Trade:
      return tradesChannel;
    case DataType.Bar:
      return "kline";
    case DataType.TopOfBook:
      return "bookTicker";
    case DataType.Book:
      return "depth";
    case DataType.MarkPrice:
      return "markPrice";
    case DataType.Liquidation:
      return "forceOrder";
    case DataType.Ticker:
      return "ticker";
    default:
      return undefined;
  }
}

/** Data types for which the market has streams, by their numbers. */
export function offeredDataTypes(channels: BinanceChannels): readonly DataType[] {
  return Object.values(DataType).filter((dataType) => {
    const channel = channelOf(dataType, "trade");
    return channel !== undefined && channels[channel] !== undefined;
  });
}

/**
 * The stream of all symbols with the same records as the single ones: same content, same pace. The others of all
 * symbols are slower or faster than those of one symbol (`!bookTicker` every 5 s, `!ticker@arr` every second), so
 * they are not used [binance.md 2.4].
 */
export function allSymbolsChannel(
  { allForceOrders, allMarkPrices }: BinanceChannels,
  dataType: DataType,
): ChannelDescription | undefined {
  if (dataType === DataType.MarkPrice) return allMarkPrices;
  return dataType === DataType.Liquidation ? allForceOrders : undefined;
}

/** The stream kind of a request; undefined where the market has none. Resolutions and numbers of levels are not looked at. */
export function channelOfRequest(
  channels: BinanceChannels,
  { dataType, depth }: FeedRequest,
  tradesChannel: BinanceTradesChannel,
): ChannelDescription | undefined {
  if (dataType === DataType.Book && depth !== undefined) return channels.partialDepth;
  const channel = channelOf(dataType, tradesChannel);
  return channel && channels[channel];
}

/**
 * The name of a stream as control messages carry it. Symbols are lower case in stream names, upper case elsewhere; the
 * interval keeps its case: `1m` is a minute, `1M` a month.
 */
export function streamName(
  { isForAllSymbols, stream }: ChannelDescription,
  symbol: string,
  resolution?: TimeResolutionText,
): string {
  const suffix = resolution === undefined ? stream : stream.replace("{interval}", resolution);
  return isForAllSymbols ? suffix : `${symbol.toLowerCase()}${suffix}`;
}

/** The same as part of an address: symbols may have letters beyond ASCII. */
export function streamNameInUrl(name: string): string {
  return encodeURIComponent(name).replaceAll("%40", "@").replaceAll("%21", "!");
}
