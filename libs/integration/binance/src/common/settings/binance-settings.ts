import { homedir } from "node:os";
import { join } from "node:path";
import {
  booleanSetting,
  choiceSetting,
  defineSettings,
  integerSetting,
  type SettingDefinition,
  type SettingsValues,
  textSetting,
  urlSetting,
} from "@ims/common";
import { binanceError } from "../errors/binance-errors.js";
import type { BinanceMarketName } from "../market/binance-market.js";
import { checkApiKey, readApiKeyFile } from "./api-key.js";
import type { BinanceOptions } from "./binance-options.js";

/** Settings of the Binance services; a program spreads them into its own `defineSettings`. */
export const binanceSettings = defineSettings({
  binanceSpotRestUrl: origin("SPOT", "REST", "Binance spot"),
  binanceSpotWsUrl: origin("SPOT", "WS", "Binance spot"),
  binanceCoinFutureRestUrl: origin("COIN_FUTURE", "REST", "Binance COIN-M"),
  binanceCoinFutureWsUrl: origin("COIN_FUTURE", "WS", "Binance COIN-M"),
  binanceUsdFutureRestUrl: origin("USD_FUTURE", "REST", "Binance USD-M"),
  binanceUsdFutureWsUrl: origin("USD_FUTURE", "WS", "Binance USD-M"),
  binanceTestnet: {
    schema: booleanSetting().default(false),
    env: "BINANCE_TESTNET",
    flag: "binance-testnet",
    description: "Use Binance's test environments",
  },
  binanceTrades: {
    schema: choiceSetting("trade", "aggTrade").default("trade"),
    env: "BINANCE_TRADES",
    flag: "binance-trades",
    description:
      "Stream that trades are read from: trade (every one) or aggTrade (one per taker order and price)",
  },
  binanceMarketData: {
    schema: choiceSetting("json", "sbe", "auto").default("json"),
    env: "BINANCE_MARKET_DATA",
    flag: "binance-market-data",
    description:
      "Spot's trades, top of book and books: json, sbe (binary streams, which want an API key), or auto (sbe where it can be had)",
  },
  binanceApiKey: {
    schema: textSetting({ lengthMax: 4096 }).optional(),
    env: "BINANCE_API_KEY",
    secret: true,
    description: "API key of type Ed25519 for the binary streams; nothing else is done with it",
  },
  binanceApiKeyFile: {
    schema: textSetting().optional(),
    env: "BINANCE_API_KEY_FILE",
    flag: "binance-api-key-file",
    description: "File that holds the API key alone and that only its owner may read",
  },
  binanceSpotSbeUrl: {
    schema: urlSetting("ws", "wss").optional(),
    env: "BINANCE_SPOT_SBE_URL",
    flag: "binance-spot-sbe-url",
    description: "WebSocket origin in place of Binance spot's for binary streams",
  },
  binanceRedundancy: {
    schema: integerSetting({ min: 1, max: 4 }).default(1),
    env: "BINANCE_REDUNDANCY",
    flag: "binance-redundancy",
    description: "Connections that carry the same streams; of each record the first copy counts",
  },
  binanceWeightFolder: {
    schema: textSetting().optional(),
    env: "BINANCE_WEIGHT_FOLDER",
    flag: "binance-weight-folder",
    description:
      "Folder in which all processes of this host keep count of request weight; none to do without (default: ~/.ims/request-weight, for Binance's own hosts)",
  },
});

/** The values that {@link binanceSettings} yields. */
export type BinanceSettings = SettingsValues<typeof binanceSettings>;

const PREFIXES = {
  spot: "binanceSpot",
  "coin-future": "binanceCoinFuture",
  "usd-future": "binanceUsdFuture",
} as const satisfies Record<BinanceMarketName, string>;

/**
 * The part of the settings that concerns one market. Reads the file of the API key where it is needed. Throws
 * `binance.api-key-twice`, `binance.api-key-file` and `binance.api-key-malformed`.
 */
export function binanceOptions(market: BinanceMarketName, settings: BinanceSettings): BinanceOptions {
  const prefix = PREFIXES[market];
  return {
    testnet: settings.binanceTestnet,
    restUrl: settings[`${prefix}RestUrl`],
    wsUrl: settings[`${prefix}WsUrl`],
    tradesChannel: settings.binanceTrades,
    ...(settings.binanceMarketData !== "json" && binaryOptions(market, settings)),
    redundancy: settings.binanceRedundancy,
    ledgerFolder: ledgerFolder(settings.binanceWeightFolder, settings[`${prefix}RestUrl`]),
  };
}

/** All services of a user meet in one folder, wherever they keep their data; other hosts than the venue's count alone. */
function ledgerFolder(folder: string | undefined, restUrl: string | undefined): string | undefined {
  if (folder === "none") return undefined;
  return folder ?? (restUrl === undefined ? join(homedir(), ".ims", "request-weight") : undefined);
}

/** A market without binary streams needs no key, and says so if they are insisted on. */
function binaryOptions(market: BinanceMarketName, settings: BinanceSettings): BinanceOptions {
  const { binanceApiKey, binanceApiKeyFile, binanceMarketData, binanceSpotSbeUrl } = settings;
  if (market !== "spot") return { marketData: binanceMarketData };
  if (binanceApiKey !== undefined && binanceApiKeyFile !== undefined)
    throw binanceError("binance.api-key-twice", "BINANCE_API_KEY and BINANCE_API_KEY_FILE are set");
  const apiKey =
    binanceApiKeyFile === undefined
      ? binanceApiKey && checkApiKey(binanceApiKey, "BINANCE_API_KEY")
      : readApiKeyFile(binanceApiKeyFile);
  return { marketData: binanceMarketData, apiKey, sbeUrl: binanceSpotSbeUrl };
}

function origin(market: "SPOT" | "COIN_FUTURE" | "USD_FUTURE", kind: "REST" | "WS", venue: string) {
  const env = `BINANCE_${market}_${kind}_URL`;
  const schemes = kind === "REST" ? ["http", "https"] : ["ws", "wss"];
  return {
    schema: urlSetting(...schemes).optional(),
    env,
    flag: env.toLowerCase().replaceAll("_", "-"),
    description: `${kind === "REST" ? "REST" : "WebSocket"} origin in place of ${venue}'s; its paths are appended`,
  } satisfies SettingDefinition;
}
