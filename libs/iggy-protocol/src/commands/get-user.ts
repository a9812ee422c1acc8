import { readUserDetails, type UserDetails, writeUserDetails } from "../records/user-record.js";
import { optionalReplyCodec } from "./command-codec.js";
import { type UserTarget, userTarget } from "./user-target.js";

/** `[user]` → user details, or an empty body when there is no such user. */
export const getUser = optionalReplyCodec<UserTarget, UserDetails>("get user", {
  ...userTarget,
  writeReply: writeUserDetails,
  readReply: readUserDetails,
});
