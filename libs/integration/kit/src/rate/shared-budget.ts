import type { Clock } from "@ims/common";
import { WeightBudget, type WeightBudgetOptions } from "./weight-budget.js";

/** By clock, so that systems in simulated time do not share with each other. */
const budgets = new WeakMap<Clock, Map<string, WeightBudget>>();

/**
 * The budget of a host, the same for everything in this process that names the same group. The first caller's options
 * stand, but for the maximum: the smallest one that was asked for holds.
 */
export function sharedWeightBudget(group: string, options: WeightBudgetOptions): WeightBudget {
  const ofClock = budgets.get(options.clock) ?? new Map<string, WeightBudget>();
  budgets.set(options.clock, ofClock);
  const known = ofClock.get(group);
  if (known) {
    known.weightMax = Math.min(known.weightMax, options.weightMax);
    return known;
  }
  const budget = new WeightBudget(options);
  ofClock.set(group, budget);
  return budget;
}
