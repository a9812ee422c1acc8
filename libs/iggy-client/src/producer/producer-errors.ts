import { type ErrorTable, errorFactory } from "@ims/common";

/** What sending through a topic producer can end in, besides what any request can. */
export const PRODUCER_ERRORS = {
  "iggy-client.buffer-full": {
    summary: "A producer's buffer is full and the messages were not taken.",
    action: "Await earlier sends before new ones, or give the producer a larger buffer",
    retryable: true,
  },
  "iggy-client.buffer-timeout": {
    summary: "A producer's buffer had no room within the allowed wait; the messages were not taken.",
    action: "Check whether the server keeps up, allow a longer wait or a larger buffer",
    retryable: true,
  },
  "iggy-client.topic-missing": {
    summary: "The topic of a producer is not there.",
    action: "Create the stream and the topic, or let the producer create them",
    retryable: false,
  },
  "iggy-client.partition-missing": {
    summary: "The topic has no such partition.",
    action: "Use a partition id below the topic's partition count, or add partitions",
    retryable: false,
  },
  "iggy-client.partly-sent": {
    summary: "Some messages of a call were stored and others were not.",
    action: "See the context for which, and send only the failed ones again",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const producerError = errorFactory(PRODUCER_ERRORS);
