import { describe, expect, it } from "vitest";
import { type MonthResult, planOf, runMonth } from "./month.js";

const { IMS_FIRST_SEED = "1", IMS_SEED, IMS_SEEDS } = process.env;
const isLong = IMS_SEEDS !== undefined || IMS_SEED !== undefined;
/** One seed alone by IMS_SEED; so many by IMS_SEEDS, from IMS_FIRST_SEED on; a short part by default. */
const first = Number(IMS_SEED ?? IMS_FIRST_SEED);
const count = IMS_SEED === undefined ? Number(IMS_SEEDS ?? 6) : 1;
const SHORT_HOURS_MAX = 26;

function line({ gapIdCount, incidentCount, plan, tradeCount, ...result }: MonthResult): string {
  const { handOverCount, reconnectCount } = result;
  const counts = { incidentCount, tradeCount, gapIdCount, handOverCount, reconnectCount };
  return `seed ${plan.seed}: ${plan.hours.toFixed(1)} h of ${plan.market}, ${JSON.stringify(counts)}`;
}

describe("simulated months of Binance", () => {
  it(`trades, books, bars, liveness and limits hold, ${count} seeds`, { timeout: 86_400_000 }, async () => {
    const failed: string[] = [];
    let [hours, incidents] = [0, 0];
    for (let seed = first; seed < first + count; seed++) {
      const plan = planOf(seed, isLong ? Number.POSITIVE_INFINITY : SHORT_HOURS_MAX);
      const result = await runMonth(plan);
      hours += plan.hours;
      incidents += result.incidentCount;
      if (isLong) console.log(line(result));
      if (result.report.violationCount > 0) failed.push(String(result.report));
    }
    if (isLong)
      console.log(`${count} seeds, ${(hours / 24).toFixed(1)} simulated days, ${incidents} incidents`);
    expect(incidents).toBeGreaterThan(0);
    expect(failed.join("\n\n")).toBe("");
  });
});
