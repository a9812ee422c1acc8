import type { FaultRule } from "../binance/faults/fault-script.js";
import type { SyntheticSourceOptions } from "../binance/simulator-options.js";
import { openVenue } from "./venue-client.js";

/** The stream that most specs of faults read, and its path. */
export const TRADE_STREAM = "btcusdt@trade";
export const TRADES_PATH = `/ws/${TRADE_STREAM}`;

/** What these specs look at in the frame of a trade. */
export interface TradeFrame {
  t: number;
}

/** A client of a spot venue with fault rules, after some simulated seconds. */
export async function withRules(
  rules: readonly FaultRule[],
  seconds: number,
  path = TRADES_PATH,
  source: Partial<SyntheticSourceOptions> = {},
) {
  const opened = await openVenue("spot", { tradesPerSecond: 30, ...source }, { faults: { seed: 1, rules } });
  const client = await opened.connect(path);
  await opened.clock.advance(seconds * 1000);
  const texts = client.frames;
  const ids = () => texts.map((text) => (JSON.parse(text) as TradeFrame).t);
  return { ...opened, client, texts, ids };
}

/** Ids as the venue numbered them, whatever became of their frames. */
export function idsBetween(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
