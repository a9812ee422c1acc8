export { AverageEngine, type EngineCounts } from "./engine/average-engine.js";
export { type AveragesNotice, averagesProcessor, type TradeReading } from "./engine/averages-processor.js";
export { restoreEngine, STATE_VERSION, snapshotEngine } from "./engine/engine-state.js";
export { AGGREGATION_ERRORS } from "./errors.js";
export {
  type AveragePlan,
  describePlan,
  type HalfLife,
  type PlanText,
  readPlan,
} from "./plan/average-plan.js";
