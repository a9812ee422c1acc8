import { commandCodec, noReply, noRequest } from "./command-codec.js";

/** Empty request, empty reply without result section. Releases the session and its group memberships. */
export const logout = commandCodec<undefined, undefined>("logout", { ...noRequest, ...noReply });
