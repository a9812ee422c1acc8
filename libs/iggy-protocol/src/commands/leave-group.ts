import { commandCodec, noReply } from "./command-codec.js";
import { type GroupTarget, groupTarget } from "./group-target.js";

/** `[stream][topic][group]` → empty; 5006 when the session's client is not a member. */
export const leaveGroup = commandCodec<GroupTarget, undefined>("leave consumer group", {
  ...groupTarget,
  ...noReply,
});
