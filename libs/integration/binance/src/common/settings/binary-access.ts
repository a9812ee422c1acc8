import { binanceError } from "../errors/binance-errors.js";
import type { BinanceMarket, BinaryStreams } from "../market/binance-market.js";
import type { BinanceOptions } from "./binance-options.js";
import { originOf } from "./origin.js";

/** How the venue's binary streams are reached. */
export interface BinaryAccess {
  /** Origin; `/stream` follows. */
  readonly url: string;
  readonly apiKey: string;
  readonly streams: BinaryStreams["streams"];
  /** Whether the JSON streams take over where these cannot be had. */
  readonly fallsBack: boolean;
}

/**
 * Whether and how market data comes over binary streams: not with `json`; with `auto` where the market has them and a
 * key is given; with `sbe` always. Where another origin stands in place of one of the venue's, `auto` wants one for the
 * binary streams as well: data of two places would not fit together. Throws `binance.sbe-not-offered`,
 * `binance.api-key-missing`, `binance.api-key-in-clear` and `venue.bad-url`.
 */
export function binaryAccess(market: BinanceMarket, options: BinanceOptions): BinaryAccess | undefined {
  const { apiKey, marketData = "json", restUrl, sbeUrl, testnet, wsUrl } = options;
  const { binary, title } = market;
  if (marketData === "json") return undefined;
  if (!binary) {
    if (marketData === "auto") return undefined;
    throw binanceError("binance.sbe-not-offered", `${title} has JSON streams alone`);
  }
  const isElsewhere = sbeUrl === undefined && (restUrl ?? wsUrl) !== undefined;
  if (marketData === "auto" && (apiKey === undefined || isElsewhere)) return undefined;
  if (apiKey === undefined) {
    throw binanceError(
      "binance.api-key-missing",
      `${title} gives its binary streams to holders of a key alone`,
    );
  }
  const url = originOf(sbeUrl ?? (testnet ? binary.testnet : binary.production), ["ws:", "wss:"]);
  if (!isPrivate(url))
    throw binanceError("binance.api-key-in-clear", `${url} is neither wss:// nor this host`);
  return { url, apiKey, streams: binary.streams, fallsBack: marketData === "auto" };
}

function isPrivate(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return (
    protocol === "wss:" ||
    hostname === "localhost" ||
    hostname === "[::1]" ||
    /^127(?:\.[0-9]+){3}$/.test(hostname)
  );
}
