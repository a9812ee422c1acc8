export { startBroker } from "./broker.js";
export type {
  Broker,
  BrokerEnd,
  BrokerLimits,
  BrokerLogger,
  BrokerOptions,
  BrokerStatus,
  BrokerTls,
  BrokerWorkerOptions,
  LocalBroker,
} from "./broker-options.js";
export { startBrokerWorker } from "./broker-worker.js";
export { BROKER_ERRORS } from "./errors.js";
export { type MaintenanceCommand, runMaintenance } from "./maintenance/maintenance-command.js";
export { type RepairReport, repairDataDir } from "./maintenance/repair-data-dir.js";
export { type VerifyReport, verifyDataDir } from "./maintenance/verify-data-dir.js";
