import "reflect-metadata";

export {
  ExchangeId,
  type HealthReport,
  type ServiceStatus,
  type StatusReport,
  type SubscriptionReport,
} from "@ims/common";
export { SERVICE_ERRORS } from "./errors.js";
export type { DataService, DataServiceOptions } from "./service/data-service.js";
export { ExitCode } from "./service/exit-code.js";
export type { ProcessHost } from "./service/process-host.js";
export { type RunOptions, runDataService, type VenueChoice } from "./service/run-data-service.js";
export { startDataService } from "./service/start-data-service.js";
export { SERVICE_SETTINGS, type ServiceSettings } from "./settings/service-settings.js";
