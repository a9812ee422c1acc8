import { commandCodec, noReply } from "./command-codec.js";
import { type StreamTarget, streamTarget } from "./stream-target.js";

/** `[stream]` → empty. Contents, topics and offsets go; the id becomes free. */
export const deleteStream = commandCodec<StreamTarget, undefined>("delete stream", {
  ...streamTarget,
  ...noReply,
});
