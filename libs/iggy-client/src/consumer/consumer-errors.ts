import { type ErrorTable, errorFactory } from "@ims/common";

/** What reading with a consumer can end in, besides the errors of single calls. */
export const CONSUMER_ERRORS = {
  "iggy-client.consumer-closed": {
    summary: "The consumer is closed.",
    action: "Create a new consumer",
    retryable: false,
  },
  "iggy-client.consumer-busy": {
    summary: "A consumer is read by two at once, or a client has two members of one group.",
    action: "End the first iteration before beginning another; give every member of a group its own client",
    retryable: false,
  },
  "iggy-client.consumer-target-missing": {
    summary: "The stream, topic, partition or group that a consumer reads does not exist.",
    action: "Create it, or correct the name; the consumer continues when it is asked for more",
    retryable: true,
  },
  "iggy-client.message-unreadable": {
    summary: "A stored message has a wrong checksum or cannot be decrypted.",
    action: 'Go on behind it with seek, or let the consumer do so with onUnreadable "skip"',
    retryable: false,
  },
  "iggy-client.message-too-large": {
    summary: "A single stored message does not fit into the largest accepted reply.",
    action: "Connect with a larger frameBytesMax, or go on behind it with seek",
    retryable: false,
  },
  "iggy-client.partition-lost": {
    summary: "An offset was not committed because the partition belongs to another member of the group.",
    action: "Expect the messages since the last commit at the other member",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const consumerError = errorFactory(CONSUMER_ERRORS);
