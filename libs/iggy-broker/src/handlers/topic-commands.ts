import {
  COMMANDS,
  type CreateTopicRequest,
  IggyErrorCode,
  type PartitionCountRequest,
  type TopicTarget,
  type UpdateTopicRequest,
} from "@ims/iggy-protocol";
import type { StreamEntry, TopicEntry } from "../catalog/catalog.js";
import { storedOption } from "../catalog/catalog-change.js";
import { canonicalOptions, checkUpdate, updatedOptions } from "../catalog/topic-settings.js";
import type { BrokerContext } from "./broker-context.js";
import type { Decision } from "./decision.js";
import { resultRefusal, statusRefusal } from "./refusal.js";
import { existingStream } from "./stream-commands.js";

const TOPIC_COUNT_MAX = 4096;
const PARTITIONS_PER_REQUEST_MAX = 1000;
const PARTITIONS_PER_TOPIC_MAX = 1_000_000;

export function createTopic(context: BrokerContext, request: CreateTopicRequest): Decision {
  const { name, partitionCount } = request;
  if (partitionCount > PARTITIONS_PER_REQUEST_MAX) throw statusRefusal(IggyErrorCode.TooManyPartitions);
  const options = canonicalOptions(request.options, partitionCount);
  const stream = existingStream(context, request.stream);
  if (stream.topics.find(name)) throw resultRefusal(IggyErrorCode.TopicNameAlreadyExists);
  if (stream.topics.count >= TOPIC_COUNT_MAX) throw resultRefusal(IggyErrorCode.TooManyTopics);
  const topic = stream.topics.lowestFreeId();
  return {
    change: {
      type: "topic-created",
      stream: stream.id,
      topic,
      name,
      at: context.clock.nowMicros(),
      options: options.map(storedOption),
      partitionCount,
      firstStorageId: context.catalog.nextStorageId,
    },
    payload: () =>
      COMMANDS.createTopic.codec.encodeReply(context.records.topicDetails(stream.topics.find(topic)!, 0)),
  };
}

export function updateTopic(context: BrokerContext, request: UpdateTopicRequest): Decision {
  checkUpdate(request.options);
  const stream = context.catalog.streams.find(request.stream);
  const known = stream?.topics.find(request.topic);
  // The bound on the topic's size needs its segment size, and is answered before anything else about the topic.
  const options = known && updatedOptions(known.options, request.options);
  const { topic } = existingTopic(context, request);
  const holder = stream?.topics.find(request.name);
  if (holder !== undefined && holder !== topic) throw resultRefusal(IggyErrorCode.TopicNameAlreadyExists);
  return {
    change: {
      type: "topic-updated",
      stream: stream!.id,
      topic: topic.id,
      name: request.name,
      options: options!.map(storedOption),
    },
  };
}

export function deleteTopic(context: BrokerContext, request: TopicTarget): Decision {
  const { stream, topic } = existingTopic(context, request);
  return { change: { type: "topic-deleted", stream: stream.id, topic: topic.id } };
}

export function purgeTopic(context: BrokerContext, request: TopicTarget): Decision {
  const { stream, topic } = existingTopic(context, request);
  const firstStorageId = context.catalog.nextStorageId;
  return { change: { type: "topic-purged", stream: stream.id, topic: topic.id, firstStorageId } };
}

export function createPartitions(context: BrokerContext, request: PartitionCountRequest): Decision {
  const { count } = checkedCount(request);
  const { stream, topic } = existingTopic(context, request);
  if (topic.partitions.length + count > PARTITIONS_PER_TOPIC_MAX) {
    throw resultRefusal(IggyErrorCode.PartitionIdSpaceExhausted);
  }
  return {
    change: {
      type: "partitions-created",
      stream: stream.id,
      topic: topic.id,
      at: context.clock.nowMicros(),
      count,
      firstStorageId: context.catalog.nextStorageId,
    },
  };
}

export function deletePartitions(context: BrokerContext, request: PartitionCountRequest): Decision {
  const { count } = checkedCount(request);
  const { stream, topic } = existingTopic(context, request);
  if (count > topic.partitions.length) throw resultRefusal(IggyErrorCode.InvalidPartitionsCount);
  return { change: { type: "partitions-deleted", stream: stream.id, topic: topic.id, count } };
}

/** @throws Refusal result 1009 or 2010 */
function existingTopic(
  context: BrokerContext,
  target: TopicTarget,
): { stream: StreamEntry; topic: TopicEntry } {
  const stream = existingStream(context, target.stream);
  const topic = stream.topics.find(target.topic);
  if (topic === undefined) throw resultRefusal(IggyErrorCode.TopicIdNotFound);
  return { stream, topic };
}

function checkedCount(request: PartitionCountRequest): PartitionCountRequest {
  if (request.count === 0 || request.count > PARTITIONS_PER_REQUEST_MAX) {
    throw statusRefusal(IggyErrorCode.TooManyPartitions);
  }
  return request;
}
