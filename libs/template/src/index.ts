import "reflect-metadata";

export { ExchangeId } from "@ims/common";
export { SERVICE_ERRORS } from "./errors.js";
export type { HealthReport, ServiceStatus, SubscriptionReport } from "./health/health-report.js";
export type { DataService, DataServiceOptions } from "./service/data-service.js";
export type { ProcessHost } from "./service/process-host.js";
export { ExitCode, type RunOptions, runDataService, type VenueChoice } from "./service/run-data-service.js";
export { startDataService } from "./service/start-data-service.js";
export { SERVICE_SETTINGS, type ServiceSettings } from "./settings/service-settings.js";
