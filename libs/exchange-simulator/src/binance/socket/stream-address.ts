import type { TimeUnit } from "../frames/time-text.js";
import type { BinanceMarket, StreamRoute } from "../markets/market.js";

/** What a WebSocket address asks for. */
export interface StreamAddress {
  /** Whether events come as `{"stream":…,"data":…}`. */
  readonly combined: boolean;
  readonly streams: readonly string[];
  /** On USD-M the path group served; undefined where the market is not split. */
  readonly route: StreamRoute | undefined;
  readonly timeUnit: TimeUnit;
  /** What events come as; replies are JSON always. */
  readonly format: StreamFormat;
}

export type StreamFormat = "json" | "sbe";

/** In front of the paths of spot's binary streams, which the venue has on a host of their own. */
const SBE = /^\/sbe(\/.*)$/;
const ROUTED = /^\/(public|market|private)(\/.*)$/;

/**
 * Reads `/ws`, `/ws/a/b`, `/stream`, `/stream?streams=a/b`, on USD-M also behind `/public`, `/market` and `/private`,
 * on spot also behind `/sbe`, stream lists URL-encoded or not. Returns undefined for any other path.
 */
export function parseStreamAddress(market: BinanceMarket, url: string): StreamAddress | undefined {
  const [rawPath = "", query = ""] = splitOnce(url, "?");
  let path: string;
  let parameters: URLSearchParams;
  try {
    path = decodeURIComponent(rawPath);
    parameters = new URLSearchParams(query);
  } catch {
    return undefined;
  }
  let route = market.unroutedBehavesAs;
  const routed = ROUTED.exec(path);
  if (routed) {
    if (!market.routeOf) return undefined;
    route = routed[1] as StreamRoute;
    path = routed[2]!;
  }
  const binary = market.name === "spot" ? SBE.exec(path) : undefined;
  const format = binary ? "sbe" : "json";
  if (binary) path = binary[1]!;
  const unit = parameters.get("timeUnit")?.toUpperCase();
  const timeUnit = market.microsecondOption && unit === "MICROSECOND" ? "MICROSECOND" : "MILLISECOND";
  if (path === "/ws" || path === "/ws/") return { combined: false, streams: [], route, timeUnit, format };
  if (path.startsWith("/ws/")) {
    return { combined: false, streams: nameList(path.slice("/ws/".length)), route, timeUnit, format };
  }
  if (path === "/stream" || path === "/stream/") {
    return { combined: true, streams: nameList(parameters.get("streams") ?? ""), route, timeUnit, format };
  }
  return undefined;
}

function nameList(text: string): string[] {
  return text.split("/").filter((name) => name !== "");
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
