import { commandCodec, noReply } from "./command-codec.js";
import { type GroupTarget, groupTarget } from "./group-target.js";

/** `[stream][topic][group]` → empty. The session's client becomes a member; joining again changes nothing. */
export const joinGroup = commandCodec<GroupTarget, undefined>("join consumer group", {
  ...groupTarget,
  ...noReply,
});
