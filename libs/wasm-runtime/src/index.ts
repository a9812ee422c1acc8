export { WASM_ERRORS } from "./errors.js";
export * from "./host/batch-outcome.js";
export * from "./host/filter-host.js";
export type { HostMode } from "./host/filter-runner.js";
export type { FilterMetrics } from "./host/host-metrics.js";
export type {
  FailurePolicy,
  FilterEvent,
  FilterHostOptions,
  SwapOptions,
  SwapReport,
} from "./host/host-options.js";
export { WORKER_RESOURCE_LIMITS } from "./host/worker-link.js";
export type { BatchRecords } from "./instance/batch-records.js";
export * from "./instance/batch-result.js";
export * from "./instance/filter-description.js";
export * from "./instance/filter-instance.js";
export { type FilterLogLevel, LogGate } from "./instance/log-gate.js";
export {
  type ParameterValues,
  type ResolvedParameter,
  resolveParameters,
} from "./instance/parameter-values.js";
export { TRAP_KINDS, type TrapKind } from "./instance/trap.js";
export * from "./limits.js";
export * from "./module/check-module.js";
export * from "./module/compile-module.js";
export type { CompiledModule, EngineMemory, HostFunctions } from "./module/engine.js";
export * from "./module/module-profile.js";
export type { ExternalName } from "./module/module-sections.js";
export * from "./module/module-signature.js";
