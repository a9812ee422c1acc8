import type { BinanceMarket } from "../../binance/markets/market.js";
import type { SyntheticSourceOptions } from "../../binance/simulator-options.js";
import { fail } from "../../errors/simulator-errors.js";
import type { FairPrice } from "./fair-price.js";
import type { WalkOptions } from "./matching-walk.js";

/** Options of a made-up market with the defaults filled in. */
export interface SyntheticSettings {
  readonly tradesPerSecond: number;
  readonly historyMinutes: number;
  readonly timerMillis: number;
  readonly fairPrice: FairPrice | undefined;
  readonly walk: Omit<WalkOptions, "startMicros" | "tradesPerSecond" | "fairUnits">;
}

const TRADES_PER_SECOND_MAX = 1_000_000;
const TRADES_PER_SECOND_DEFAULT = 50;
const HISTORY_MINUTES_MAX = 2880;
/** Made-up bars over all symbols, unless asked for more. */
const HISTORY_BARS = 300_000;
const LIQUIDATION_SHARE_DEFAULT = 0.02;

/** @throws ImsError `simulator.invalid-option` naming the option that is out of range */
export function syntheticSettings(
  market: BinanceMarket,
  options: SyntheticSourceOptions,
  seed: number,
  symbolCount: number,
): SyntheticSettings {
  const futures = market.name !== "spot";
  const number = (name: keyof SyntheticSourceOptions, standard: number, min: number, max: number) => {
    const value = (options[name] as number | undefined) ?? standard;
    if (!(value >= min && value <= max)) {
      throw fail("simulator.invalid-option", `${name} ${value}; ${min} to ${max} are possible`);
    }
    return value;
  };
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw fail("simulator.invalid-option", `seed ${seed}; a whole number from 0 to 4294967295 is needed`);
  }
  const historyMinutes = Math.min(HISTORY_MINUTES_MAX, Math.max(60, Math.floor(HISTORY_BARS / symbolCount)));
  return {
    tradesPerSecond: number("tradesPerSecond", TRADES_PER_SECOND_DEFAULT, 0, TRADES_PER_SECOND_MAX),
    historyMinutes: Math.floor(number("historyMinutes", historyMinutes, 0, HISTORY_MINUTES_MAX)),
    timerMillis: number("timerMillis", 5, 1, 60_000),
    fairPrice: options.fairPrice,
    walk: {
      seed,
      bookUpdatesPerOrder: number("bookUpdatesPerOrder", 3, 0, 100),
      bookLevels: Math.floor(number("bookLevels", 100, 20, 5000)),
      idsHaveHoles: futures,
      unusualShare: number("unusualTradeShare", 0, 0, futures ? 1 : 0),
      liquidationShare: number(
        "liquidationShare",
        futures ? LIQUIDATION_SHARE_DEFAULT : 0,
        0,
        futures ? 1 : 0,
      ),
    },
  };
}
