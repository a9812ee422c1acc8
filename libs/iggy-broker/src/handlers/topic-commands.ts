import {
  COMMANDS,
  type CreateTopicRequest,
  IggyErrorCode,
  type PartitionCountRequest,
  type TopicTarget,
  type UpdateTopicRequest,
} from "@ims/iggy-protocol";
import { storedOption } from "../catalog/catalog-change.js";
import { canonicalOptions, checkUpdate, updatedOptions } from "../catalog/topic-settings.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { existingStream, existingTopic } from "./catalog-lookup.js";
import type { Decision } from "./decision.js";
import { requireRightInLog } from "./permission.js";
import { resultRefusal, statusRefusal } from "./refusal.js";

const TOPIC_COUNT_MAX = 4096;
const PARTITIONS_PER_REQUEST_MAX = 1000;
const PARTITIONS_PER_TOPIC_MAX = 1_000_000;

export function createTopic(context: BrokerContext, request: CreateTopicRequest, caller: Caller): Decision {
  const { name, partitionCount } = request;
  if (partitionCount > PARTITIONS_PER_REQUEST_MAX) throw statusRefusal(IggyErrorCode.TooManyPartitions);
  const options = canonicalOptions(request.options, partitionCount);
  const stream = existingStream(context, request.stream);
  requireRightInLog(caller.user, "createTopics", stream.id);
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

export function updateTopic(context: BrokerContext, request: UpdateTopicRequest, caller: Caller): Decision {
  checkUpdate(request.options);
  const stream = context.catalog.streams.find(request.stream);
  const known = stream?.topics.find(request.topic);
  // The bound on the topic's size needs its segment size, and is answered before anything else about the topic.
  const options = known && updatedOptions(known.options, request.options);
  const { topic } = existingTopic(context, request);
  requireRightInLog(caller.user, "manageTopic", stream!.id, topic.id);
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

export function deleteTopic(context: BrokerContext, request: TopicTarget, caller: Caller): Decision {
  const { stream, topic } = existingTopic(context, request);
  requireRightInLog(caller.user, "manageTopic", stream.id, topic.id);
  return {
    change: { type: "topic-deleted", stream: stream.id, topic: topic.id },
    applied: () => context.groups.dropTopic(topic),
  };
}

export function purgeTopic(context: BrokerContext, request: TopicTarget, caller: Caller): Decision {
  const { stream, topic } = existingTopic(context, request);
  requireRightInLog(caller.user, "manageTopic", stream.id, topic.id);
  const firstStorageId = context.catalog.nextStorageId;
  return {
    change: { type: "topic-purged", stream: stream.id, topic: topic.id, firstStorageId },
    applied: () => context.groups.forgetProgress(topic),
  };
}

export function createPartitions(
  context: BrokerContext,
  request: PartitionCountRequest,
  caller: Caller,
): Decision {
  const { count } = checkedCount(request);
  const { stream, topic } = existingTopic(context, request);
  requireRightInLog(caller.user, "manageTopic", stream.id, topic.id);
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
    applied: () => context.groups.repartition(topic),
  };
}

export function deletePartitions(
  context: BrokerContext,
  request: PartitionCountRequest,
  caller: Caller,
): Decision {
  const { count } = checkedCount(request);
  const { stream, topic } = existingTopic(context, request);
  requireRightInLog(caller.user, "manageTopic", stream.id, topic.id);
  if (count > topic.partitions.length) throw resultRefusal(IggyErrorCode.InvalidPartitionsCount);
  return {
    change: { type: "partitions-deleted", stream: stream.id, topic: topic.id, count },
    applied: () => context.groups.repartition(topic),
  };
}

function checkedCount(request: PartitionCountRequest): PartitionCountRequest {
  if (request.count === 0 || request.count > PARTITIONS_PER_REQUEST_MAX) {
    throw statusRefusal(IggyErrorCode.TooManyPartitions);
  }
  return request;
}
