import { commandCodec, noReply } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

/** `[stream][topic]` → empty. Every partition is empty again, its next offset 0; stored offsets go too. */
export const purgeTopic = commandCodec<TopicTarget, undefined>("purge topic", { ...topicTarget, ...noReply });
