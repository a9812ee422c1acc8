import { commandCodec, noReply } from "./command-codec.js";
import { type StreamTarget, streamTarget } from "./stream-target.js";

/** `[stream]` → empty. Every partition of every topic is empty again, its next offset 0. */
export const purgeStream = commandCodec<StreamTarget, undefined>("purge stream", {
  ...streamTarget,
  ...noReply,
});
