import type { TimeResolutionText } from "@ims/common";
import type { BinanceTradesChannel } from "../market/binance-market.js";

/** [WebSocket Streams, General WSS information] symbols are lower case in stream names, upper case elsewhere. */
export function tradesStream(symbol: string, channel: BinanceTradesChannel): string {
  return `${symbol.toLowerCase()}@${channel}`;
}

/** The interval keeps its case: `1m` is a minute, `1M` a month. */
export function klineStream(symbol: string, resolution: TimeResolutionText): string {
  return `${symbol.toLowerCase()}@kline_${resolution}`;
}
