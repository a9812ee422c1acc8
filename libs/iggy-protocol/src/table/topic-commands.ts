import { createPartitions } from "../commands/create-partitions.js";
import { createTopic } from "../commands/create-topic.js";
import { deletePartitions } from "../commands/delete-partitions.js";
import { deleteSegments } from "../commands/delete-segments.js";
import { deleteTopic } from "../commands/delete-topic.js";
import { getTopic } from "../commands/get-topic.js";
import { getTopics } from "../commands/get-topics.js";
import { purgeTopic } from "../commands/purge-topic.js";
import { updateTopic } from "../commands/update-topic.js";
import { IggyErrorCode } from "../errors/iggy-error-code.js";
import { Operation } from "../frame/operation.js";
import { read, write } from "./command.js";

const TOPIC = "[stream][topic]";
const TOPIC_DETAILS = "topic record {partition record}";

export const TOPIC_COMMANDS = {
  getTopic: read("topic.get", 300, getTopic, {
    permission: "readTopic",
    request: TOPIC,
    reply: `${TOPIC_DETAILS}, empty when missing`,
  }),
  getTopics: read("topic.list", 301, getTopics, {
    permission: "readTopics",
    request: "[stream]",
    reply: "[count u32]{topic record}",
  }),
  createTopic: write("topic.create", 302, Operation.CreateTopic, createTopic, {
    permission: "createTopics",
    request: "[stream][partition_count u32][name][options]",
    reply: TOPIC_DETAILS,
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.InvalidTopicSize,
      IggyErrorCode.TopicNameAlreadyExists,
      IggyErrorCode.TooManyPartitions,
      IggyErrorCode.TooManyTopics,
      IggyErrorCode.PartitionIdSpaceExhausted,
      IggyErrorCode.UnsupportedOptionKey,
      IggyErrorCode.InvalidOptionValue,
    ],
  }),
  deleteTopic: write("topic.delete", 303, Operation.DeleteTopic, deleteTopic, {
    permission: "manageTopic",
    request: TOPIC,
    refusals: [IggyErrorCode.StreamIdNotFound, IggyErrorCode.TopicIdNotFound],
  }),
  updateTopic: write("topic.update", 304, Operation.UpdateTopic, updateTopic, {
    permission: "manageTopic",
    request: `${TOPIC}[name][options]`,
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.InvalidTopicSize,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.TopicNameAlreadyExists,
      IggyErrorCode.UnsupportedOptionKey,
      IggyErrorCode.InvalidOptionValue,
    ],
  }),
  purgeTopic: write("topic.purge", 305, Operation.PurgeTopic, purgeTopic, {
    permission: "manageTopic",
    request: TOPIC,
    refusals: [IggyErrorCode.StreamIdNotFound, IggyErrorCode.TopicIdNotFound],
  }),
  createPartitions: write("partition.create", 402, Operation.CreatePartitions, createPartitions, {
    permission: "manageTopic",
    request: `${TOPIC}[count u32]`,
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.TooManyPartitions,
      IggyErrorCode.InvalidPartitionsCount,
      IggyErrorCode.PartitionIdSpaceExhausted,
    ],
  }),
  deletePartitions: write("partition.delete", 403, Operation.DeletePartitions, deletePartitions, {
    permission: "manageTopic",
    request: `${TOPIC}[count u32]`,
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.TooManyPartitions,
      IggyErrorCode.InvalidPartitionsCount,
    ],
  }),
  deleteSegments: write("segment.delete", 503, Operation.DeleteSegments, deleteSegments, {
    permission: "manageTopic",
    request: `${TOPIC}[partition u32][count u32]`,
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.TopicIdNotFound,
      IggyErrorCode.PartitionNotFound,
    ],
  }),
} as const;
