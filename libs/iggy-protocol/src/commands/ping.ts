import { commandCodec, noReply, noRequest } from "./command-codec.js";

/** Empty request, empty reply. The only command that works without a session, and the heartbeat. */
export const ping = commandCodec<undefined, undefined>("ping", { ...noRequest, ...noReply });
