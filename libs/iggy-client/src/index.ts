export { BatchArena } from "@ims/iggy-protocol";
export type * from "./client/client-options.js";
export type * from "./client/client-requests.js";
export type { Groups } from "./client/groups.js";
export { IggyClient } from "./client/iggy-client.js";
export type { Offsets } from "./client/offsets.js";
export type { Partitions } from "./client/partitions.js";
export type { PolledReply } from "./client/polled-reply.js";
export type { Streams } from "./client/streams.js";
export type { System } from "./client/system.js";
export type { Tokens } from "./client/tokens.js";
export type { Topics } from "./client/topics.js";
export type { Users } from "./client/users.js";
export type * from "./connection/byte-stream.js";
export type * from "./connection/connection-events.js";
export { parseConnectionString } from "./connection/connection-string.js";
export type { CommitMode, CommitPoint } from "./consumer/commit-mode.js";
export type { ConsumedBatch } from "./consumer/consumed-batch.js";
export type { ConsumedMessage } from "./consumer/consumed-message.js";
export { Consumer, type ConsumerRunOptions, type MessagePlace } from "./consumer/consumer.js";
export type { ConsumerCounters } from "./consumer/consumer-counters.js";
export { CONSUMER_ERRORS } from "./consumer/consumer-errors.js";
export type {
  ConsumerEvents,
  ConsumerOptions,
  GroupConsumerOptions,
  PartitionGap,
  PartitionStatus,
  SingleConsumerOptions,
} from "./consumer/consumer-options.js";
export type * from "./diagnostics/client-metrics.js";
export { Diagnostics, type DiagnosticsSnapshot } from "./diagnostics/diagnostics.js";
export { Histogram, type HistogramSnapshot } from "./diagnostics/histogram.js";
export { Aes256GcmEncryptor } from "./encryption/aes-256-gcm.js";
export { ENCRYPTION_ERRORS } from "./encryption/encryption-errors.js";
export type * from "./encryption/encryptor.js";
export { IGGY_CLIENT_ERRORS, refusalCode } from "./errors.js";
export { PartitionProducer } from "./producer/partition-producer.js";
export { PRODUCER_ERRORS } from "./producer/producer-errors.js";
export type * from "./producer/producer-options.js";
export { SendReceipt, type StoredRun } from "./producer/send-call.js";
export { TopicProducer } from "./producer/topic-producer.js";
export type * from "./producer/topic-producer-options.js";
