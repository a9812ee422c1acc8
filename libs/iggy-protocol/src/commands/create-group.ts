import { type GroupDetails, readGroupDetails, writeGroupDetails } from "../records/group-record.js";
import { commandCodec } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

export interface CreateGroupRequest extends TopicTarget {
  /** Never empty: an empty group name ends the process of some servers. */
  readonly name: string;
}

/** `[stream][topic][name]` → group record without members. */
export const createGroup = commandCodec<CreateGroupRequest, GroupDetails>("create consumer group", {
  writeRequest(writer, request) {
    topicTarget.writeRequest(writer, request);
    writer.name(request.name, "group name");
  },
  readRequest: (reader) => ({ ...topicTarget.readRequest(reader), name: reader.name("group name") }),
  writeReply: writeGroupDetails,
  readReply: readGroupDetails,
});
