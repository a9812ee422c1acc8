import { GRPC_ADDRESS_DEFAULT } from "@ims/book-proto";
import {
  booleanSetting,
  choiceSetting,
  defineSettings,
  integerSetting,
  LOG_LEVELS,
  listSetting,
  type SettingsValues,
  structuredSetting,
  textSetting,
  urlSetting,
} from "@ims/common";
import { bitstampSettings } from "@ims/integration-bitstamp";
import { deribitSettings } from "@ims/integration-deribit";

/** `NAME=text,NAME=text` as a record; undefined for anything else. */
function namedTexts(value: unknown): Record<string, string> | undefined {
  if (typeof value !== "string") return undefined;
  const pairs = value.split(",").map((part) => part.trim().split("="));
  if (pairs.some((pair) => pair.length !== 2 || pair.includes(""))) return undefined;
  return Object.fromEntries(pairs.map(([name, text]) => [name!.toUpperCase(), text!]));
}

/** `NAME=venue:symbol+venue:symbol,…`. */
function mappedSymbols(value: unknown): Record<string, readonly string[]> | undefined {
  const texts = namedTexts(value);
  if (!texts) return undefined;
  const mapped = Object.entries(texts).map(([name, text]) => [name, text.split("+")] as const);
  const isMember = (member: string) => /^[a-z0-9]+:\S+$/.test(member);
  return mapped.every(([, members]) => members.every(isMember)) ? Object.fromEntries(mapped) : undefined;
}

/** Flags over environment over default. */
export const BOOK_SERVICE_SETTINGS = defineSettings({
  grpcAddress: {
    schema: textSetting({ lengthMax: 256 }).default(GRPC_ADDRESS_DEFAULT),
    env: "GRPC_ADDR",
    flag: "grpc-addr",
    description: "address that clients connect to; an IPv6 host in brackets",
  },
  direct: {
    schema: booleanSetting().default(false),
    env: "BOOK_DIRECT",
    flag: "direct",
    description: "read the venues in this process, without broker and services",
  },
  iggyUrl: {
    schema: urlSetting("iggy", "iggy+tcp", "iggy+tls").default("iggy://iggy:iggy@localhost:8090"),
    env: "IGGY_URL",
    flag: "iggy-url",
    description: "address of the broker, unless direct",
  },
  venues: {
    schema: listSetting({ countMax: 32 }).default(["binancespot"]),
    env: "BOOK_VENUES",
    flag: "venues",
    description: "names of the venues to merge",
  },
  assetAliases: {
    schema: structuredSetting("XBT=BTC,…", namedTexts).optional(),
    env: "BOOK_ASSET_ALIASES",
    flag: "asset-aliases",
    description: "assets that count as another, as in XBT=BTC",
  },
  symbolMapping: {
    schema: structuredSetting("NAME=venue:symbol+venue:symbol,…", mappedSymbols).optional(),
    env: "BOOK_SYMBOLS",
    flag: "symbols",
    description:
      "symbols merged though base and quote do not say so, as in BTCUSD=bitstamp:btcusd+binancespot:BTCUSDT",
  },
  staleSeconds: {
    schema: integerSetting({ min: 1, max: 86_400 }).default(30),
    env: "BOOK_STALE_SECONDS",
    flag: "stale-seconds",
    description: "silence after which a venue leaves the merge",
  },
  releaseSeconds: {
    schema: integerSetting({ min: 0, max: 86_400 }).default(30),
    env: "BOOK_RELEASE_SECONDS",
    flag: "release-seconds",
    description: "how long a symbol that nobody watches is kept",
  },
  publish: {
    schema: booleanSetting().default(true),
    env: "BOOK_PUBLISH",
    flag: "publish",
    description: "publish merged books to the broker, unless direct",
  },
  publishSymbols: {
    schema: listSetting({ countMax: 1000 }).default([]),
    env: "BOOK_PUBLISH_SYMBOLS",
    flag: "publish-symbols",
    description: "symbols that are published, watched or not; none: those that clients watch",
  },
  publishDepth: {
    schema: integerSetting({ min: 1, max: 1000 }).default(20),
    env: "BOOK_PUBLISH_DEPTH",
    flag: "publish-depth",
    description: "levels of each side that are published",
  },
  publishMillis: {
    schema: integerSetting({ min: 1, max: 60_000 }).default(100),
    env: "BOOK_PUBLISH_MILLIS",
    flag: "publish-millis",
    description: "least time between two published states of a symbol",
  },
  binanceRestUrl: {
    schema: urlSetting("http", "https").optional(),
    env: "BINANCE_SPOT_REST_URL",
    flag: "binance-rest-url",
    description: "direct: REST origin in place of Binance's",
  },
  binanceWsUrl: {
    schema: urlSetting("ws", "wss").optional(),
    env: "BINANCE_SPOT_WS_URL",
    flag: "binance-ws-url",
    description: "direct: WebSocket origin in place of Binance's",
  },
  ...bitstampSettings,
  ...deribitSettings,
  logLevel: {
    schema: choiceSetting(...LOG_LEVELS).default("info"),
    env: "LOG_LEVEL",
    flag: "log-level",
    description: "least severe lines that are written",
  },
});

export type BookServiceSettings = SettingsValues<typeof BOOK_SERVICE_SETTINGS>;
