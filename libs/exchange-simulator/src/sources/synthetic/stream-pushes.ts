import type { BinanceMarket } from "../../binance/markets/market.js";
import { parseStreamName, type StreamName } from "../../binance/markets/stream-name.js";
import type { BookListener } from "./book-listener.js";
import { DepthPush, PartialDepthPush } from "./depth-push.js";
import { KlinePush } from "./kline-push.js";
import type { PacedPush } from "./pace-groups.js";
import type { SymbolMarket } from "./symbol-market.js";
import {
  AllTopsPush,
  ArrayPush,
  ForceOrderPush,
  printMarkPrice,
  printMiniTicker,
  printTicker,
  SteadyPush,
  TickerPush,
} from "./symbol-pushes.js";

/** How a subscribed stream is served. */
export interface StreamService {
  /** The symbol whose events have to happen in time; undefined for all-market streams. */
  readonly symbolMarket: SymbolMarket | undefined;
  /** Absent for streams that the events themselves drive. */
  readonly push?: PacedPush;
  readonly paceMillis?: number;
  readonly listener?: BookListener;
}

const REAL_TIME = new Set(["trade", "aggTrade", "bookTicker"]);
const PARTIAL_DEPTH = /^depth(5|10|20)$/;
const FORCE_ORDER_MILLIS = 1000;
const ALL_TOPS_MILLIS = 5000;

/**
 * Finds out how a stream is served; undefined for one that does not exist and therefore stays silent. Paces: spot
 * "WebSocket Streams", futures stream pages.
 */
export function serveStream(
  market: BinanceMarket,
  stream: string,
  nowMillis: number,
  find: (symbol: string) => SymbolMarket | undefined,
  all: () => Iterable<SymbolMarket>,
): StreamService | undefined {
  const name = parseStreamName(stream);
  if (name.subject === "") return serveAll(market, stream, name, all);
  const symbolMarket = find(name.subject.toUpperCase());
  if (!symbolMarket || symbolMarket.instrument.symbol.toLowerCase() !== name.subject) return undefined;
  if (REAL_TIME.has(name.type)) return name.suffix === "" ? { symbolMarket } : undefined;
  if (name.type === "kline") return serveKline(market, stream, name, symbolMarket, nowMillis);
  const depth = PARTIAL_DEPTH.exec(name.type);
  if (name.type === "depth" || depth) return serveDepth(market, stream, name, symbolMarket, depth?.[1]);
  const ticker =
    name.type === "ticker" ? printTicker : name.type === "miniTicker" ? printMiniTicker : undefined;
  if (ticker) {
    if (name.suffix !== "" || name.interval !== "") return undefined;
    return {
      symbolMarket,
      push: new TickerPush(symbolMarket, stream, ticker),
      paceMillis: market.tickerPaceMillis,
    };
  }
  if (market.name === "spot") return undefined;
  if (name.type === "markPrice") {
    const paceMillis = markPricePace(name.suffix);
    return paceMillis === undefined
      ? undefined
      : { symbolMarket, push: new SteadyPush(symbolMarket, stream, printMarkPrice), paceMillis };
  }
  if (name.type === "forceOrder" && name.suffix === "") {
    const push = new ForceOrderPush(() => [symbolMarket], stream);
    return { symbolMarket, push, paceMillis: FORCE_ORDER_MILLIS };
  }
  return undefined;
}

function serveKline(
  market: BinanceMarket,
  stream: string,
  { interval, suffix }: StreamName,
  symbolMarket: SymbolMarket,
  nowMillis: number,
): StreamService | undefined {
  if (suffix !== "" || !market.intervals.includes(interval)) return undefined;
  return {
    symbolMarket,
    push: new KlinePush(market, symbolMarket, stream, interval, nowMillis),
    paceMillis: market.klinePaceMillis(interval),
  };
}

function serveDepth(
  market: BinanceMarket,
  stream: string,
  { suffix, interval }: StreamName,
  symbolMarket: SymbolMarket,
  levels: string | undefined,
): StreamService | undefined {
  const paceMillis = market.depthPaceMillis(suffix);
  if (paceMillis === undefined || interval !== "") return undefined;
  if (levels !== undefined) {
    if (paceMillis === 0) return undefined;
    const push = new PartialDepthPush(market, symbolMarket, stream, Number(levels));
    return { symbolMarket, push, listener: push, paceMillis };
  }
  const push = new DepthPush(market, symbolMarket, stream, paceMillis === 0);
  return paceMillis === 0
    ? { symbolMarket, listener: push }
    : { symbolMarket, push, listener: push, paceMillis };
}

function serveAll(
  market: BinanceMarket,
  stream: string,
  { type, suffix }: StreamName,
  all: () => Iterable<SymbolMarket>,
): StreamService | undefined {
  const spot = market.name === "spot";
  if (type === "contractInfo" && suffix === "" && !spot) return { symbolMarket: undefined };
  if (type === "bookTicker" && suffix === "" && !spot) {
    return { symbolMarket: undefined, push: new AllTopsPush(all, stream), paceMillis: ALL_TOPS_MILLIS };
  }
  if (type === "markPrice" && !spot && (suffix === "arr" || suffix === "arr@1s")) {
    const push = new ArrayPush(all, stream, printMarkPrice, true);
    return { symbolMarket: undefined, push, paceMillis: suffix === "arr" ? 3000 : 1000 };
  }
  if (suffix !== "arr") return undefined;
  // Spot switched `!ticker@arr` off on 2026-03-26.
  const ticker =
    type === "miniTicker" ? printMiniTicker : type === "ticker" && !spot ? printTicker : undefined;
  if (ticker) {
    return { symbolMarket: undefined, push: new ArrayPush(all, stream, ticker, false), paceMillis: 1000 };
  }
  if (type !== "forceOrder" || spot) return undefined;
  return { symbolMarket: undefined, push: new ForceOrderPush(all, stream), paceMillis: FORCE_ORDER_MILLIS };
}

function markPricePace(suffix: string): number | undefined {
  if (suffix === "") return 3000;
  return suffix === "1s" ? 1000 : undefined;
}
