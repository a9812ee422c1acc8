import {
  booleanSetting,
  choiceSetting,
  defineSettings,
  type SettingDefinition,
  type SettingsValues,
  urlSetting,
} from "@ims/common";
import type { BinanceMarketName } from "../market/binance-market.js";
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
});

/** The values that {@link binanceSettings} yields. */
export type BinanceSettings = SettingsValues<typeof binanceSettings>;

const PREFIXES = {
  spot: "binanceSpot",
  "coin-future": "binanceCoinFuture",
  "usd-future": "binanceUsdFuture",
} as const satisfies Record<BinanceMarketName, string>;

/** The part of the settings that concerns one market. */
export function binanceOptions(market: BinanceMarketName, settings: BinanceSettings): BinanceOptions {
  const prefix = PREFIXES[market];
  return {
    testnet: settings.binanceTestnet,
    restUrl: settings[`${prefix}RestUrl`],
    wsUrl: settings[`${prefix}WsUrl`],
    tradesChannel: settings.binanceTrades,
  };
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
