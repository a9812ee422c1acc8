import { readTopicDetails, type TopicDetails, writeTopicDetails } from "../records/topic-record.js";
import { optionalReplyCodec } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

/** `[stream][topic]` → topic and partition records, or an empty body when either is missing. */
export const getTopic = optionalReplyCodec<TopicTarget, TopicDetails>("get topic", {
  ...topicTarget,
  writeReply: writeTopicDetails,
  readReply: readTopicDetails,
});
