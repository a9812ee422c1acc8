import { commandCodec, noReply } from "./command-codec.js";
import { type UserTarget, userTarget } from "./user-target.js";

/** `[user]` → empty; 20 when missing, 48 for root. */
export const deleteUser = commandCodec<UserTarget, undefined>("delete user", { ...userTarget, ...noReply });
