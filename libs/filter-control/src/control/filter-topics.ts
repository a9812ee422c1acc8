import type { IggyClient, PolledReply } from "@ims/iggy-client";

/** The stream that modules and commands lie in; who may write to it may deploy. */
export const FILTERS_STREAM = "filters";
export const MODULES_TOPIC = "modules";
export const COMMANDS_TOPIC = "commands";
export const EVENTS_TOPIC = "events";

export type FilterTopic = typeof MODULES_TOPIC | typeof COMMANDS_TOPIC | typeof EVENTS_TOPIC;

/** What of the broker's client is used here. */
export type FilterClient = Pick<IggyClient, "streams" | "topics" | "poll" | "sendMessages">;

const CONSUMER = { kind: "consumer", id: "filter-control" } as const;
/** Events are for people and for waiting commands: brokers may delete old ones beyond so many octets. */
const EVENTS_BYTES_MAX = 64n * 1024n * 1024n;

/** Creates the stream and its topics, each of one partition, where they are missing. */
export async function ensureFilterTopics({ streams, topics }: FilterClient): Promise<void> {
  await streams.ensure(FILTERS_STREAM);
  for (const name of [MODULES_TOPIC, COMMANDS_TOPIC]) {
    await topics.ensure(FILTERS_STREAM, { name, partitionCount: 1 });
  }
  const options = { maxTopicBytes: EVENTS_BYTES_MAX, segmentBytes: 16 * 1024 * 1024 };
  await topics.ensure(FILTERS_STREAM, { name: EVENTS_TOPIC, partitionCount: 1, options });
}

/** Messages of a topic from an offset on. */
export function pollFilters(
  client: FilterClient,
  topic: FilterTopic,
  offset: number,
  count: number,
): Promise<PolledReply> {
  return client.poll({
    stream: FILTERS_STREAM,
    topic,
    partitionId: 0,
    consumer: CONSUMER,
    strategy: { kind: "offset", value: offset },
    count,
  });
}

/** Offset that the next message of a topic will have. */
export async function endOf(client: FilterClient, topic: FilterTopic): Promise<number> {
  const reply = await client.poll({
    stream: FILTERS_STREAM,
    topic,
    partitionId: 0,
    consumer: CONSUMER,
    strategy: { kind: "last" },
    count: 1,
  });
  return reply.next() ? reply.offset + 1 : 0;
}

/** Resolves when the broker has them all. All that is written here may be stored twice. */
export async function sendFilters(
  client: FilterClient,
  topic: FilterTopic,
  payloads: readonly Uint8Array[],
): Promise<void> {
  for (const payload of payloads) {
    await client.sendMessages({
      stream: FILTERS_STREAM,
      topic,
      partitioning: { kind: "partition", partitionId: 0 },
      messages: [{ payload }],
      resend: true,
    });
  }
}
