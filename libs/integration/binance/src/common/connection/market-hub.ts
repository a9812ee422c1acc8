import {
  type ControlDialect,
  type FrameReader,
  type Pacer,
  StreamHub,
  type StreamHubOptions,
} from "@ims/integration-kit";
import { FrameDecoder, type FrameDecoderOptions } from "../decode/frame-decoder.js";
import type { BinanceMarket } from "../market/binance-market.js";
import type { BinanceOptions } from "../settings/binance-options.js";

export type FrameReaderFactory = (options: FrameDecoderOptions) => FrameReader;

export interface MarketHubOptions
  extends Pick<
    StreamHubOptions,
    "clock" | "random" | "logger" | "sink" | "dial" | "onAcknowledged" | "onRefused" | "onStreamsDown"
  > {
  readonly market: BinanceMarket;
  readonly limits: BinanceOptions;
  /** Origin; a channel's path and `/stream` are appended. */
  readonly wsUrl: string;
  readonly decoding: Omit<FrameDecoderOptions, "onReply" | "onServerShutdown">;
  /** How frames are read. Default: as JSON. */
  readonly createDecoder?: FrameReaderFactory | undefined;
  /** Connection attempts are taken from it. Default: one of its own, of the market's limit. */
  readonly connectionBudget?: Pacer | undefined;
}

/** [Live Subscribing/Unsubscribing to streams] */
const DIALECT: ControlDialect = {
  // Our own bound: a message of this many names stays below 10 kB. The venue documents none.
  streamsPerMessage: 200,
  subscribe: (params, id) => JSON.stringify({ method: "SUBSCRIBE", params, id }),
  unsubscribe: (params, id) => JSON.stringify({ method: "UNSUBSCRIBE", params, id }),
};

/** All connections of one market to one of its hosts. Groups are the paths of its channels, in front of `/stream`. */
export function openMarketHub(options: MarketHubOptions): StreamHub {
  const { createDecoder, decoding, limits, market, wsUrl } = options;
  return new StreamHub({
    ...options,
    limits: {
      streamsPerConnection: market.streamsPerConnection,
      connectionAttemptsPerFiveMinutes: market.connectionAttemptsPerFiveMinutes,
      controlMessagesPerSecond: market.controlMessagesPerSecond,
      lifeMillis: market.connectionLifeMillis,
      redundancy: limits.redundancy,
      acknowledgeTimeoutMillis: limits.acknowledgeTimeoutMillis,
      connectTimeoutMillis: limits.connectTimeoutMillis,
      silenceMillis: limits.silenceMillis,
    },
    addressOf: (path) => `${wsUrl}${path}/stream${market.streamQuery}`,
    dialect: DIALECT,
    createReader: ({ onReply, onEndAnnounced }) => {
      // [WebSocket Streams, serverShutdown] unsolicited, shortly before the venue closes the connection itself.
      const events = { ...decoding, onReply, onServerShutdown: onEndAnnounced };
      return createDecoder?.(events) ?? new FrameDecoder(events);
    },
  });
}
