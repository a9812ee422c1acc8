import { commandCodec, noReply } from "./command-codec.js";
import { type GroupTarget, groupTarget } from "./group-target.js";

/** `[stream][topic][group]` → empty. Its offsets go; the id is never used again. */
export const deleteGroup = commandCodec<GroupTarget, undefined>("delete consumer group", {
  ...groupTarget,
  ...noReply,
});
