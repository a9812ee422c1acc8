export { startBroker } from "./broker.js";
export type {
  Broker,
  BrokerEnd,
  BrokerLimits,
  BrokerLogger,
  BrokerOptions,
  BrokerTls,
  BrokerWorkerOptions,
  LocalBroker,
} from "./broker-options.js";
export { startBrokerWorker } from "./broker-worker.js";
export { BROKER_ERRORS } from "./errors.js";
