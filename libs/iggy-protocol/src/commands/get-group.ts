import { type GroupDetails, readGroupDetails, writeGroupDetails } from "../records/group-record.js";
import { optionalReplyCodec } from "./command-codec.js";
import { type GroupTarget, groupTarget } from "./group-target.js";

/** `[stream][topic][group]` → group record and members, or an empty body when there is no such group. */
export const getGroup = optionalReplyCodec<GroupTarget, GroupDetails>("get consumer group", {
  ...groupTarget,
  writeReply: writeGroupDetails,
  readReply: readGroupDetails,
});
