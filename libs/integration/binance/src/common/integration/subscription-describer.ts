import { DataType, dataTypeName, timeResolutionOf } from "@ims/common";
import { type LivenessPolicy, venueError } from "@ims/integration-kit";
import type { FeedRequest } from "@ims/traits";
import type { BinanceMarket, BinanceTradesChannel } from "../market/binance-market.js";
import {
  allSymbolsChannel,
  type ChannelDescription,
  channelOfRequest,
  PARTIAL_DEPTH_LEVELS,
  streamName,
} from "../market/channels.js";
import type { BinanceSubscription } from "./subscription-entry.js";

/**
 * How one symbol's subscription to a feed looks.
 *
 * @param title of the market, for texts
 * @throws ImsError `venue.not-offered` for data, a resolution or a depth that the market lacks
 */
export function subscriptionDescriber(
  { channels, resolutions }: BinanceMarket,
  title: string,
  tradesChannel: BinanceTradesChannel,
  feed: FeedRequest,
): (symbol: string) => BinanceSubscription {
  const { dataType, depth, resolution } = feed;
  if (depth !== undefined && !(dataType === DataType.Book && depth >= 1 && depth <= PARTIAL_DEPTH_LEVELS)) {
    const detail = `${title} has no ${dataTypeName(dataType)} of ${depth} levels, it has books of up to ${PARTIAL_DEPTH_LEVELS} and whole ones`;
    throw venueError("venue.not-offered", detail);
  }
  const channel = channelOfRequest(channels, feed, tradesChannel);
  if (!channel) throw venueError("venue.not-offered", `${title} has no ${dataTypeName(dataType)}`);
  const { path } = channel;
  const policy = livenessPolicy(dataType, channel);
  if (dataType !== DataType.Bar) {
    const shared = allSymbolsChannel(channels, dataType);
    const all = shared && { stream: streamName(shared, ""), path: shared.path };
    return (symbol) => ({ dataType, symbol, depth, stream: streamName(channel, symbol), path, policy, all });
  }
  if (resolution === undefined || !resolutions.includes(resolution)) {
    const offered = resolutions.join(", ");
    throw venueError("venue.not-offered", `${title} has no bars of ${resolution}, it offers ${offered}`);
  }
  const resolutionId = timeResolutionOf(resolution)!;
  return (symbol) => {
    const stream = streamName(channel, symbol, resolution);
    return { dataType, symbol, resolution, resolutionId, stream, path, policy };
  };
}

/** What silence means: mark prices come by the clock, liquidations hardly ever, all else when the market moves. */
function livenessPolicy(dataType: DataType, { paceMillis }: ChannelDescription): LivenessPolicy {
  if (dataType === DataType.MarkPrice) return { kind: "periodic", periodMillis: paceMillis };
  return { kind: dataType === DataType.Liquidation ? "rare" : "driven" };
}
