import "reflect-metadata";

export {
  ExchangeId,
  type HealthReport,
  type ServiceStatus,
  type StatusReport,
  type SubscriptionReport,
} from "@ims/common";
export { SERVICE_ERRORS } from "./errors.js";
export type { MetricsText } from "./health/metrics-text.js";
export type { Companion, CompanionHost } from "./processing/companion.js";
export { perRecord } from "./processing/per-record.js";
export type { ProcessorReport } from "./processing/processor-health.js";
export {
  type ProcessorOptions,
  type ProcessorService,
  startProcessor,
} from "./processing/processor-service.js";
export {
  type ProcessorChoice,
  type RunProcessorOptions,
  runProcessor,
} from "./processing/run-processor.js";
export type { ProcessorSource } from "./processing/source-runner.js";
export { sourcesSetting } from "./processing/source-setting.js";
export { type RecordHandlers, typedRecords } from "./processing/typed-records.js";
export type { DataService, DataServiceOptions } from "./service/data-service.js";
export { ExitCode } from "./service/exit-code.js";
export type { ProcessHost } from "./service/process-host.js";
export { type RunOptions, runDataService, type VenueChoice } from "./service/run-data-service.js";
export { startDataService } from "./service/start-data-service.js";
export { SERVICE_SETTINGS, type ServiceSettings } from "./settings/service-settings.js";
