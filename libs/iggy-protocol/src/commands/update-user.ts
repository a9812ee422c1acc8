import { type Option, readOptions, writeOptions } from "../primitives/options.js";
import { readUserStatus, type UserStatus, writeUserStatus } from "../records/user-record.js";
import { commandCodec, noReply } from "./command-codec.js";
import { checkUserStatus, USERNAME_BYTES } from "./request-rules.js";
import { type UserTarget, userTarget } from "./user-target.js";

export interface UpdateUserRequest extends UserTarget {
  /** `null` = stays. */
  readonly username: string | null;
  /** `null` = stays. */
  readonly status: UserStatus | null;
  readonly options: readonly Option[];
}

/** `[user][has_username u8][username name?][has_status u8][status u8?][options to the end]` → empty. */
export const updateUser = commandCodec<UpdateUserRequest, undefined>("update user", {
  writeRequest(writer, request) {
    userTarget.writeRequest(writer, request);
    writer.bool(request.username !== null);
    if (request.username !== null) writer.name(request.username, "username");
    writer.bool(request.status !== null);
    if (request.status !== null) writeUserStatus(writer, request.status);
    writeOptions(writer, request.options);
  },
  readRequest: (reader) => ({
    ...userTarget.readRequest(reader),
    username: reader.bool("username flag") ? reader.name("username") : null,
    status: reader.bool("status flag") ? readUserStatus(reader) : null,
    options: readOptions(reader),
  }),
  checkRequest(request, rules) {
    if (request.username !== null) rules.textBytes(request.username, "username", USERNAME_BYTES);
    if (request.status !== null) checkUserStatus(request.status, rules);
  },
  ...noReply,
});
