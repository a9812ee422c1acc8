export type * from "./client/client-options.js";
export type * from "./client/client-requests.js";
export { IggyClient } from "./client/iggy-client.js";
export { parseConnectionString } from "./connection/connection-string.js";
export type { ConnectionEvents } from "./connection/server-connection.js";
export { IGGY_CLIENT_ERRORS, refusalCode } from "./errors.js";
export { PartitionProducer } from "./producer/partition-producer.js";
export type * from "./producer/producer-options.js";
