import { describe, expect, it } from "vitest";
import { planOf, runMonth } from "./month.js";

const seeds = process.env.IMS_SEED
  ? [Number(process.env.IMS_SEED)]
  : Array.from(
      { length: Number(process.env.IMS_SEEDS ?? 12) },
      (_, at) => at + Number(process.env.IMS_FIRST_SEED ?? 1),
    );

describe("simulated months of Binance", () => {
  it("trades, books, liveness and limits hold", { timeout: 36_000_000 }, async () => {
    const failed: string[] = [];
    for (const seed of seeds) {
      const started = process.cpuUsage();
      const result = await runMonth(
        planOf(seed, process.env.IMS_SEEDS || process.env.IMS_SEED ? undefined : 12),
      );
      const used = process.cpuUsage(started);
      const took = (used.user + used.system) / 1000;
      const { report, plan, ...rest } = result;
      console.log(
        seed,
        plan.market,
        plan.hours.toFixed(0),
        "h",
        (took / 1000).toFixed(1),
        "s",
        JSON.stringify(rest),
      );
      if (report.violationCount > 0) failed.push(String(report));
    }
    expect(failed.join("\n\n")).toBe("");
  });
});
