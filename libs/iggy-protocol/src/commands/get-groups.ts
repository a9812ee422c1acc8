import { type GroupRecord, readGroupRecord, writeGroupRecord } from "../records/group-record.js";
import { commandCodec } from "./command-codec.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

/** `[stream][topic]` → group records to the end of the body. */
export const getGroups = commandCodec<TopicTarget, readonly GroupRecord[]>("get consumer groups", {
  ...topicTarget,
  writeReply(writer, groups) {
    for (const group of groups) writeGroupRecord(writer, group);
  },
  readReply(reader) {
    const groups: GroupRecord[] = [];
    while (reader.remaining > 0) groups.push(readGroupRecord(reader));
    return groups;
  },
});
