import { commandCodec, noReply } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

/** `[stream][topic]` → empty. Some clients append a u32, which servers ignore. */
export const deleteTopic = commandCodec<TopicTarget, undefined>("delete topic", {
  ...topicTarget,
  ...noReply,
});
