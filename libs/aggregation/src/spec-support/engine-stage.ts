import { AverageState } from "@ims/common";
import type { AverageRecord } from "@ims/sbe";
import { AverageEngine } from "../engine/average-engine.js";
import { type PlanText, readPlan } from "../plan/average-plan.js";
import { CollectedOutput } from "./collected-output.js";
import { type TradeRow, tradeValues } from "./trades.js";

/** When the trades of tests begin, microseconds since 1970. */
export const START = 1_700_000_000_000_000;
const SECOND = 1e6;

/** An engine, a way to give it trades, and what it published of them. */
export function setup(text: Partial<PlanText> = {}, symbolsMax?: number) {
  const plan = readPlan({
    windows: ["1s"],
    halfLives: [],
    lateness: "0s",
    revisableWindows: 2,
    emptyWindows: false,
    extraDigits: 2,
    ...text,
  });
  const engine = new AverageEngine(plan, symbolsMax);
  let output = new CollectedOutput();
  /** Seconds behind {@link START}, price in hundredths, quantity in thousandths. */
  const trade = (seconds: number, price: number, rest: Partial<TradeRow> = {}) => {
    const micros = START + Math.round(seconds * SECOND);
    engine.take(tradeValues({ micros, price: BigInt(price), quantity: 1000n, ...rest }), output);
  };
  /** What was published since the last call. */
  const published = () => {
    const averages = output.averages();
    output = new CollectedOutput();
    return averages;
  };
  return { engine, trade, published };
}

/** A message in one line: symbol, window in seconds behind {@link START}, state, trades, average. */
export function brief({
  symbol,
  state,
  windowStartMicros,
  windowEndMicros,
  tradeCount,
  value,
}: AverageRecord) {
  const [from, to] = [(windowStartMicros - START) / SECOND, (windowEndMicros - START) / SECOND];
  return `${symbol} ${from}-${to} ${stateName(state)} ${tradeCount} ${value ?? "-"}`;
}

function stateName(state: number): string {
  return Object.entries(AverageState).find(([, number]) => number === state)![0];
}
