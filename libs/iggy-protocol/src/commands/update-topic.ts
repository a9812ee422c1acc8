import { type Option, readOptions, writeOptions } from "../primitives/options.js";
import { commandCodec, noReply } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

export interface UpdateTopicRequest extends TopicTarget {
  readonly name: string;
  /** Only compression, expiry and maximum size can change. */
  readonly options: readonly Option[];
}

/** `[stream][topic][name][options to the end]` → empty. */
export const updateTopic = commandCodec<UpdateTopicRequest, undefined>("update topic", {
  writeRequest(writer, request) {
    topicTarget.writeRequest(writer, request);
    writer.name(request.name, "topic name");
    writeOptions(writer, request.options);
  },
  readRequest: (reader) => ({
    ...topicTarget.readRequest(reader),
    name: reader.name("topic name"),
    options: readOptions(reader),
  }),
  ...noReply,
});
